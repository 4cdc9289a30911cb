using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Consensus messages of heights that this node has not begun, with the time when they first came: what a peer says again is no news. Bounded per
/// peer, the oldest going first: what is lost is said again.
/// </summary>
internal sealed class EarlyMessages
{
    private const int VotesPerPeer = 64;
    private const int ProposalsPerPeer = 2;

    private readonly List<(Address Peer, Height Height, PeerMessage Message, Timestamp ReceivedAt)> _messages = [];

    public void Add(Address peer, Height height, PeerMessage message, Timestamp receivedAt)
    {
        var isProposal = message is PeerMessage.ProposalMessage;
        var same = _messages.Where(m => m.Peer == peer && m.Message is PeerMessage.ProposalMessage == isProposal).ToList();
        if (same.Exists(m => IsCopy(m.Message, message))) return;
        if (same.Count >= (isProposal ? ProposalsPerPeer : VotesPerPeer)) _messages.Remove(same[0]);
        _messages.Add((peer, height, message, receivedAt));
    }

    /// <summary>Takes out what is of this height, in the order in which it came; what is older is dropped.</summary>
    public IReadOnlyList<(Address Peer, PeerMessage Message, Timestamp ReceivedAt)> Take(Height height)
    {
        var taken = _messages.Where(m => m.Height == height).Select(m => (m.Peer, m.Message, m.ReceivedAt)).ToList();
        _messages.RemoveAll(m => m.Height <= height);
        return taken;
    }

    private static bool IsCopy(PeerMessage one, PeerMessage other) => (one, other) switch
    {
        (PeerMessage.ProposalMessage a, PeerMessage.ProposalMessage b) => a.Proposal == b.Proposal,
        (PeerMessage.VoteMessage a, PeerMessage.VoteMessage b) => a.Vote == b.Vote,
        _ => false,
    };

    public bool HasProposal(Height height) => _messages.Exists(m => m.Height == height && m.Message is PeerMessage.ProposalMessage);
}
