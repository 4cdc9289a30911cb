using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What the votes on a delta come to.</summary>
public enum DeltaVerdict
{
    Accepted,

    /// <summary>Less than a third of all points approve.</summary>
    NoQuorum,

    /// <summary>No more approve than reject.</summary>
    Rejected,

    /// <summary>Validators with more than a third of the power reject it, whatever points say.</summary>
    Vetoed,
}

/// <summary>
/// A delta counted in two chambers: whoever was paid for the task, by points, and the validators, by power. While nobody has points the
/// first chamber counts by power too.
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
    public static DeltaCount Of(IStateReader state, Hash256 task, ValidatorSet members, ImmutableArray<DeltaVote> votes)
    {
        var power = members.Validators.Where(member => !ValidatorRecord.IsJailedAt(state, member.Address)).Aggregate(0UL, (sum, member) => sum + member.Power);
        var rejecting = Power(state, members, votes, approving: false);
        var total = Points.Total(state, task);
        return total.IsZero
            ? new DeltaCount(Power(state, members, votes, approving: true), rejecting, power, rejecting, power)
            : new DeltaCount(Weight(state, task, votes, total, true), Weight(state, task, votes, total, false), total.Units, rejecting, power);
    }

    private static UInt128 Weight(IStateReader state, Hash256 task, ImmutableArray<DeltaVote> votes, Amount total, bool approving) => votes
        .Where(vote => vote.Approves == approving)
        .Aggregate(Amount.Zero, (sum, vote) => sum + Points.Cap(Points.Of(state, task, vote.Voter), total)).Units;

    // A former key's vote goes along with its successor, whose power counts once; who said both is against it.
    private static ulong Power(IStateReader state, ValidatorSet members, ImmutableArray<DeltaVote> votes, bool approving)
    {
        var said = votes.Select(vote => (Voter: KeyRotations.Present(state, vote.Voter), vote.Approves)).ToArray();
        return said
            .Where(vote => vote.Approves == approving && (!approving || !said.Contains((vote.Voter, false))))
            .Select(vote => vote.Voter)
            .Distinct()
            .Where(voter => !ValidatorRecord.IsJailedAt(state, voter))
            .Aggregate(0UL, (sum, voter) => sum + members.PowerOf(voter));
    }
}
