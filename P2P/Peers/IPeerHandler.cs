using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>
/// What the node does with what peers send. Methods are called from any thread, for different peers and lanes at the same time.
/// </summary>
public interface IPeerHandler
{
    /// <summary>
    /// A message of one peer and lane. Calls for the same peer and lane come one after the other, in the order sent. Until the
    /// task is done nothing more is read from that lane, so a slow handler slows its sender and no memory fills. The bytes may be kept.
    /// </summary>
    ValueTask OnMessageAsync(Address peer, PeerLane lane, ReadOnlyMemory<byte> payload);

    /// <summary>Answers a request. An <see cref="RpcException"/> gives the asker its status; any other exception is a bug here.</summary>
    IAsyncEnumerable<ReadOnlyMemory<byte>> OnRequestAsync(
        Address peer, string kind, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>
    /// From now on messages to the peer leave. What the peer must know to take part is sent now: what was sent while it was away
    /// is lost. Called in turns with <see cref="OnPeerDisconnected"/>; must not block.
    /// </summary>
    void OnPeerConnected(Address peer);

    void OnPeerDisconnected(Address peer);
}
