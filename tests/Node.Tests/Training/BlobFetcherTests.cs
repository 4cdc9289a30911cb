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

    private BlobFetcher Fetcher(BlobStore store) => new(() => _crowd.Peers, _crowd.RequestAsync, store, _time, NullLogger.Instance);

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
        EndsAfterThree,
    }

    private sealed record Asked(Address Peer, int Chunk, bool WasServed);

    /// <summary>Peers that answer like a node's relay, or worse.</summary>
    private sealed class Crowd
    {
        private readonly ConcurrentDictionary<Address, (IBlobStore Store, Conduct Conduct)> _peers = [];
        private int _served;

        public ConcurrentBag<Asked> Chunks { get; } = [];

        public int Manifests { get; private set; }

        public TaskCompletionSource Stalled { get; } = new();

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
                if (store.TryGetManifest(hash, out var manifest)) yield return manifest.Encode();
                yield break;
            }

            if (conduct == Conduct.Stalls)
            {
                Chunks.Add(new Asked(peer, index, WasServed: false));
                Stalled.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var isServed = conduct == Conduct.Honest || (conduct == Conduct.EndsAfterThree && Interlocked.Increment(ref _served) <= 3);
            Chunks.Add(new Asked(peer, index, isServed));
            if (isServed && store.ReadChunk(hash, index) is { } chunk) yield return chunk;
            if (conduct == Conduct.Lies) yield return new byte[Chunk];
        }
    }

    /// <summary>Time that passes by hand.</summary>
    private sealed class HandTime : TimeProvider
    {
        private readonly ConcurrentDictionary<HandTimer, bool> _timers = [];
        private long _now;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan duration)
        {
            _now += duration.Ticks;
            foreach (var timer in _timers.Keys) timer.Fire(_now);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new HandTimer(this, () => callback(state), _now + dueTime.Ticks);
            _timers[timer] = true;
            return timer;
        }

        private sealed class HandTimer(HandTime time, Action fire, long due) : ITimer
        {
            public void Fire(long now)
            {
                if (now >= due && time._timers.TryRemove(this, out _)) fire();
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => time._timers.TryRemove(this, out _);

            public void Dispose() => time._timers.TryRemove(this, out _);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
