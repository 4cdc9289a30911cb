using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A delta, what the votes on it come to, and whether enough validators hold it.</summary>
public sealed record DeltaStanding(DeltaRecord Delta, DeltaCount Count, bool IsHeld)
{
    internal static DeltaStanding Of(IStateReader state, VoterWeights weights, DeltaRecord delta) =>
        new(delta, DeltaCount.Of(weights, DeltaVotes.Get(state, delta.Task, delta.Number)), delta.IsHeld(weights));
}
