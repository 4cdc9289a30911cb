using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What the votes on a delta come to.</summary>
public enum DeltaVerdict
{
    Accepted,

    /// <summary>Less than a third of all points approve, each holder up to the cap.</summary>
    NoQuorum,

    /// <summary>No more approve than reject.</summary>
    Rejected,

    /// <summary>Validators with more than a third of the power reject it, whatever points say.</summary>
    Vetoed,
}

/// <summary>
/// A delta counted in two chambers: whoever was paid for the task, by points up to the cap, and the validators, by power. While points do not
/// decide (<see cref="Points.Decide"/>) the first chamber counts by power too.
/// </summary>
/// <param name="Approving">Weight for it.</param>
/// <param name="Rejecting">Weight against it.</param>
/// <param name="Total">All weight that there is.</param>
/// <param name="RejectingPower">Power of the validators against it.</param>
/// <param name="TotalPower">Power of all validators that are not jailed.</param>
public readonly record struct DeltaCount(UInt128 Approving, UInt128 Rejecting, UInt128 Total, ulong RejectingPower, ulong TotalPower)
{
    public DeltaVerdict Verdict =>
        VotingPower.HasHonest(RejectingPower, TotalPower) ? DeltaVerdict.Vetoed
        : Approving * 3 < Total || Total == UInt128.Zero ? DeltaVerdict.NoQuorum
        : Approving <= Rejecting ? DeltaVerdict.Rejected
        : DeltaVerdict.Accepted;

    /// <summary>As points and power are now: a vote counts by what its sender has when it is counted.</summary>
    internal static DeltaCount Of(VoterWeights weights, ImmutableArray<DeltaVote> votes)
    {
        // A former key's vote goes along with its successor, which counts once; who said both is against it.
        var said = votes.Select(vote => (Voter: weights.Identity(vote.Voter), vote.Approves)).ToList();
        var against = said.Where(vote => !vote.Approves).Select(vote => vote.Voter).Distinct().ToList();
        var isAgainst = against.ToHashSet();
        var approving = said.Select(vote => vote.Voter).Distinct().Where(voter => !isAgainst.Contains(voter));
        return new DeltaCount(
            approving.Aggregate(UInt128.Zero, (sum, voter) => sum + weights.Of(voter)),
            against.Aggregate(UInt128.Zero, (sum, voter) => sum + weights.Of(voter)),
            weights.Total,
            against.Aggregate(0UL, (sum, voter) => sum + weights.Power(voter)),
            weights.TotalPower);
    }
}
