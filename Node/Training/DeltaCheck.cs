using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What became of the check of a delta.</summary>
internal enum DeltaState
{
    /// <summary>It makes of its base what it says.</summary>
    Held,

    /// <summary>It does not, and never will.</summary>
    Wrong,

    /// <summary>Something that is needed is not here; another time it may be.</summary>
    Missing,
}

/// <summary>
/// Makes the change that a delta proposes and compares the result. The set of the last version stays in memory, one for each task, so that a
/// delta costs one step and a new version another; only the first delta after a start makes all versions again. One check at a time.
/// </summary>
/// <param name="blobs">Where the deltas are.</param>
/// <param name="fetchOpen">Brings the blob of a delta that is voted on here.</param>
/// <param name="fetch">Brings any other.</param>
/// <param name="load">The sets that are here: the first version is one of them.</param>
/// <param name="logger">For what is missing or wrong.</param>
internal sealed partial class DeltaCheck(
    IBlobStore blobs,
    Func<DeltaRecord, CancellationToken, Task<bool>> fetchOpen,
    Func<BlobHash, CancellationToken, Task<bool>> fetch,
    Func<IReadOnlyList<ISampleSource>> load,
    ILogger logger)
{
    private readonly Dictionary<Hash256, (ulong Version, Dataset Set)> _sets = [];

    /// <summary>Whether the delta's blob is here afterwards.</summary>
    public async Task<bool> FetchAsync(DeltaRecord delta, CancellationToken cancellationToken)
    {
        if (await fetchOpen(delta, cancellationToken).ConfigureAwait(false)) return true;
        LogMissing(delta.Number, delta.Blob);
        return false;
    }

    public async Task<DeltaState> RunAsync(DeltaRecord delta, LedgerState state, CancellationToken cancellationToken)
    {
        if (await BaseAsync(delta, state, cancellationToken).ConfigureAwait(false) is not { } from) return DeltaState.Missing;
        if (blobs.Read(delta.Blob) is not { } bytes)
        {
            LogMissing(delta.Number, delta.Blob); // it was here, and went
            return DeltaState.Missing;
        }

        if (TrainingSetReplay.TryStep(from, new TrainingSetStep(delta.Blob, delta.ResultRoot, delta.Adds, delta.Removes), bytes, out _, out var fault)) return DeltaState.Held;
        LogWrong(delta.Number, fault);
        return DeltaState.Wrong;
    }

    /// <summary>The present version of a task's set; null where it cannot be made here.</summary>
    public async Task<Dataset?> PresentAsync(Hash256 task, LedgerState state, CancellationToken cancellationToken) =>
        await VersionAsync(task, TrainingSets.Get(state, task)!.Version, 0, state, cancellationToken).ConfigureAwait(false);

    private Task<Dataset?> BaseAsync(DeltaRecord delta, LedgerState state, CancellationToken cancellationToken) =>
        VersionAsync(delta.Task, delta.BaseVersion, delta.Number, state, cancellationToken);

    // Null where it cannot be made here.
    private async Task<Dataset?> VersionAsync(Hash256 task, ulong version, ulong delta, LedgerState state, CancellationToken cancellationToken)
    {
        if (!_sets.TryGetValue(task, out var at) || at.Version > version)
        {
            var root = TrainingSets.Version(state, task, 0)!.Root;
            if (load().OfType<Dataset>().FirstOrDefault(dataset => dataset.Root == root) is not { } first)
            {
                LogNoSet(delta, root);
                return null;
            }

            at = (0, first);
        }

        while (at.Version < version)
        {
            var record = TrainingSets.Version(state, task, at.Version + 1)!;
            var bytes = await fetch(record.Blob, cancellationToken).ConfigureAwait(false) ? blobs.Read(record.Blob) : null;
            if (!TrainingSetReplay.TryStep(at.Set, new TrainingSetStep(record.Blob, record.Root, record.Adds, record.Removes), bytes, out var next, out var fault))
            {
                LogNoVersion(delta, at.Version + 1, fault);
                return null;
            }

            at = (at.Version + 1, next);
        }

        _sets[task] = at;
        return at.Set;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "delta {Delta} is not held: blob {Blob} is not to be had")]
    private partial void LogMissing(ulong delta, BlobHash blob);

    [LoggerMessage(Level = LogLevel.Warning, Message = "delta {Delta} cannot be checked: version {Version} of the training set cannot be made, {Fault}")]
    private partial void LogNoVersion(ulong delta, ulong version, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "delta {Delta} cannot be checked: no folder of the configuration has the data set {Root}")]
    private partial void LogNoSet(ulong delta, Hash256 root);

    [LoggerMessage(Level = LogLevel.Warning, Message = "delta {Delta} is not held: {Fault}")]
    private partial void LogWrong(ulong delta, string fault);
}
