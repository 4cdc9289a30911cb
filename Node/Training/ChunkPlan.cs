using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>One chunk asked of one peer.</summary>
internal readonly record struct ChunkOrder(Address Peer, int Chunk);

/// <summary>
/// Who is asked for which chunk of a blob next. Several chunks are under way at a time, spread over all peers that may have them; a peer that
/// lies or has not what it was asked for is asked for nothing more, and what it owed goes to the others. What is under way for longer than
/// <see cref="Slow"/> takes no place from other peers, and once nothing waits it is asked of a second one too: whoever is first counts. From one
/// peer never more is under way than <see cref="PeerShares"/> allows, for a slow line only gets slower by more requests; one that is too slow for
/// its share is asked for less, and the last one that there is stays a good while. Pure: time is told, and there is no network.
/// </summary>
/// <param name="missing">Chunks to fetch.</param>
/// <param name="peers">Whom to ask; of equals the first one comes first.</param>
/// <param name="underWayMax">Chunks under way at a time. With those that are slow it may be four times as many.</param>
/// <param name="start">The chunk to begin with; then they follow, and behind the last one come those before it.</param>
/// <param name="shares">What is under way to each peer over all blobs; null where this is the only one.</param>
internal sealed class ChunkPlan(IEnumerable<int> missing, IEnumerable<Address> peers, int underWayMax, int start = 0, PeerShares? shares = null)
{
    /// <summary>A mebibyte takes a tenth of it on a line of 100 Mbit/s.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <summary>Until a peer that had no place is asked again.</summary>
    public static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Times in a row that the last source may be too slow, one chunk at a time, before the plan gives up: about a minute.</summary>
    public const int LastTimeouts = 6;

    /// <summary>Times in a row that a peer may have no place before it is left out: half a minute.</summary>
    public const int BusyMax = 60;

    private const int SlowFactor = 4;

    private readonly PeerShares _shares = shares ?? new PeerShares();

    // From the start on, so that the same failures give the same plan.
    private readonly SortedSet<int> _waiting = new(missing, Comparer<int>.Create((one, two) => From(start, one).CompareTo(From(start, two))));
    private readonly List<Source> _sources = [.. peers.Distinct().Select(peer => new Source(peer))];
    private readonly HashSet<Address> _known = [.. peers];
    private readonly List<(ChunkOrder Order, TimeSpan Begun)> _underWay = [];

    /// <summary>Whether every chunk has arrived.</summary>
    public bool IsDone => _waiting.Count == 0 && _underWay.Count == 0;

    /// <summary>Whether nobody is left who could be asked for what is missing.</summary>
    public bool IsStuck => !IsDone && _underWay.Count == 0 && _sources.Count == 0;

    /// <summary>Peers that were not there before; one that was left out stays out.</summary>
    public void Add(IEnumerable<Address> joined) => _sources.AddRange(joined.Where(_known.Add).Select(peer => new Source(peer)));

    /// <summary>The next order; null where enough is under way, or there is nothing to ask, or nobody who has a place for it.</summary>
    /// <param name="now">Since the plan began.</param>
    public ChunkOrder? Next(TimeSpan now)
    {
        if (_underWay.Count >= SlowFactor * underWayMax || _underWay.Count(entry => !IsSlow(entry.Begun, now)) >= underWayMax) return null;
        var chunk = _waiting.Count > 0 ? _waiting.Min : SlowChunk(now);
        if (chunk is not { } wanted) return null;
        while (SourceFor(wanted, now) is { } source)
        {
            if (!_shares.TryTake(source.Peer)) continue; // another blob was faster
            var order = new ChunkOrder(source.Peer, wanted);
            _waiting.Remove(wanted);
            _underWay.Add((order, now));
            return order;
        }

        return null;
    }

    /// <summary>
    /// How long until there may be something to ask that there is not now, though nothing arrives: something becomes slow, or a peer's pause is
    /// over, or its places are given back by other blobs. Null where only an arrival changes anything.
    /// </summary>
    public TimeSpan? UntilNext(TimeSpan now)
    {
        var due = _underWay.Where(entry => !IsSlow(entry.Begun, now)).Select(entry => entry.Begun + Slow);
        if (_waiting.Count > 0)
            due = due.Concat(_sources.Where(source => source.PausedUntil > now || !_shares.HasPlace(source.Peer)).Select(source => source.PausedUntil > now ? source.PausedUntil : now + BusyPause));
        if (_waiting.Count > 0 && _underWay.Count == 0) due = due.Append(now + BusyPause); // a place may have come back since it was looked for
        var all = due.ToList();
        return all.Count == 0 ? null : all.Min() - now;
    }

    /// <summary>The chunk is here.</summary>
    /// <returns>What else was asked for the same chunk, and is no longer waited for.</returns>
    public IReadOnlyList<ChunkOrder> Arrived(ChunkOrder order)
    {
        Remove(order);
        _shares.Grow(order.Peer);
        if (SourceOf(order.Peer) is { } source) (source.Timeouts, source.Busy) = (0, 0);
        var others = _underWay.Select(entry => entry.Order).Where(other => other.Chunk == order.Chunk).ToList();
        foreach (var other in others) Remove(other);
        return others;
    }

    /// <summary>The peer is left out, and the chunk waits again unless another peer is at it; what else it was asked for may still come.</summary>
    public void Failed(ChunkOrder order)
    {
        GiveBack(order);
        LeaveOut(order.Peer);
    }

    /// <summary>The peer has no place for a request now: that is no fault, and it is asked again after a while.</summary>
    public void Busy(ChunkOrder order, TimeSpan now)
    {
        GiveBack(order);
        if (SourceOf(order.Peer) is not { } source) return;
        source.PausedUntil = now + BusyPause;
        if (++source.Busy >= BusyMax) LeaveOut(order.Peer);
    }

    /// <summary>
    /// It did not come in time. The peer is asked for half as much at a time from now on; where it was one chunk only, others are asked in its
    /// place, and where there are none it is asked again, some times.
    /// </summary>
    public void TimedOut(ChunkOrder order, TimeSpan now)
    {
        var begun = GiveBack(order);
        if (SourceOf(order.Peer) is not { } source || begun < source.HalvedAt) return; // those that were under way together count once
        source.HalvedAt = now;
        source.Timeouts++;
        if (_shares.TryHalve(order.Peer)) return;
        if (_sources.Count > 1 || source.Timeouts >= LastTimeouts) LeaveOut(order.Peer);
    }

    /// <summary>Nobody wants the chunks any more that are under way.</summary>
    public void Abandon()
    {
        foreach (var (order, _) in _underWay) _shares.Release(order.Peer);
        _underWay.Clear();
    }

    private static int From(int start, int chunk) => chunk >= start ? chunk - start : chunk + BlobLimits.ChunksMax - start;

    private Source? SourceOf(Address peer) => _sources.FirstOrDefault(source => source.Peer == peer);

    private void LeaveOut(Address peer) => _sources.RemoveAll(source => source.Peer == peer);

    private TimeSpan GiveBack(ChunkOrder order)
    {
        var begun = Remove(order);
        if (_underWay.All(entry => entry.Order.Chunk != order.Chunk)) _waiting.Add(order.Chunk);
        return begun;
    }

    private TimeSpan Remove(ChunkOrder order)
    {
        var index = _underWay.FindIndex(entry => entry.Order == order);
        Invariant.Check(index >= 0, "only what was asked for arrives or fails");
        var begun = _underWay[index].Begun;
        _underWay.RemoveAt(index);
        _shares.Release(order.Peer);
        return begun;
    }

    private static bool IsSlow(TimeSpan begun, TimeSpan now) => now - begun >= Slow;

    // The one that is under way longest and has a peer left to ask; its last order counts, so that each second brings one peer more.
    private int? SlowChunk(TimeSpan now)
    {
        var slow = _underWay.GroupBy(entry => entry.Order.Chunk)
            .Where(orders => IsSlow(orders.Max(entry => entry.Begun), now) && SourceFor(orders.Key, now) is not null)
            .OrderBy(orders => orders.Min(entry => entry.Begun))
            .ThenBy(orders => orders.Key)
            .ToList();
        return slow.Count > 0 ? slow[0].Key : null;
    }

    // Whoever did not answer in time comes last, then who is slow with another chunk, then whoever has most to do.
    private Source? SourceFor(int chunk, TimeSpan now)
    {
        Source? best = null;
        var least = (Timeouts: int.MaxValue, IsSlow: true, Load: int.MaxValue);
        foreach (var source in _sources)
        {
            if (source.PausedUntil > now || !_shares.HasPlace(source.Peer)) continue;
            var own = _underWay.Where(entry => entry.Order.Peer == source.Peer).ToList();
            if (own.Any(entry => entry.Order.Chunk == chunk)) continue;
            var burden = (source.Timeouts, IsSlow: own.Any(entry => IsSlow(entry.Begun, now)), Load: _shares.UnderWay(source.Peer));
            if (best is null || burden.CompareTo(least) < 0) (best, least) = (source, burden);
        }

        return best;
    }

    private sealed class Source(Address peer)
    {
        public Address Peer => peer;

        /// <summary>When its share was halved last.</summary>
        public TimeSpan HalvedAt { get; set; }

        public TimeSpan PausedUntil { get; set; }

        /// <summary>Since it last answered.</summary>
        public int Timeouts { get; set; }

        /// <summary>The same.</summary>
        public int Busy { get; set; }
    }
}
