using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Training sets and their versions, from any state. Nothing here changes anything.</summary>
public static class TrainingSets
{
    public static TrainingSetRecord? Get(IStateReader state, Hash256 task) => TrainingSetRecord.Get(state, task);

    /// <summary>The set of a task, which for a fork is that of the task at the beginning of its line.</summary>
    public static TrainingSetRecord? OfLine(IStateReader state, Hash256 task) => TaskRecord.Get(state, task) is { } record ? Get(state, record.DataTask) : null;

    /// <summary>Version 0 is the set of the genesis; null where there is none of that number.</summary>
    public static VersionRecord? Version(IStateReader state, Hash256 task, ulong version) => VersionRecord.Get(state, task, version);

    /// <summary>Those that are voted on, in the order of proposal.</summary>
    public static IEnumerable<DeltaRecord> Open(IStateReader state, TrainingSetRecord set) =>
        set.Open.Select(number => DeltaRecord.Get(state, set.Task, number)!);

    /// <summary>How those that are voted on stand now, in the order of proposal.</summary>
    public static IReadOnlyList<DeltaStanding> Standings(IStateReader state, TrainingSetRecord set)
    {
        var weights = new VoterWeights(state, set.Task);
        return [.. Open(state, set).Select(delta => DeltaStanding.Of(state, weights, delta))];
    }

    /// <summary>The delta that is voted on and has this blob, of whichever task.</summary>
    public static DeltaRecord? OpenOf(IStateReader state, BlobHash blob) =>
        Owned(state).SelectMany(set => Open(state, set)).FirstOrDefault(delta => delta.Blob == blob);

    /// <summary>Whether a candidate may have trained on it: a version of this task that is not too old.</summary>
    /// <param name="state">Any.</param>
    /// <param name="task">Whose set.</param>
    /// <param name="root">Of the version.</param>
    /// <param name="asOf">The version by which age is judged, for a round the one of its opening; the last one unless told. What came since is not old.</param>
    public static bool IsRecent(IStateReader state, Hash256 task, Hash256 root, ulong? asOf = null)
    {
        if (Get(state, task) is not { } set) return false;
        var last = asOf ?? set.Version;
        var oldest = last > TrainingSetRecord.VersionsKept ? last - TrainingSetRecord.VersionsKept : 0;
        for (var version = set.Version; ; version--)
        {
            if (VersionRecord.Get(state, task, version)!.Root == root) return true;
            if (version == oldest) return false;
        }
    }

    /// <summary>Deltas that a validator has not said it holds, of all tasks; none for whoever may not say so.</summary>
    public static IReadOnlyList<DeltaRecord> Unheld(IStateReader state, Address validator, ValidatorSet validators)
    {
        if (!validators.Contains(validator) || ValidatorRecord.IsJailedAt(state, validator)) return [];
        var identity = KeyRotations.Identity(state, validator);
        return [.. Owned(state).SelectMany(set => Open(state, set)).Where(delta => !delta.Held.Contains(identity))];
    }

    // Those of tasks that are no fork.
    private static IEnumerable<TrainingSetRecord> Owned(IStateReader state) => TrainingQueries.Tasks(state).Select(task => Get(state, task.Id)).OfType<TrainingSetRecord>();
}
