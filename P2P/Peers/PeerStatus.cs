using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>A peer as seen now, for screens and metrics.</summary>
/// <param name="Address">Who it is.</param>
/// <param name="Endpoint">Where it is dialled; null where only it dials us.</param>
/// <param name="Connected">Whether messages to it leave.</param>
/// <param name="InboundConnections">Connections that it opened to us.</param>
/// <param name="LastError">Why the last try to reach it failed, or how the last link ended; null while connected.</param>
/// <param name="Consensus">Counts of the consensus lane.</param>
/// <param name="Gossip">Counts of the gossip lane.</param>
/// <param name="IsBanned">Whether it is cut off for a while for what it did.</param>
public sealed record PeerStatus(
    Address Address,
    PeerEndpoint? Endpoint,
    bool Connected,
    int InboundConnections,
    string? LastError,
    LaneStatus Consensus,
    LaneStatus Gossip,
    bool IsBanned = false);

/// <summary>Counts of one lane since the node started.</summary>
/// <param name="Queued">Messages waiting now.</param>
/// <param name="Sent">Messages handed to the transport.</param>
/// <param name="Received">Messages handed to the node.</param>
/// <param name="Dropped">Messages lost to a full queue or a lost connection.</param>
public readonly record struct LaneStatus(int Queued, long Sent, long Received, long Dropped);
