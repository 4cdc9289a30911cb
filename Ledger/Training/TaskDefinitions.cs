using System.Runtime.CompilerServices;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What a task is, as its definition says: in the genesis, or for a fork in a record of its own, the canonical JSON, for good.</summary>
public static class TaskDefinitions
{
    // A record's array lives as long as a state has it and is never changed.
    private static readonly ConditionalWeakTable<byte[], GenesisTask> Decoded = [];

    /// <summary>Null where the chain has no such task.</summary>
    public static GenesisTask? Find(IStateReader state, GenesisDocument genesis, Hash256 task) =>
        state.Get(TrainingKeys.Definition(task)) is { } bytes ? Decoded.GetValue(bytes, Decode) : genesis.Tasks.FirstOrDefault(one => one.Id == task);

    /// <summary>Of a task that the chain has.</summary>
    public static GenesisTask Get(IStateReader state, GenesisDocument genesis, Hash256 task)
    {
        var found = Find(state, genesis, task);
        Invariant.Check(found is not null, "every task has a definition");
        return found;
    }

    /// <summary>All, in the order in which they came.</summary>
    public static IEnumerable<GenesisTask> All(IStateReader state, GenesisDocument genesis) =>
        HashList.Get(state, TrainingKeys.TaskList).Select(task => Get(state, genesis, task));

    internal static void Store(StateOverlay state, GenesisTask task) => state.Set(TrainingKeys.Definition(task.Id), task.ToCanonicalJson());

    private static GenesisTask Decode(byte[] bytes)
    {
        var isRead = GenesisTask.TryParse(bytes, out var task);
        Invariant.Check(isRead, "a stored definition was read before it was stored");
        return task!;
    }
}
