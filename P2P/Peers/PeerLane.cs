namespace NeuroChain.P2P;

/// <summary>What a message may wait behind. Each lane has its own queue, stream and connection to each peer.</summary>
public enum PeerLane
{
    /// <summary>Proposals, votes, certificates. A full queue drops its oldest message: newer votes supersede older ones.</summary>
    Consensus,

    /// <summary>Transactions and announcements. A full queue takes no more.</summary>
    Gossip,
}
