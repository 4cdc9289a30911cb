using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>One chunk asked of one peer.</summary>
internal readonly record struct ChunkOrder(Address Peer, int Chunk);

/// <summary>
/// Who is asked for which chunk of a blob next. Several chunks are under way at a time, spread over all peers that may have them; a peer that
/// lies, stalls or has not what it was asked for is asked for nothing more, and what it owed goes to the others. What is under way for longer
/// than <see cref="Slow"/> takes no place from others, and once nothing waits it is asked of a second peer too: whoever is first counts.
/// Pure: time is told, and there is no network.
/// </summary>
/// <param name="missing">Chunks to fetch.</param>
/// <param name="peers">Whom to ask; of equals the first one comes first.</param>
/// <param name="underWayMax">Chunks under way at a time. With those that are slow it may be four times as many.</param>
internal sealed class ChunkPlan(IEnumerable<int> missing, IEnumerable<Address> peers, int underWayMax)
{
    /// <summary>A mebibyte takes a tenth of it on a line of 100 Mbit/s.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private const int SlowFactor = 4;

    // Lowest first, so that the same failures give the same plan.
    private readonly SortedSet<int> _waiting = [.. missing];
    private readonly List<Address> _peers = [.. peers.Distinct()];
    private readonly HashSet<Address> _known = [.. peers];
    private readonly List<(ChunkOrder Order, TimeSpan Begun)> _underWay = [];

    /// <summary>Whether every chunk has arrived.</summary>
    public bool IsDone => _waiting.Count == 0 && _underWay.Count == 0;

    /// <summary>Whether nobody is left who could be asked for what is missing.</summary>
    public bool IsStuck => !IsDone && _underWay.Count == 0 && _peers.Count == 0;

    /// <summary>Peers that were not there before; one that was left out stays out.</summary>
    public void Add(IEnumerable<Address> joined) => _peers.AddRange(joined.Where(_known.Add));

    /// <summary>The next order; null where enough is under way, or there is nothing to ask.</summary>
    /// <param name="now">Since the plan began.</param>
    public ChunkOrder? Next(TimeSpan now)
    {
        if (_underWay.Count >= SlowFactor * underWayMax || _underWay.Count(entry => !IsSlow(entry.Begun, now)) >= underWayMax) return null;
        var chunk = _waiting.Count > 0 ? _waiting.Min : SlowChunk(now);
        if (chunk is not { } wanted || PeerFor(wanted, now) is not { } peer) return null;
        var order = new ChunkOrder(peer, wanted);
        _waiting.Remove(wanted);
        _underWay.Add((order, now));
        return order;
    }

    /// <summary>How long until something that is under way is slow; null where nothing will be.</summary>
    public TimeSpan? UntilSlow(TimeSpan now)
    {
        var fast = _underWay.Where(entry => !IsSlow(entry.Begun, now)).ToList();
        return fast.Count == 0 ? null : fast.Min(entry => entry.Begun) + Slow - now;
    }

    /// <summary>The chunk is here.</summary>
    /// <returns>What else was asked for the same chunk, and is no longer waited for.</returns>
    public IReadOnlyList<ChunkOrder> Arrived(ChunkOrder order)
    {
        Remove(order);
        var others = _underWay.Select(entry => entry.Order).Where(other => other.Chunk == order.Chunk).ToList();
        foreach (var other in others) Remove(other);
        return others;
    }

    /// <summary>The peer is left out, and the chunk waits again unless another peer is at it; what else it was asked for may still come.</summary>
    public void Failed(ChunkOrder order)
    {
        Remove(order);
        if (_underWay.All(entry => entry.Order.Chunk != order.Chunk)) _waiting.Add(order.Chunk);
        _peers.Remove(order.Peer);
    }

    private void Remove(ChunkOrder order)
    {
        var removed = _underWay.RemoveAll(entry => entry.Order == order);
        Invariant.Check(removed == 1, "only what was asked for arrives or fails");
    }

    private static bool IsSlow(TimeSpan begun, TimeSpan now) => now - begun >= Slow;

    // The one that is under way longest and has a peer left to ask; its last order counts, so that each second brings one peer more.
    private int? SlowChunk(TimeSpan now)
    {
        var slow = _underWay.GroupBy(entry => entry.Order.Chunk)
            .Where(orders => IsSlow(orders.Max(entry => entry.Begun), now) && PeerFor(orders.Key, now) is not null)
            .OrderBy(orders => orders.Min(entry => entry.Begun))
            .ThenBy(orders => orders.Key)
            .ToList();
        return slow.Count > 0 ? slow[0].Key : null;
    }

    // Whoever is slow with another chunk comes last, then whoever has most to do.
    private Address? PeerFor(int chunk, TimeSpan now)
    {
        Address? best = null;
        var least = (IsSlow: true, Load: int.MaxValue);
        foreach (var peer in _peers)
        {
            var own = _underWay.Where(entry => entry.Order.Peer == peer).ToList();
            if (own.Any(entry => entry.Order.Chunk == chunk)) continue;
            var burden = (IsSlow: own.Any(entry => IsSlow(entry.Begun, now)), Load: own.Count);
            if (best is null || burden.CompareTo(least) < 0) (best, least) = (peer, burden);
        }

        return best;
    }
}
