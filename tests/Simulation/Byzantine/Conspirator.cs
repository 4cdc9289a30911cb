using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Plays a game with its fellows: it parts the others into two sides, for good, shows each side a block of its own where it leads, votes for
/// it there, and passes on nothing by which one side would learn of the other. With more than a third of the power that forks the chain.
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
        me.Remember(other);
        return Both(to, [proposal, other], me);
    }

    // What the engine says is the occasion; what is said is what the side wants to hear.
    private static IEnumerable<Parcel> Vote(IReadOnlyList<Address> to, PeerMessage message, Vote vote, Accomplice me)
    {
        var proposals = me.ProposalsOf(vote.Height).Where(p => p.Proposal.Proposal.Round == vote.Round).OrderBy(p => p.Proposal.Proposal.Block.Value).Take(2).ToList();
        if (proposals.Count < 2) return Accomplice.AsItIs(to, message);
        return Both(to, [.. proposals.Select(p => VoteFor(vote, p, me))], me);
    }

    private static PeerMessage VoteFor(Vote vote, PeerMessage.ProposalMessage proposal, Accomplice me) => vote is Prevote
        ? me.Prevote(vote.Height, vote.Round, proposal.Proposal.Proposal.Block, proposal.Proposal.Proposal.ValidRound)
        : me.Precommit(vote.Height, vote.Round, proposal.Block.Ref);

    // In the order of their hashes, so that all conspirators show one side the same; fellows see everything.
    private static IEnumerable<Parcel> Both(IReadOnlyList<Address> to, PeerMessage[] stories, Accomplice me)
    {
        if (stories is [PeerMessage.ProposalMessage first, PeerMessage.ProposalMessage second] && first.Proposal.Proposal.Block.Value.CompareTo(second.Proposal.Proposal.Block.Value) > 0) stories = [second, first];
        Letter[] letters = [.. stories.Select(story => new Letter(story))];
        return to.SelectMany(address => me.Fellows.Contains(address) ? letters.Select(letter => new Parcel(address, letter)) : [new Parcel(address, letters[SideOf(address, me)])]);
    }

    private static int SideOf(Address address, Accomplice me) => Hash256.Sha256([.. me.Genesis.Value.ToArray(), .. address.ToArray()]).ToArray()[0] & 1;
}
