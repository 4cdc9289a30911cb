using System.Net;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>Settings of the peer network. The defaults suit a validator set of up to about a hundred.</summary>
public sealed record PeerNetworkOptions
{
    /// <summary>Where peers reach this node; port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Where the others are. This node's own entry is skipped, so that all nodes may share one list.</summary>
    public IReadOnlyList<PeerEndpoint> Peers { get; init; } = [];

    /// <summary>Who may connect at first (see <see cref="PeerNetwork.SetAllowed"/>); null allows those in <see cref="Peers"/>.</summary>
    public IReadOnlySet<Address>? Allowed { get; init; }

    /// <summary>Queue to each peer. Default 4096 messages or 64 MiB, whichever is less.</summary>
    public LaneOptions Consensus { get; init; } =
        new() { MaxMessageBytes = 8 * 1024 * 1024, QueueMessages = 4096, QueueBytes = 64L * 1024 * 1024 };

    /// <summary>Queue to each peer. Default 4096 messages or 16 MiB, whichever is less.</summary>
    public LaneOptions Gossip { get; init; } =
        new() { MaxMessageBytes = 1024 * 1024, QueueMessages = 4096, QueueBytes = 16L * 1024 * 1024 };

    /// <summary>
    /// Greatest payload of a request. Default 4 KiB, ten times the greatest there is, a <see cref="SignedEndpoint"/>: a request is read before it has
    /// one of the places of <see cref="MaxRequestsPerPeer"/>, on each of the hundred streams of each connection.
    /// </summary>
    public int MaxRequestBytes { get; init; } = 4 * 1024;

    /// <summary>Greatest payload of one answer of a request's stream. Default 8 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Requests of one peer that are answered at the same time; more are refused with RESOURCE_EXHAUSTED. Default 16.</summary>
    public int MaxRequestsPerPeer { get; init; } = 16;

    /// <summary>Requests of one peer per second; more are answered later, and as many may come at once. Default 1,000.</summary>
    public int RequestsPerSecond { get; init; } = 1_000;

    /// <summary>Bytes of answers to one peer per second; more are sent later, and as many may go at once. Default 64 MiB: blocks faster than they are executed.</summary>
    public long AnswerBytesPerSecond { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Connections of one source address that have not finished the handshake; more are closed at once. Default 64, a sixteenth of the port's: thirty
    /// nodes behind one address may all dial at the same moment, and who is refused dials again.
    /// </summary>
    public int HandshakesPerSource { get; init; } = 64;

    /// <summary>How long a peer that breaks the rules is cut off the first time; each further time twice as long. Default 30 s.</summary>
    public TimeSpan FirstBan { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// And no longer than this. Default 10 min: a validator that is banned because of a bug must not be lost until an operator comes.
    /// </summary>
    public TimeSpan LongestBan { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Wait before the first new try to reach a lost peer; each further try waits this much longer. Default 100 ms.</summary>
    public TimeSpan ReconnectStep { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between two tries, before jitter of a tenth. Default 1.5 s: a restarted peer is back within two.</summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>TCP, TLS and the acceptance of both lanes. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A silent peer is asked for a sign of life after so long. Default 5 s, at least 1 s.</summary>
    public TimeSpan KeepAliveDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>And dropped when it gives none for so long. Default 10 s, at least 1 s: a machine busy with learning may pause.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public LaneOptions Lane(PeerLane lane) => lane == PeerLane.Consensus ? Consensus : Gossip;
}

/// <summary>Bounds of one lane to each peer.</summary>
public sealed record LaneOptions
{
    /// <summary>Greatest payload. A peer that sends a greater one is disconnected before the bytes are read.</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary>Messages that may wait for one peer.</summary>
    public required int QueueMessages { get; init; }

    /// <summary>Bytes that may wait for one peer; at least one greatest message.</summary>
    public required long QueueBytes { get; init; }

    /// <summary>A peer that sends more is read more slowly; as many may come at once. Default 5,000: a hundred times what a busy chain takes.</summary>
    public int MessagesPerSecond { get; init; } = 5_000;

    /// <summary>A peer that sends more is read more slowly; as many may come at once. Default 16 MiB: four greatest blocks.</summary>
    public long BytesPerSecond { get; init; } = 16 * 1024 * 1024;
}
