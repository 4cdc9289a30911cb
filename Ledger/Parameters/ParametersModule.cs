using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// The chain's parameters as they are now. They begin as genesis has them; governance changes them. Record: canonical JSON as in the genesis
/// file. A change holds from the block after the one that made it.
/// </summary>
public sealed class ParametersModule : LedgerModule
{
    /// <inheritdoc/>
    public override ImmutableArray<string> Events => ["parameters.changed"];

    private static readonly StateKey Key = StateKey.Of(StateModule.Parameters, 0);

    // A record's array lives as long as a state has it and is never changed.
    private static readonly ConditionalWeakTable<byte[], ChainParameters> Decoded = [];

    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis) => state.Set(Key, genesis.Parameters.Encode());

    public static ChainParameters Get(IStateReader state)
    {
        var bytes = state.Get(Key);
        Invariant.Check(bytes is not null, "genesis writes the parameters");
        return Decoded.GetValue(bytes, Decode);
    }

    /// <summary>Whether the settings can be changed, as the parameters are now.</summary>
    public static TransactionRejection Check(BlockContext context, ChangeParameters change) => ReasonOf(Try(context, change, out _));

    public static TransactionRejection Change(BlockContext context, ChangeParameters change)
    {
        var fault = Try(context, change, out var changed);
        if (fault != ParameterFault.None) return ReasonOf(fault);
        context.State.Set(Key, changed.Encode());
        foreach (var setting in change.Settings) context.Emit("parameters.changed", ("key", setting.Key), ("value", setting.Value));
        return TransactionRejection.None;
    }

    private static ParameterFault Try(BlockContext context, ChangeParameters change, out ChainParameters changed)
    {
        var state = context.State;
        var fault = ParameterChange.Apply(Get(state), change.Settings.Select(setting => (setting.Key, setting.Value)), out changed);
        if (fault != ParameterFault.None) return fault;
        return FitsTasks(state, changed.Training) && context.Genesis.LocksBonds(changed) ? ParameterFault.None : ParameterFault.Invalid;
    }

    // As genesis asks: no round could be evaluated with more samples than its evaluation set has, and a task on its pace is not dead.
    private static bool FitsTasks(IStateReader state, TrainingParameters training) => HashList.Get(state, TrainingKeys.TaskList)
        .Select(task => TaskRecord.Get(state, task)!)
        .All(task => training.LetsLive(task.TargetRoundBlocks)
            && DatasetsModule.Get(state, task.EvaluationSet) is { } set
            && set.Samples >= training.EvaluationSamples && set.Samples >= training.PrivateSamples);

    private static TransactionRejection ReasonOf(ParameterFault fault) => fault switch
    {
        ParameterFault.None => TransactionRejection.None,
        ParameterFault.Unknown => TransactionRejection.ParameterUnknown,
        ParameterFault.Repeated => TransactionRejection.ParameterRepeated,
        _ => TransactionRejection.ParameterInvalid,
    };

    private static ChainParameters Decode(byte[] bytes)
    {
        var valid = ChainParameters.TryDecode(bytes, out var parameters);
        Invariant.Check(valid, "stored parameters are as they were written");
        return parameters!;
    }
}
