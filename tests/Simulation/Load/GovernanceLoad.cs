using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Simulation;

/// <summary>
/// Validators who decide about themselves all the time: one change after the other, each from its first message to its end, so that whoever
/// heals a core knows which sets may still come.
/// </summary>
public sealed class GovernanceLoad(SeededStream draw, ChangeDraw changes) : ILoad
{
    private IChange? _change;

    public ulong? Step(Cluster cluster)
    {
        if (_change is not null && !_change.GoOn(cluster, draw)) _change = null;
        _change ??= changes.Next(cluster, draw);
        return 10 + cluster.Options.BlockIntervalMs + draw.NextBelow(50);
    }

    /// <summary>The sets that a state knows of, and those that what is under way may make of them.</summary>
    public static IEnumerable<ValidatorSet> SetsFrom(LedgerState state, GovernanceLoad? load)
    {
        ValidatorSet[] known = [state.Next.Validators, state.Next.NextValidators ?? state.Next.Validators, ValidatorsModule.Members(state)];
        return load?._change is { } change ? [.. known, .. known.Select(set => change.Result(state, set))] : known;
    }
}
