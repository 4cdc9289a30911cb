using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Proposals of rounds that have not begun, the latest of each leader: they are judged when their round begins, so that nobody makes this node
/// execute and log blocks for rounds that may never be.
/// </summary>
internal sealed class LaterProposals
{
    private readonly SortedDictionary<Address, (Address Peer, PeerMessage.ProposalMessage Message, Timestamp ReceivedAt)> _byLeader = [];

    /// <param name="peer">Who sent it.</param>
    /// <param name="message">Authentic, of the leader of its round.</param>
    /// <param name="receivedAt">When it came; the first copy counts.</param>
    public void Add(Address peer, PeerMessage.ProposalMessage message, Timestamp receivedAt)
    {
        var leader = message.Proposal.Proposer;
        if (_byLeader.TryGetValue(leader, out var known) && known.Message.Proposal.Proposal.Round >= message.Proposal.Proposal.Round) return;
        _byLeader[leader] = (peer, message, receivedAt);
    }

    public bool Contains(SignedProposal signed) => _byLeader.TryGetValue(signed.Proposer, out var known) && known.Message.Proposal.Proposal == signed.Proposal;

    /// <summary>Takes out one whose round has begun; null where there is none.</summary>
    public (Address Peer, PeerMessage.ProposalMessage Message, Timestamp ReceivedAt)? Take(Round current)
    {
        foreach (var (leader, known) in _byLeader)
        {
            if (known.Message.Proposal.Proposal.Round > current) continue;
            _byLeader.Remove(leader);
            return known;
        }

        return null;
    }

    public void Clear() => _byLeader.Clear();
}
