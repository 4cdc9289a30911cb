using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>Says one thing to some and another to others, and both to a few: two proposals in a round, two votes of a kind.</summary>
public sealed class Equivocator : IBehaviour
{
    public string Name => "equivocator";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me)
    {
        PeerMessage? other = message switch
        {
            PeerMessage.ProposalMessage { Proposal: var signed } proposal when signed.Proposer == me.Address && signed.Proposal.ValidRound is null => OtherProposal(proposal, me),
            PeerMessage.VoteMessage { Vote: var vote } when vote.Validator == me.Address => OtherVote(vote.Vote, me),
            _ => null,
        };
        if (other is null) return Accomplice.AsItIs(to, message);
        var (first, second) = (new Letter(message), new Letter(other));
        return to.SelectMany(address => me.Draw.NextBelow(9) switch
        {
            < 4 => [new Parcel(address, first)],
            < 8 => [new Parcel(address, second)],
            _ => new[] { new Parcel(address, first), new Parcel(address, second) },
        });
    }

    private static PeerMessage.ProposalMessage? OtherProposal(PeerMessage.ProposalMessage proposal, Accomplice me) =>
        me.Open(proposal) is { } block ? me.Propose(proposal.Proposal.Proposal.Round, Accomplice.Variant(block), null) : null;

    // For another block of the height, where one is known, or for none.
    private static PeerMessage.VoteMessage? OtherVote(Vote vote, Accomplice me)
    {
        var others = me.ProposalsOf(vote.Height).Where(p => p.Proposal.Proposal.Block != vote.BlockHash).ToList();
        if (others.Count == 0 || me.Draw.NextChance(1, 4)) return vote.BlockHash is null ? null : vote is Prevote ? me.Prevote(vote.Height, vote.Round, null, null) : me.Precommit(vote.Height, vote.Round, null);
        var other = me.Pick(others);
        if (vote is Prevote)
        {
            var validRound = other.Proposal.Proposal.ValidRound is { } valid && valid < vote.Round ? valid : (Round?)null;
            return me.Prevote(vote.Height, vote.Round, other.Proposal.Proposal.Block, validRound);
        }

        return me.Precommit(vote.Height, vote.Round, other.Block.Ref);
    }
}
