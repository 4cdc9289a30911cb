using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Plays a game with its fellows, who know each other's mind: it parts the others into two sides, for good, shows each side a block of its own
/// where it leads, votes for it there, and passes on nothing by which one side would learn of the other. With more than a third of the power
/// that forks the chain.
/// </summary>
public sealed class Conspirator : IBehaviour
{
    public string Name => "conspirator";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me) => message switch
    {
        PeerMessage.ProposalMessage { Proposal: var signed } proposal when signed.Proposer == me.Address && signed.Proposal.ValidRound is null => Propose(to, proposal, me),
        PeerMessage.VoteMessage { Vote: var vote } when vote.Validator == me.Address => Vote(to, message, vote.Vote, me),
        PeerMessage.PolkaMessage or PeerMessage.CommitMessage or PeerMessage.RoundMessage => [],
        _ => Accomplice.AsItIs(to, message),
    };

    private static IEnumerable<Parcel> Propose(IReadOnlyList<Address> to, PeerMessage.ProposalMessage proposal, Accomplice me)
    {
        if (me.Open(proposal) is not { } block) return Accomplice.AsItIs(to, proposal);
        var other = me.Propose(proposal.Proposal.Proposal.Round, Accomplice.Variant(block), null);
        foreach (var mind in me.Minds)
        {
            mind.Remember(proposal);
            mind.Remember(other);
        }

        var stories = new[] { proposal, other }.OrderBy(story => story.Proposal.Proposal.Block.Value).ToList();
        return ToSides(to, proposal, stories[0], stories[1], me);
    }

    // What the engine says is the occasion; what is said is what the side wants to hear.
    private static IEnumerable<Parcel> Vote(IReadOnlyList<Address> to, PeerMessage message, Vote vote, Accomplice me)
    {
        var stories = me.ProposalsOf(vote.Height).Where(p => p.Proposal.Proposal.Round == vote.Round).OrderBy(p => p.Proposal.Proposal.Block.Value).ToList();
        return stories.Count < 2 ? Accomplice.AsItIs(to, message) : ToSides(to, message, VoteFor(vote, stories[0], me), VoteFor(vote, stories[1], me), me);
    }

    private static PeerMessage.VoteMessage VoteFor(Vote vote, PeerMessage.ProposalMessage proposal, Accomplice me) => vote is Prevote
        ? me.Prevote(vote.Height, vote.Round, proposal.Proposal.Proposal.Block, proposal.Proposal.Proposal.ValidRound)
        : me.Precommit(vote.Height, vote.Round, proposal.Block.Ref);

    // Fellows hear what the engine says: their engines would report what they know better than to see.
    private static IEnumerable<Parcel> ToSides(IReadOnlyList<Address> to, PeerMessage toFellows, PeerMessage left, PeerMessage right, Accomplice me)
    {
        var others = me.Peers.Where(peer => !me.Fellows.Contains(peer)).OrderBy(peer => Hash256.Sha256([.. me.Genesis.Value.ToArray(), .. peer.ToArray()])).ToList();
        var (fellow, first, second) = (new Letter(toFellows), new Letter(left), new Letter(right));
        return to.Select(address => new Parcel(address, me.Fellows.Contains(address) ? fellow : others.IndexOf(address) % 2 == 0 ? first : second));
    }
}
