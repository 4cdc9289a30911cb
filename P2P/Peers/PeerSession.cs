namespace NeuroChain.P2P;

/// <summary>
/// What this node keeps about one peer as long as it runs, across connections: the outgoing queues with their counts, whose turn it
/// is to be read, and how fast: a new connection is no new allowance.
/// </summary>
internal sealed class PeerSession(PeerNetworkOptions options, TimeProvider time) : IDisposable
{
    private readonly LaneQueue _consensus = new(PeerLane.Consensus, options.Consensus);
    private readonly LaneQueue _gossip = new(PeerLane.Gossip, options.Gossip);
    private readonly LaneTurn _consensusTurn = new();
    private readonly LaneTurn _gossipTurn = new();
    private readonly LaneRate _consensusRate = new(options.Consensus, time);
    private readonly LaneRate _gossipRate = new(options.Gossip, time);

    /// <summary>Bounds the requests of this peer that are answered at the same time.</summary>
    public SemaphoreSlim RequestSlots { get; } = new(options.MaxRequestsPerPeer);

    public RateLimit Requests { get; } = new(options.RequestsPerSecond, options.RequestsPerSecond, time);

    public RateLimit AnswerBytes { get; } = new(options.AnswerBytesPerSecond, options.AnswerBytesPerSecond, time);

    public LaneQueue Queue(PeerLane lane) => lane == PeerLane.Consensus ? _consensus : _gossip;

    public LaneTurn Turn(PeerLane lane) => lane == PeerLane.Consensus ? _consensusTurn : _gossipTurn;

    public LaneRate Rate(PeerLane lane) => lane == PeerLane.Consensus ? _consensusRate : _gossipRate;

    public void Dispose() => RequestSlots.Dispose();
}
