using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Makes the checkpoints that forked tasks begin from when a fork has come, as those of the genesis are made when a node starts. What the seed of a
/// definition does not give nobody can evaluate: the log says so, and rounds of that task are void until a vote closes it.
/// </summary>
internal sealed partial class ForkedModels(IBlobStore blobs, ILogger logger)
{
    private readonly HashSet<Hash256> _seen = [];

    public void EnsureForks(LedgerState state)
    {
        var tasks = TrainingQueries.Tasks(state);
        if (tasks.Count <= _seen.Count) return;
        foreach (var task in tasks)
            if (_seen.Add(task.Id) && task.Origin is not null && !blobs.Has(task.InitialModel))
                Make(TaskDefinitions.Get(state, state.Genesis, task.Id));
    }

    private void Make(GenesisTask task)
    {
        if (InitialModels.FaultOf(task) is { } fault)
        {
            LogFault(task.Name, fault);
            return;
        }

        blobs.Put(InitialModels.Make(InitialModels.SpecOf(task), task.InitialSeed));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the forked task {Task} cannot be evaluated: {Fault}")]
    private partial void LogFault(string task, string fault);
}
