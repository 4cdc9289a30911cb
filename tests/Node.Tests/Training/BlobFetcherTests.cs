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
        Assert.True(await Fetcher(store).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
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
        var fetching = Fetcher(store).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop);
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
        Assert.False(await Fetcher(new BlobStore(values, Blobs)).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
        var before = _crowd.Chunks.Count(asked => asked.WasServed);
        Assert.Equal(3, before);

        var manifests = _crowd.Manifests;
        _crowd.Add(1, Full(), Conduct.Honest);
        var again = new BlobStore(values, Blobs);
        Assert.True(await Fetcher(again).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
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
        var both = await Task.WhenAll(fetcher.EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop), fetcher.EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
        Assert.Equal(new[] { true, true }, both);
        Assert.Equal(8, _crowd.Chunks.Count);
    }

    [Fact]
    public async Task AStallerOnTheManifestHoldsNobodyUp()
    {
        var store = Empty();
        foreach (byte peer in new byte[] { 1, 2, 3 }) _crowd.Add(peer, Full(), Conduct.StallsAlways);
        _crowd.Add(4, Full(), Conduct.Honest);
        var fetching = Fetcher(store).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop);
        while (store.Arriving(Hash) is null && !store.Has(Hash)) await Task.Delay(1, Stop); // no time passes: the manifest is here all the same
        Assert.InRange(await SecondsAsync(fetching), 0, 8);
        Assert.Equal(_blob, store.Read(Hash));
    }

    [Fact]
    public async Task WhatTheChainNamesIsAskedOfNobody()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.Honest);
        Assert.True(await Fetcher(store).EnsureAsync(Hash, BlobManifest.Of(_blob), BlobPurpose.TrainingSet, Stop));
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
        Assert.InRange(await SecondsAsync(fetcher.EnsureAsync(first.Hash, first, BlobPurpose.TrainingSet, Stop)), 0, stallers);
        Assert.Equal(blob, store.Read(first.Hash));
        for (var seed = 3; seed < 40; seed++)
        {
            var next = Single(seed, out var bytes);
            held.Put(bytes);
            await SecondsAsync(fetcher.EnsureAsync(next.Hash, next, BlobPurpose.TrainingSet, Stop));
        }

        Assert.Equal(0, await SecondsAsync(fetcher.EnsureAsync(later.Hash, later, BlobPurpose.TrainingSet, Stop))); // who made others wait is asked last
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
        var fetching = Fetcher(store).EnsureAsync(manifest.Hash, manifest, BlobPurpose.TrainingSet, Stop);
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
        var first = fetcher.EnsureAsync(manifest.Hash, manifest, BlobPurpose.TrainingSet, impatient.Token);
        var second = fetcher.EnsureAsync(manifest.Hash, manifest, BlobPurpose.TrainingSet, Stop);
        await _crowd.Stalled.Task;
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _crowd.Add(2, held, Conduct.Honest);
        await SecondsAsync(second);
    }

    [Fact]
    public async Task WhatNobodyWaitsForIsLeftWhereItIs()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.StallsAlways);
        var fetcher = Fetcher(store);
        using var impatient = new CancellationTokenSource();
        var first = fetcher.EnsureAsync(Hash, BlobManifest.Of(_blob), BlobPurpose.TrainingSet, impatient.Token);
        await _crowd.Stalled.Task;
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        while (_crowd.Waiting > 0) await Task.Delay(1, Stop); // no time passes: the requests were taken back
        _crowd.Add(1, Full(), Conduct.Honest);
        Assert.True(await fetcher.EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop)); // and who wants it later begins anew
    }

    [Fact]
    public async Task WhatARoundNamesIsTakenThoughThereIsNoRoom()
    {
        var store = Empty();
        var room = new BlobRoom(store, _blob.Length - 1, 10);
        _crowd.Add(1, Full(), Conduct.Honest);
        var fetcher = new BlobFetcher(() => _crowd.Peers, _crowd.RequestAsync, store, room, Peer(99), _time, NullLogger.Instance);
        Assert.False(await fetcher.EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
        Assert.True(room.IsWanted);
        Assert.True(await fetcher.EnsureAsync(Hash, BlobPurpose.Round, Stop));
        Assert.Equal(-1, room.TakeMark()); // what found no room is more than the headroom
        Assert.False(room.IsWanted);
        Assert.Equal(_blob.Length - 11, room.TakeMark());
    }

    // As many full rounds as are kept where there is room, in the least room that a node may have: each round comes, whatever there was before.
    [Fact]
    public async Task EveryRoundComesIntoAStoreThatIsFull()
    {
        const int model = 1_000;
        const int headroom = 8 * model;
        const int bytesMax = (17 * model) + (2 * headroom);
        var (store, held) = (Empty(), Empty());
        var room = new BlobRoom(store, bytesMax, headroom);
        var fetcher = new BlobFetcher(() => _crowd.Peers, _crowd.RequestAsync, store, room, Peer(99), _time, NullLogger.Instance);
        var retention = new BlobRetention(1_000);
        var winners = new List<BlobHash>();
        var spare = new Dictionary<BlobHash, SpareBlob>();
        _crowd.Add(1, held, Conduct.Honest);
        for (var round = 1; round <= 256; round++)
        {
            var candidates = Enumerable.Range(0, 8).Select(i => held.Put([.. BitConverter.GetBytes((8 * round) + i), .. new byte[model - 4]])).ToList();
            foreach (var candidate in candidates) Assert.True(await fetcher.EnsureAsync(candidate.Hash, candidate, BlobPurpose.Round, Stop), $"round {round}");
            foreach (var candidate in candidates) held.Delete(candidate.Hash);
            Assert.True(store.Bytes <= bytesMax, $"{store.Bytes} bytes in round {round}");
            var needed = winners.TakeLast(16).Concat(candidates.Select(candidate => candidate.Hash)).ToHashSet();
            Keep(needed);
            Assert.All(needed, blob => Assert.True(store.Has(blob)));
            winners.Add(candidates[0].Hash);
            foreach (var candidate in candidates) spare[candidate.Hash] = new SpareBlob(candidate == candidates[0], new Height((ulong)round));

            void Keep(HashSet<BlobHash> needs)
            {
                var all = store.List().Select(blob => new HeldBlob(blob, model)).ToList();
                foreach (var blob in retention.Step(new Height((ulong)round), all, new BlobNeeds(needs, spare), room.TakeMark())) store.Delete(blob.Blob);
            }
        }

        Assert.True(store.Bytes > bytesMax - headroom - (2 * model)); // and there is no more room than is wanted
    }

    [Fact]
    public async Task WhoHasNoPlaceIsAskedAgain()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.IsBusyThrice);
        var fetching = Fetcher(store).EnsureAsync(Hash, BlobManifest.Of(_blob), BlobPurpose.TrainingSet, Stop);
        while (!fetching.IsCompleted)
        {
            if (_time.IsAwaited(ChunkPlan.BusyPause)) _time.Pass(ChunkPlan.BusyPause);
            await Task.Delay(1, Stop);
        }

        Assert.True(await fetching);
        Assert.Equal(_blob, store.Read(Hash));
    }

    // One good chunk for each that it withholds must not bring it to the front again: it would cost a second for every other blob.
    [Fact]
    public async Task WhoAlternatesBetweenGoodAndStalledIsAskedLast()
    {
        var (store, held, alone) = (Empty(), Empty(), Empty());
        for (byte peer = 1; peer <= 3; peer++) _crowd.Add(peer, peer == 1 ? alone : held, peer == 1 ? Conduct.StallsEverySecond : Conduct.Honest);
        var fetcher = Fetcher(store);
        var seed = 100;
        while (_crowd.Stalls == 0) await NextAsync(held, alone);
        await NextAsync(alone); // nobody else has it, and it gives it
        for (var blob = 0; blob < 40; blob++) await NextAsync(held, alone);
        Assert.Equal(1, _crowd.Stalls);

        async Task NextAsync(params BlobStore[] holders)
        {
            var next = Single(seed++, out var bytes);
            foreach (var holder in holders) holder.Put(bytes);
            await SecondsAsync(fetcher.EnsureAsync(next.Hash, next, BlobPurpose.TrainingSet, Stop));
        }
    }

    [Fact]
    public async Task WhoEndsTheFetcherWaitsForNobody()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.StallsAlways);
        var fetcher = Fetcher(store);
        var fetching = fetcher.EnsureAsync(Hash, BlobManifest.Of(_blob), BlobPurpose.TrainingSet, Stop);
        await _crowd.Stalled.Task;
        await fetcher.DisposeAsync();
        Assert.False(await fetching);
        Assert.False(await fetcher.EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
    }

    [Fact]
    public async Task WhatThereIsNoRoomForIsNotBegun()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.Honest);
        Assert.False(await Fetcher(store, _blob.Length - 1).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
        Assert.Null(store.Arriving(Hash));
        Assert.True(await Fetcher(store, _blob.Length).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
    }

    [Fact]
    public async Task ABlobThatIsDeletedWhileItComesIsLeft()
    {
        var store = Empty();
        _crowd.Add(1, Full(), Conduct.Stalls);
        var fetching = Fetcher(store).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop);
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
        Assert.False(await Fetcher(store).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
        _crowd.Add(1, Empty(), Conduct.Honest);
        Assert.False(await Fetcher(store).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
        Assert.False(store.Has(Hash));
        _crowd.Add(2, Full(), Conduct.Honest);
        Assert.True(await Fetcher(store).EnsureAsync(Hash, BlobPurpose.TrainingSet, Stop));
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

    private BlobFetcher Fetcher(BlobStore store, long bytesMax = long.MaxValue) =>
        new(() => _crowd.Peers, _crowd.RequestAsync, store, new BlobRoom(store, bytesMax, 0), Peer(99), _time, NullLogger.Instance);

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
        IsBusyThrice,

        /// <summary>Of its chunks.</summary>
        StallsEverySecond,
    }

    private sealed record Asked(Address Peer, int Chunk, bool WasServed);

    /// <summary>Peers that answer like a node's relay, or worse.</summary>
    private sealed class Crowd
    {
        private readonly ConcurrentDictionary<Address, (IBlobStore Store, Conduct Conduct)> _peers = [];
        private int _served;
        private int _stalls;
        private int _asked;
        private int _waiting;

        public ConcurrentBag<Asked> Chunks { get; } = [];

        public int Manifests { get; private set; }

        public TaskCompletionSource Stalled { get; } = new();

        /// <summary>Chunks that were asked of who never answers.</summary>
        public int Stalls => Volatile.Read(ref _stalls);

        /// <summary>Those among them that somebody still waits for.</summary>
        public int Waiting => Volatile.Read(ref _waiting);

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

            if (conduct == Conduct.IsBusyThrice && Interlocked.Increment(ref _asked) <= 3) throw new P2P.RpcException(P2P.StatusCode.ResourceExhausted, "no more at a time");
            if (conduct is Conduct.Stalls or Conduct.StallsAlways || (conduct == Conduct.StallsEverySecond && Interlocked.Increment(ref _asked) % 2 == 0))
            {
                Chunks.Add(new Asked(peer, index, WasServed: false));
                Interlocked.Increment(ref _stalls);
                Interlocked.Increment(ref _waiting);
                Stalled.TrySetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
                finally
                {
                    Interlocked.Decrement(ref _waiting);
                }
            }

            var isServed = conduct is Conduct.Honest or Conduct.IsBusyThrice or Conduct.StallsEverySecond || (conduct == Conduct.EndsAfterThree && Interlocked.Increment(ref _served) <= 3);
            Chunks.Add(new Asked(peer, index, isServed));
            if (isServed && store.ReadChunk(hash, index) is { } chunk) yield return chunk;
            if (conduct == Conduct.Lies) yield return new byte[Chunk];
        }
    }
}
