using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Works at making an honest validator contradict itself: shows its prevotes to one victim only, so that it locks what others do not; and as
/// leader of a later round offers an old block again with the round of its first polka, as if nothing had happened since. With the paper's
/// lines 23 and 29 ("or lockedValue = v") the victim would prevote it and convict itself; no honest key may ever be in evidence.
/// </summary>
public sealed class Framer : IBehaviour
{
    private Height _height;
    private Address _victim;

    public string Name => "framer";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me)
    {
        if (me.Context.Height != _height) (_height, _victim) = (me.Context.Height, me.SomePeer());
        switch (message)
        {
            case PeerMessage.VoteMessage { Vote.Vote: Prevote { Block: not null } }:
                return Accomplice.AsItIs(to.Where(address => address == _victim || me.Draw.NextChance(1, 4)), message);
            case PeerMessage.VoteMessage { Vote.Vote: Precommit { Block: { } block } vote }: // keeps the height open
                return Accomplice.AsItIs(to, me.Draw.NextChance(1, 2) ? me.Precommit(vote.Height, vote.Round, null) : me.Precommit(vote.Height, vote.Round, block));
            case PeerMessage.ProposalMessage { Proposal: { Proposal: var proposal } signed } when signed.Proposer == me.Address && proposal.Round.Value > 0:
                return OldBlock(proposal, me) is { } old ? Accomplice.AsItIs(to, old) : Accomplice.AsItIs(to, message);
            case PeerMessage.PolkaMessage:
                return [];
            default:
                return Accomplice.AsItIs(to, message);
        }
    }

    // The earliest block of the height that may have had a polka, with the round in which it was first proposed.
    private static PeerMessage.ProposalMessage? OldBlock(Proposal proposal, Accomplice me)
    {
        var old = me.ProposalsOf(proposal.Height).FirstOrDefault(p => p.Proposal.Proposal.Round < proposal.Round);
        if (old is null) return null;
        return me.Propose(proposal.Round, old.Block, old.Proposal.Proposal.Round);
    }
}
