using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// What the chain needs of the blobs in a store: the initial, best and certified checkpoint of each task, all that a round in progress names, the
/// deltas of every version of a training set and those that are voted on, and the judged candidates of the last rounds. What is for good is read
/// once: the chain only adds to it.
/// </summary>
/// <param name="keepRounds">Rounds of each task whose candidates stay, from the last one back; 0 keeps those of all.</param>
internal sealed class LiveBlobs(ulong keepRounds)
{
    private readonly Dictionary<Hash256, ulong> _versionsRead = [];
    private readonly Dictionary<Hash256, ulong> _roundsRead = [];
    private readonly HashSet<BlobHash> _versions = [];

    // The last round of each task that names it.
    private readonly Dictionary<(Hash256 Task, BlobHash Model), ulong> _judged = [];

    /// <summary>Those among the blobs that are needed after the last block.</summary>
    public IReadOnlySet<BlobHash> Of(LedgerState state, IEnumerable<BlobHash> held)
    {
        var live = new HashSet<BlobHash>();
        foreach (var task in TrainingQueries.Tasks(state))
        {
            live.Add(task.InitialModel);
            live.Add(task.BestModel);
            AddRound(state, task, live);
            ReadVersions(state, task.Id, live);
            ReadRounds(state, task);
        }

        live.UnionWith(_versions);
        live.UnionWith(_judged.Keys.Select(key => key.Model));
        live.UnionWith(held.Where(blob => TrainingQueries.Model(state, blob) is not null)); // certified
        return live;
    }

    private static void AddRound(LedgerState state, TaskRecord task, HashSet<BlobHash> live)
    {
        if (TrainingQueries.Round(state, task.Id) is not { } round) return;
        live.Add(round.Incumbent);
        for (var i = 0; i < round.Candidates.Length; i++)
        {
            if (TrainingQueries.Reveal(state, task.Id, i) is not { } shown) continue;
            live.Add(new BlobHash(Hash256.FromBytes(shown.Manifest.Model.Span)));
            if (shown.Manifest.Delta is not { } delta) continue;
            live.Add(new BlobHash(Hash256.FromBytes(delta.Blob.Span)));
            live.Add(new BlobHash(Hash256.FromBytes(delta.Base.Span)));
        }
    }

    private void ReadVersions(LedgerState state, Hash256 task, HashSet<BlobHash> live)
    {
        if (TrainingSets.Get(state, task) is not { } set) return;
        for (var version = _versionsRead.GetValueOrDefault(task) + 1; version <= set.Version; version++)
        {
            _versions.Add(TrainingSets.Version(state, task, version)!.Blob);
            _versionsRead[task] = version;
        }

        foreach (var delta in TrainingSets.Open(state, set)) live.Add(delta.Blob);
    }

    private void ReadRounds(LedgerState state, TaskRecord task)
    {
        var oldest = keepRounds > 0 && task.NextRound > keepRounds ? task.NextRound - keepRounds : 1;
        for (var round = Math.Max(oldest, _roundsRead.GetValueOrDefault(task.Id) + 1); round < task.NextRound; round++)
        {
            _roundsRead[task.Id] = round;
            if (TrainingQueries.Certificate(state, task.Id, round) is not { } certified) continue;
            foreach (var candidate in certified.Certificate.Statement.Candidates) _judged[(task.Id, candidate.Model)] = round;
        }

        foreach (var old in _judged.Where(entry => entry.Key.Task == task.Id && entry.Value < oldest).Select(entry => entry.Key).ToList()) _judged.Remove(old);
    }
}
