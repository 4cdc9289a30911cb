using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// What the chain needs of the blobs in a store. Without the following nothing goes on, so it never goes: the initial checkpoint of each task, the
/// best one and the last that were certified, which new candidates are compared with and may name as their parent; all that a round or a re-check in progress
/// names; the deltas of every version of a training set and those that are voted on; sealed sets that are offered or drawn from. The judged candidates of the last rounds, older
/// certified checkpoints and sealed sets that have ended are for whoever verifies the past: they stay while there is room. What is for good is read once: the chain only adds to it.
/// </summary>
/// <param name="keepRounds">Rounds of each task whose candidates stay, from the last one back; 0 keeps those of all.</param>
internal sealed class LiveBlobs(ulong keepRounds)
{
    private readonly Dictionary<Hash256, ulong> _versionsRead = [];
    private readonly Dictionary<Hash256, ulong> _roundsRead = [];
    private readonly HashSet<BlobHash> _versions = [];

    // The last round of each task that judged it.
    private readonly Dictionary<(Hash256 Task, BlobHash Model), (ulong Round, Height Height)> _judged = [];

    /// <summary>What of the blobs is needed after the last block, or worth its room.</summary>
    public BlobNeeds Of(LedgerState state, IEnumerable<BlobHash> held)
    {
        var (needed, ended) = (new HashSet<BlobHash>(), new List<SealedSetRecord>());
        foreach (var task in TrainingQueries.Tasks(state))
        {
            needed.Add(task.InitialModel);
            needed.Add(task.BestModel);
            needed.UnionWith(TrainingQueries.RecentModels(state, task.Id));
            AddRound(state, task, needed);
            if (TrainingQueries.Recheck(state, task.Id) is { } recheck) needed.UnionWith(recheck.Models);
            AddSealed(state, task.Id, needed, ended);
            ReadVersions(state, task.Id, needed);
            ReadRounds(state, task);
        }

        needed.UnionWith(_versions);
        var spare = new Dictionary<BlobHash, SpareBlob>();
        foreach (var ((_, model), (_, height)) in _judged)
            if (!spare.TryGetValue(model, out var known) || known.Since < height)
                spare[model] = new SpareBlob(IsCertified: false, height);
        foreach (var set in ended) spare[set.Blob] = new SpareBlob(IsCertified: false, set.Ended);
        foreach (var blob in held)
            if (TrainingQueries.Model(state, blob) is { } certified)
                spare[blob] = new SpareBlob(IsCertified: true, certified.Height);
        return new BlobNeeds(needed, spare);
    }

    private static void AddRound(LedgerState state, TaskRecord task, HashSet<BlobHash> needed)
    {
        if (TrainingQueries.Round(state, task.Id) is not { } round) return;
        needed.Add(round.Incumbent);
        for (var i = 0; i < round.Candidates.Length; i++)
        {
            if (TrainingQueries.Reveal(state, task.Id, i) is not { } shown) continue;
            needed.Add(new BlobHash(Hash256.FromBytes(shown.Manifest.Model.Span)));
            needed.Add(new BlobHash(Hash256.FromBytes(shown.Manifest.Parent.Span)));
            if (shown.Manifest.Delta is not { } delta) continue;
            needed.Add(new BlobHash(Hash256.FromBytes(delta.Blob.Span)));
            needed.Add(new BlobHash(Hash256.FromBytes(delta.Base.Span)));
        }
    }

    // One that has ended in this round still judges in it.
    private static void AddSealed(LedgerState state, Hash256 task, HashSet<BlobHash> needed, List<SealedSetRecord> ended)
    {
        var inRound = SealedSets.Round(state, task)?.Parts.Select(part => part.Set).ToHashSet() ?? [];
        foreach (var set in SealedSets.All(state, task))
        {
            if (set.IsLive || inRound.Contains(set.Number)) needed.Add(set.Blob);
            else ended.Add(set);
        }
    }

    private void ReadVersions(LedgerState state, Hash256 task, HashSet<BlobHash> needed)
    {
        if (TrainingSets.Get(state, task) is not { } set) return;
        for (var version = _versionsRead.GetValueOrDefault(task) + 1; version <= set.Version; version++)
        {
            _versions.Add(TrainingSets.Version(state, task, version)!.Blob);
            _versionsRead[task] = version;
        }

        foreach (var delta in TrainingSets.Open(state, set)) needed.Add(delta.Blob);
    }

    private void ReadRounds(LedgerState state, TaskRecord task)
    {
        var oldest = keepRounds > 0 && task.NextRound > keepRounds ? task.NextRound - keepRounds : 1;
        for (var round = Math.Max(oldest, _roundsRead.GetValueOrDefault(task.Id) + 1); round < task.NextRound; round++)
        {
            _roundsRead[task.Id] = round;
            if (TrainingQueries.Certificate(state, task.Id, round) is not { } certified) continue;
            foreach (var candidate in certified.Certificate.Statement.Candidates) _judged[(task.Id, candidate.Model)] = (round, certified.Height);
        }

        foreach (var old in _judged.Where(entry => entry.Key.Task == task.Id && entry.Value.Round < oldest).Select(entry => entry.Key).ToList()) _judged.Remove(old);
    }
}
