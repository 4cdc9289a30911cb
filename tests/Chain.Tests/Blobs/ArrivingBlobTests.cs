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
            foreach (var index in store.Missing(manifest))
                Assert.True(store.TryAdd(manifest, index, blob.AsSpan(index * Chunk, manifest.ChunkLength(index)), out _));
            values.Crash(new SeededStream(seed));
            Assert.Equal(blob, store.Read(manifest.Hash));
        }

        Assert.InRange(losses, 1, 63); // some crashes cost chunks, not all cost both
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
}
