using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class BlobFetcherTests
{
    private const int Chunk = BlobLimits.ChunkBytes;
    private static readonly Column Blobs = new("blobs");

    private readonly byte[] _blob = Blob((7 * Chunk) + 11);
    private readonly Crowd _crowd = new();
    private readonly HandTime _time = new();
    private int _paid;

    [Fact]
    public async Task SeveralPeersServeOneBlob()
    {
        var store = Empty();
        foreach (byte peer in new byte[] { 1, 2, 3, 4 }) _crowd.Add(peer, Full(), Conduct.Honest);
        Assert.True(await Fetcher(store).EnsureAsync(Hash, Stop));
        Assert.Equal(_blob, store.Read(Hash));
        Assert.Equal(8, _crowd.Chunks.Count);
        Assert.Equal(4, _crowd.Chunks.Select(asked => asked.Peer).Distinct().Count());
    }

    [Fact]
    public async Task ALiarAndAStallerAreLeftOut()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.Lies);
        _crowd.Add(2, Full(), Conduct.Stalls);
        _crowd.Add(3, Full(), Conduct.Honest);
        _crowd.Add(4, Full(), Conduct.Honest);
        var fetching = Fetcher(store).EnsureAsync(Hash, Stop);
        await _crowd.Stalled.Task;
        // All that does not wait for the one who stalls has arrived: from now on time may pass without harm to the others.
        var manifest = BlobManifest.Of(_blob);
        while (store.Missing(manifest).Any(chunk => !_crowd.Chunks.Contains(new Asked(Peer(2), chunk, WasServed: false)))) await Task.Delay(1, Stop);
        _time.Pass(BlobFetcher.Patience);
        Assert.True(await fetching);
        Assert.Equal(_blob, store.Read(Hash));
        Assert.InRange(_crowd.Chunks.Count(asked => asked.Peer == Peer(1)), 0, 2);
        Assert.InRange(_crowd.Chunks.Count(asked => asked.Peer == Peer(2)), 0, 2);
    }

    [Fact]
    public async Task NoChunkIsFetchedTwiceAfterARestart()
    {
        using var values = new MemoryStore([Blobs]);
        _crowd.Add(1, Full(), Conduct.EndsAfterThree);
        Assert.False(await Fetcher(new BlobStore(values, Blobs)).EnsureAsync(Hash, Stop));
        var before = _crowd.Chunks.Count(asked => asked.WasServed);
        Assert.Equal(3, before);

        var manifests = _crowd.Manifests;
        _crowd.Add(1, Full(), Conduct.Honest);
        var again = new BlobStore(values, Blobs);
        Assert.True(await Fetcher(again).EnsureAsync(Hash, Stop));
        Assert.Equal(_blob, again.Read(Hash));
        Assert.Equal(manifests, _crowd.Manifests);
        Assert.Equal(Enumerable.Range(0, 8), _crowd.Chunks.Where(asked => asked.WasServed).Select(asked => asked.Chunk).Order());
    }

    [Fact]
    public async Task TwoWhoWantOneBlobFetchItOnce()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.Honest);
        var fetcher = Fetcher(store);
        var both = await Task.WhenAll(fetcher.EnsureAsync(Hash, Stop), fetcher.EnsureAsync(Hash, Stop));
        Assert.Equal(new[] { true, true }, both);
        Assert.Equal(8, _crowd.Chunks.Count);
    }

    [Fact]
    public async Task AStallerOnTheManifestHoldsNobodyUp()
    {
        var store = Empty();
        foreach (byte peer in new byte[] { 1, 2, 3 }) _crowd.Add(peer, Full(), Conduct.StallsAlways);
        _crowd.Add(4, Full(), Conduct.Honest);
        var fetching = Fetcher(store).EnsureAsync(Hash, Stop);
        while (store.Arriving(Hash) is null && !store.Has(Hash)) await Task.Delay(1, Stop); // no time passes: the manifest is here all the same
        Assert.InRange(await SecondsAsync(fetching), 0, 8);
        Assert.Equal(_blob, store.Read(Hash));
    }

    [Fact]
    public async Task WhatTheChainNamesIsAskedOfNobody()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.Honest);
        Assert.True(await Fetcher(store).EnsureAsync(Hash, BlobManifest.Of(_blob), Stop));
        Assert.Equal(0, _crowd.Manifests);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 7)]
    [InlineData(3, 10)]
    public async Task StallersInFrontCostASecondEachAndOnlyOnce(int stallers, int peers)
    {
        var (first, later) = (Single(1, out var blob), Single(2, out var laterBlob));
        var held = Empty();
        held.Put(blob);
        held.Put(laterBlob);
        // Those with the lowest addresses stall: a key for such an address is soon found.
        for (var peer = 1; peer <= peers; peer++) _crowd.Add((byte)peer, held, peer <= stallers ? Conduct.StallsAlways : Conduct.Honest);
        var store = Empty();
        var fetcher = Fetcher(store);
        Assert.InRange(await SecondsAsync(fetcher.EnsureAsync(first.Hash, first, Stop)), 0, stallers);
        Assert.Equal(blob, store.Read(first.Hash));
        for (var seed = 3; seed < 40; seed++)
        {
            var next = Single(seed, out var bytes);
            held.Put(bytes);
            await SecondsAsync(fetcher.EnsureAsync(next.Hash, next, Stop));
        }

        Assert.Equal(0, await SecondsAsync(fetcher.EnsureAsync(later.Hash, later, Stop))); // who made others wait is asked last
        Assert.InRange(_crowd.Chunks.Count(asked => !asked.WasServed), 0, stallers);
    }

    [Fact]
    public void NobodyIsFirstByItsAddress()
    {
        Address[] peers = [.. Enumerable.Range(1, 4).Select(number => Peer((byte)number))];
        var first = Enumerable.Range(0, 200).GroupBy(seed => BlobFetcher.InOrder(Single(seed, out _).Hash, peers, _ => 0)[0]).ToDictionary(group => group.Key, group => group.Count());
        Assert.All(peers, peer => Assert.InRange(first[peer], 25, 75));
        Assert.Equal(peers[2], BlobFetcher.InOrder(Single(1, out _).Hash, peers, peer => peer == peers[2] ? 0 : 1)[0]);
    }

    [Fact]
    public async Task WhoJoinsWhileABlobComesIsAsked()
    {
        var store = Empty();
        var manifest = Single(1, out var blob);
        var held = Empty();
        held.Put(blob);
        _crowd.Add(1, held, Conduct.StallsAlways);
        var fetching = Fetcher(store).EnsureAsync(manifest.Hash, manifest, Stop);
        await _crowd.Stalled.Task;
        _crowd.Add(2, held, Conduct.Honest);
        await SecondsAsync(fetching);
    }

    [Fact]
    public async Task WhoStopsWaitingStopsNobodyElse()
    {
        var store = Empty();
        var manifest = Single(1, out var blob);
        var held = Empty();
        held.Put(blob);
        _crowd.Add(1, held, Conduct.StallsAlways);
        var fetcher = Fetcher(store);
        using var impatient = new CancellationTokenSource();
        var first = fetcher.EnsureAsync(manifest.Hash, manifest, impatient.Token);
        var second = fetcher.EnsureAsync(manifest.Hash, manifest, Stop);
        await _crowd.Stalled.Task;
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _crowd.Add(2, held, Conduct.Honest);
        await SecondsAsync(second);
    }

    [Fact]
    public async Task WhoEndsTheFetcherWaitsForNobody()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.StallsAlways);
        var fetcher = Fetcher(store);
        var fetching = fetcher.EnsureAsync(Hash, BlobManifest.Of(_blob), Stop);
        await _crowd.Stalled.Task;
        await fetcher.DisposeAsync();
        Assert.False(await fetching);
        Assert.False(await fetcher.EnsureAsync(Hash, Stop));
    }

    [Fact]
    public async Task WhatThereIsNoRoomForIsNotBegun()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.Honest);
        Assert.False(await Fetcher(store, _blob.Length - 1).EnsureAsync(Hash, Stop));
        Assert.Null(store.Arriving(Hash));
        Assert.True(await Fetcher(store, _blob.Length).EnsureAsync(Hash, Stop));
    }

    [Fact]
    public async Task ABlobThatIsDeletedWhileItComesIsLeft()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.Stalls);
        var fetching = Fetcher(store).EnsureAsync(Hash, Stop);
        await _crowd.Stalled.Task;
        store.Delete(Hash);
        _crowd.Add(2, Full(), Conduct.Honest);
        while (!_time.IsAwaited(ChunkPlan.Slow)) await Task.Delay(1, Stop);
        _time.Pass(ChunkPlan.Slow);
        Assert.False(await fetching);
        Assert.Equal(0, store.Bytes);
    }

    [Fact]
    public async Task WhatNobodyHasIsNotToBeHad()
    {
        var store = Empty();
        Assert.False(await Fetcher(store).EnsureAsync(Hash, Stop));
        _crowd.Add(1, Empty(), Conduct.Honest);
        Assert.False(await Fetcher(store).EnsureAsync(Hash, Stop));
        Assert.False(store.Has(Hash));
        _crowd.Add(2, Full(), Conduct.Honest);
        Assert.True(await Fetcher(store).EnsureAsync(Hash, Stop));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private BlobHash Hash => BlobManifest.Of(_blob).Hash;

    private static BlobStore Empty() => new(new MemoryStore([Blobs]), Blobs);

    private static Address Peer(byte number) => Address.FromBytes([.. new byte[19], number]);

    private BlobStore Full()
    {
        var store = Empty();
        store.Put(_blob);
        return store;
    }

    private BlobFetcher Fetcher(BlobStore store, long bytesMax = long.MaxValue) => new(() => _crowd.Peers, _crowd.RequestAsync, store, bytesMax, _time, NullLogger.Instance);

    private static BlobManifest Single(int seed, out byte[] blob)
    {
        blob = Blob(1_000 + seed);
        return BlobManifest.Of(blob);
    }

    // Each time somebody stalls a second passes, once the fetcher waits for it; how many passed is what the fetch cost.
    private async Task<int> SecondsAsync(Task<bool> fetching)
    {
        for (var (seconds, idle) = (0, 0); ; idle++)
        {
            if (fetching.IsCompleted)
            {
                Assert.True(await fetching);
                return seconds;
            }

            var stalls = _crowd.Stalls;
            if ((stalls > _paid && _time.IsAwaited(ChunkPlan.Slow)) || idle == 1_000)
            {
                _paid = stalls;
                seconds++;
                idle = 0;
                _time.Pass(ChunkPlan.Slow);
            }

            await Task.Delay(1, Stop);
        }
    }

    private static byte[] Blob(int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length; at++) bytes[at] = unchecked((byte)((at * 31) ^ (at >> 9) ^ (at >> 17)));
        return bytes;
    }

    private enum Conduct
    {
        Honest,
        Lies,
        Stalls,

        /// <summary>Answers nothing, not even for the manifest.</summary>
        StallsAlways,
        EndsAfterThree,
    }

    private sealed record Asked(Address Peer, int Chunk, bool WasServed);

    /// <summary>Peers that answer like a node's relay, or worse.</summary>
    private sealed class Crowd
    {
        private readonly ConcurrentDictionary<Address, (IBlobStore Store, Conduct Conduct)> _peers = [];
        private int _served;
        private int _stalls;

        public ConcurrentBag<Asked> Chunks { get; } = [];

        public int Manifests { get; private set; }

        public TaskCompletionSource Stalled { get; } = new();

        /// <summary>Chunks that were asked of who never answers.</summary>
        public int Stalls => Volatile.Read(ref _stalls);

        public IReadOnlyList<Address> Peers => [.. _peers.Keys.Order()];

        public void Add(byte number, IBlobStore store, Conduct conduct) => _peers[Peer(number)] = (store, conduct);

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> RequestAsync(
            Address peer, string kind, ReadOnlyMemory<byte> payload, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            var (store, conduct) = _peers[peer];
            var reader = new ByteReader(payload.Span);
            var hash = new BlobHash(reader.Hash());
            var index = kind == PeerRelay.ChunkRequest ? (int)reader.UInt32() : -1;
            if (index < 0)
            {
                Manifests++;
                if (conduct == Conduct.StallsAlways) await Task.Delay(Timeout.Infinite, cancellationToken);
                if (store.TryGetManifest(hash, out var manifest)) yield return manifest.Encode();
                yield break;
            }

            if (conduct is Conduct.Stalls or Conduct.StallsAlways)
            {
                Chunks.Add(new Asked(peer, index, WasServed: false));
                Interlocked.Increment(ref _stalls);
                Stalled.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var isServed = conduct == Conduct.Honest || (conduct == Conduct.EndsAfterThree && Interlocked.Increment(ref _served) <= 3);
            Chunks.Add(new Asked(peer, index, isServed));
            if (isServed && store.ReadChunk(hash, index) is { } chunk) yield return chunk;
            if (conduct == Conduct.Lies) yield return new byte[Chunk];
        }
    }
}
