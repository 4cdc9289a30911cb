using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain.Tests;

public sealed class ArrivingBlobTests
{
    private const int Chunk = BlobLimits.ChunkBytes;
    private static readonly Column Blobs = new("blobs");

    [Fact]
    public void ChunksComeInAnyOrder()
    {
        var stream = new SeededStream(5);
        for (var length = 0; length < 4; length++)
        {
            using var values = new MemoryStore([Blobs]);
            var store = new BlobStore(values, Blobs);
            var blob = Random(length * (Chunk / 2));
            var manifest = BlobManifest.Of(blob);
            store.Begin(manifest);
            while (store.Missing(manifest) is { Count: > 0 } missing)
            {
                Assert.False(store.Has(manifest.Hash));
                Assert.Equal(manifest.Encode(), store.Arriving(manifest.Hash)!.Encode());
                var index = missing[(int)stream.NextBelow((ulong)missing.Count)];
                var chunk = blob.AsSpan(index * Chunk, manifest.ChunkLength(index)).ToArray();
                chunk[0] ^= 1;
                Assert.False(store.TryAdd(manifest, index, chunk, out var fault));
                Assert.Equal(ChunkFault.WrongHash, fault);
                chunk[0] ^= 1;
                Assert.True(store.TryAdd(manifest, index, chunk, out _));
                Assert.True(store.TryAdd(manifest, index, chunk, out _)); // twice is no fault
            }

            Assert.Equal(blob, store.Read(manifest.Hash));
            Assert.Null(store.Arriving(manifest.Hash));
            Assert.Empty(store.ListArriving());
            store.Begin(manifest); // it is there already
            Assert.Empty(store.ListArriving());
        }
    }

    [Fact]
    public void WhatIsArrivingIsNotThereYet()
    {
        using var values = new MemoryStore([Blobs]);
        var store = new BlobStore(values, Blobs);
        var blob = Random((2 * Chunk) + 9);
        var manifest = BlobManifest.Of(blob);
        store.Begin(manifest);
        Assert.True(store.TryAdd(manifest, 1, blob.AsSpan(Chunk, Chunk), out _));
        Assert.Equal([0, 2], store.Missing(manifest));
        Assert.Equal([manifest.Hash], store.ListArriving());
        Assert.Empty(store.List());
        Assert.Null(store.Read(manifest.Hash));
        Assert.Null(store.ReadChunk(manifest.Hash, 1));
        Assert.False(store.TryGetManifest(manifest.Hash, out _));
        store.Delete(manifest.Hash);
        store.Reclaim();
        Assert.Empty(values.Scan(Blobs, KeyRange.All));
    }

    [Fact]
    public void ABlobThatIsPutWholeIsNoLongerArriving()
    {
        using var values = new MemoryStore([Blobs]);
        var store = new BlobStore(values, Blobs);
        var blob = Random(Chunk + 9);
        var manifest = BlobManifest.Of(blob);
        store.Begin(manifest);
        Assert.True(store.TryAdd(manifest, 1, blob.AsSpan(Chunk), out _));
        store.Put(blob);
        Assert.Empty(store.ListArriving());
        Assert.Equal(blob, store.Read(manifest.Hash));
    }

    [Fact]
    public void AMachineThatDiesLosesNoWholeBlob()
    {
        var losses = 0;
        for (ulong seed = 0; seed < 32; seed++)
        {
            using var values = new MemoryStore([Blobs]);
            var store = new BlobStore(values, Blobs);
            var blob = Random((2 * Chunk) + 9);
            var manifest = BlobManifest.Of(blob);
            store.Begin(manifest);
            Assert.True(store.TryAdd(manifest, 2, blob.AsSpan(2 * Chunk), out _));
            Assert.True(store.TryAdd(manifest, 0, blob.AsSpan(0, Chunk), out _));
            values.Crash(new SeededStream(seed));
            losses += store.Missing(manifest).Count - 1;
            store.Begin(manifest); // that it was begun may be lost too
            foreach (var index in store.Missing(manifest))
                Assert.True(store.TryAdd(manifest, index, blob.AsSpan(index * Chunk, manifest.ChunkLength(index)), out _));
            values.Crash(new SeededStream(seed));
            Assert.Equal(blob, store.Read(manifest.Hash));
        }

        Assert.InRange(losses, 1, 63); // some crashes cost chunks, not all cost both
    }

    [Fact]
    public void ABlobThatWasDeletedWhileItCameTakesNoChunkMore()
    {
        using var values = new MemoryStore([Blobs]);
        var store = new BlobStore(values, Blobs);
        var blob = Random((2 * Chunk) + 9);
        var manifest = BlobManifest.Of(blob);
        Assert.False(store.TryAdd(manifest, 0, blob.AsSpan(0, Chunk), out var fault));
        Assert.Equal(ChunkFault.NotArriving, fault);
        store.Begin(manifest);
        Assert.True(store.TryAdd(manifest, 0, blob.AsSpan(0, Chunk), out _));
        store.Delete(manifest.Hash);
        Assert.False(store.TryAdd(manifest, 1, blob.AsSpan(Chunk, Chunk), out fault));
        Assert.Equal(ChunkFault.NotArriving, fault);
        store.Reclaim();
        Assert.Empty(values.Scan(Blobs, KeyRange.All));
    }

    // Of another version, or harmed: all of it comes again from others.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ADamagedRecordOfWhatIsArrivingIsForgotten(bool isOfTheOldVersion)
    {
        using var values = new MemoryStore([Blobs]);
        var said = new List<string>();
        var store = new BlobStore(values, Blobs, said.Add);
        var blob = Random((2 * Chunk) + 9);
        var manifest = BlobManifest.Of(blob);
        store.Begin(manifest);
        Assert.True(store.TryAdd(manifest, 0, blob.AsSpan(0, Chunk), out _));
        values.Write(new WriteBatch().Put(Blobs, [2, .. manifest.Hash.Value.ToArray()], isOfTheOldVersion ? manifest.Encode() : [7]), durable: false);
        store = new BlobStore(values, Blobs, said.Add);
        Assert.Equal(0, store.Bytes);
        Assert.Null(store.Arriving(manifest.Hash));
        Assert.Empty(values.Scan(Blobs, KeyRange.All)); // its chunks are gone too
        Assert.Contains(manifest.Hash.ToString(), Assert.Single(said), StringComparison.Ordinal);
        store.Begin(manifest);
        foreach (var index in store.Missing(manifest)) Assert.True(store.TryAdd(manifest, index, blob.AsSpan(index * Chunk, manifest.ChunkLength(index)), out _));
        Assert.Equal(blob, store.Read(manifest.Hash));
    }

    [Fact]
    public void WhatWasDeletedIsRememberedUntilTheDiskHasItsRoomBack()
    {
        using var values = new MemoryStore([Blobs]);
        var store = new BlobStore(values, Blobs);
        var (whole, coming) = (store.Put(Random(Chunk + 9)), BlobManifest.Of(Random(100)));
        store.Begin(coming);
        Assert.Equal(0, store.Reclaimable);
        store.Delete(whole.Hash);
        store.Delete(coming.Hash);
        store.Delete(coming.Hash);
        Assert.Equal(whole.Length + 100, store.Reclaimable);
        Assert.Equal(store.Reclaimable, new BlobStore(values, Blobs).Reclaimable); // after a restart
        store.Reclaim();
        Assert.Equal(0, store.Reclaimable);
        Assert.Equal(0, new BlobStore(values, Blobs).Reclaimable);
    }

    [Fact]
    public void AChunkThatComesReadsNoOther()
    {
        using var values = new MemoryStore([Blobs]);
        var counted = new Counted(values);
        var store = new BlobStore(counted, Blobs);
        var blob = Random(8 * Chunk);
        var manifest = BlobManifest.Of(blob);
        store.Begin(manifest);
        for (var index = 0; index < manifest.ChunkCount; index++)
            Assert.True(store.TryAdd(manifest, index, blob.AsSpan(index * Chunk, Chunk), out _));
        Assert.True(store.TryAdd(manifest, 3, blob.AsSpan(3 * Chunk, Chunk), out _));
        Assert.True(counted.BytesRead < Chunk, $"{counted.BytesRead} bytes were read while the chunks came");
        Assert.Equal(blob, store.Read(manifest.Hash));
    }

    [Fact]
    public void TheBytesOfAllBlobsAreKnown()
    {
        using var values = new MemoryStore([Blobs]);
        var store = new BlobStore(values, Blobs);
        var (whole, coming) = (Random(Chunk + 9), Random((2 * Chunk) + 7));
        store.Put(whole);
        Assert.Equal(whole.Length, store.Bytes);
        store.Begin(BlobManifest.Of(coming));
        store.Begin(BlobManifest.Of(coming));
        store.Put(whole);
        Assert.Equal(whole.Length + coming.Length, store.Bytes);
        Assert.Equal(store.Bytes, new BlobStore(values, Blobs).Bytes); // after a restart
        store.Put(coming);
        Assert.Equal(whole.Length + coming.Length, store.Bytes);
        store.Delete(BlobManifest.Of(whole).Hash);
        store.Delete(BlobManifest.Of(whole).Hash);
        Assert.Equal(coming.Length, store.Bytes);
        store.Delete(BlobManifest.Of(coming).Hash);
        Assert.Equal(0, store.Bytes);
    }

    [Fact]
    public void AManifestIsMadeOfWhatTheChainNames()
    {
        var manifest = BlobManifest.Of(Random(Chunk + 9));
        Assert.Equal(manifest.Encode(), BlobManifest.Of(manifest.Hash, (ulong)manifest.Length, manifest.ChunkHashes)!.Encode());
        Assert.Null(BlobManifest.Of(manifest.Hash, (ulong)manifest.Length + 1, manifest.ChunkHashes));
        Assert.Null(BlobManifest.Of(manifest.Hash, (ulong)manifest.Length, manifest.ChunkHashes.Take(1)));
        Assert.Null(BlobManifest.Of(new BlobHash(Hash256.Zero), (ulong)manifest.Length, manifest.ChunkHashes));
        Assert.Null(BlobManifest.Of(manifest.Hash, ulong.MaxValue, manifest.ChunkHashes));
    }

    [Fact]
    public void APromiseTakesNoMemory()
    {
        Assert.True(BlobManifest.TryDecode([0, 0, 0, 0, 4, 0, 0, 0, .. new byte[64 * 32]], out var manifest, out _));
        using var values = new MemoryStore([Blobs]);
        var store = new BlobStore(values, Blobs);
        var before = GC.GetAllocatedBytesForCurrentThread();
        store.Begin(manifest);
        Assert.Equal(64, store.Missing(manifest).Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20); // it promises 64 MiB
    }

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        var block = new SeededStream((ulong)length).NextHash().ToArray();
        for (var at = 0; at < length; at++) bytes[at] = unchecked((byte)(block[at % Hash256.Size] ^ (at >> 5) ^ (at >> 13) ^ (at >> 21)));
        return bytes;
    }

    /// <summary>A store that counts what is read from it.</summary>
    private sealed class Counted(IKeyValueStore store) : IKeyValueStore
    {
        public long BytesRead { get; private set; }

        public byte[]? Get(Column column, ReadOnlySpan<byte> key) => TryGet(column, key, out var value) ? value : null;

        public bool TryGet(Column column, ReadOnlySpan<byte> key, [NotNullWhen(true)] out byte[]? value)
        {
            if (!store.TryGet(column, key, out value)) return false;
            BytesRead += value.Length;
            return true;
        }

        public IEnumerable<StoreEntry> Scan(Column column, KeyRange range, bool reverse = false) => store.Scan(column, range, reverse);

        public void Write(WriteBatch batch, bool durable) => store.Write(batch, durable);

        public ISnapshot Snapshot() => store.Snapshot();

        public void Expire(Column column, ulong below) => store.Expire(column, below);

        public void DropFiles(Column column, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last) => store.DropFiles(column, first, last);

        public void Compact(Column column, KeyRange range) => store.Compact(column, range);

        public void Dispose() => store.Dispose();
    }
}
