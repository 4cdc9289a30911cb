using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>One chunk asked of one peer.</summary>
internal readonly record struct ChunkOrder(Address Peer, int Chunk);

/// <summary>
/// Who is asked for which chunk of a blob next. Several chunks are under way at a time, spread over all peers that may have them; a peer that
/// lies, stalls or has not what it was asked for is asked for nothing more, and what it owed goes to the others. Pure: no clock, no network.
/// </summary>
internal sealed class ChunkPlan(IEnumerable<int> missing, IEnumerable<Address> peers, int underWayMax)
{
    // Lowest first, so that the same failures give the same plan.
    private readonly SortedSet<int> _waiting = [.. missing];
    private readonly SortedDictionary<Address, int> _peers = new(peers.Distinct().ToDictionary(peer => peer, _ => 0));
    private readonly HashSet<ChunkOrder> _underWay = [];

    /// <summary>Whether every chunk has arrived.</summary>
    public bool IsDone => _waiting.Count == 0 && _underWay.Count == 0;

    /// <summary>Whether nobody is left who could be asked for what is missing.</summary>
    public bool IsStuck => !IsDone && _underWay.Count == 0 && _peers.Count == 0;

    /// <summary>The next order; null where enough is under way, or nothing waits.</summary>
    public ChunkOrder? Next()
    {
        if (_waiting.Count == 0 || _peers.Count == 0 || _underWay.Count >= underWayMax) return null;
        var peer = _peers.MinBy(entry => entry.Value).Key; // the first of equals
        var order = new ChunkOrder(peer, _waiting.Min);
        _waiting.Remove(order.Chunk);
        _peers[peer]++;
        _underWay.Add(order);
        return order;
    }

    public void Arrived(ChunkOrder order)
    {
        var wasAsked = _underWay.Remove(order);
        Invariant.Check(wasAsked, "only what was asked for arrives");
        if (_peers.ContainsKey(order.Peer)) _peers[order.Peer]--;
    }

    /// <summary>The chunk waits again, and the peer is left out; what else it was asked for may still come.</summary>
    public void Failed(ChunkOrder order)
    {
        var wasAsked = _underWay.Remove(order);
        Invariant.Check(wasAsked, "only what was asked for fails");
        _waiting.Add(order.Chunk);
        _peers.Remove(order.Peer);
    }
}
