using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Chain.Tests;

public sealed class BlobTests
{
    private const int Chunk = BlobLimits.ChunkBytes;
    private static readonly Column Blobs = new("blobs");

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(Chunk - 1, 1)]
    [InlineData(Chunk, 1)]
    [InlineData(Chunk + 1, 2)]
    [InlineData((3 * Chunk) + 5, 4)]
    public void AManifestSpeaksOfEveryByte(int length, int chunks)
    {
        var blob = Random(length);
        var manifest = BlobManifest.Of(blob);
        Assert.Equal(chunks, manifest.ChunkCount);
        Assert.Equal(length, manifest.Length);
        Assert.Equal(length, Enumerable.Range(0, chunks).Sum(manifest.ChunkLength));
        Assert.True(BlobManifest.TryDecode(manifest.Encode(), out var decoded, out _));
        Assert.Equal(manifest.Hash, decoded.Hash);
        Assert.Equal(manifest.Encode(), decoded.Encode());
        if (length == 0) return;
        blob[length / 2] ^= 1;
        Assert.NotEqual(manifest.Hash, BlobManifest.Of(blob).Hash);
    }

    [Fact]
    public void AChunkIsKnownByPlaceLengthAndBytes()
    {
        var blob = Random(Chunk + 10);
        var manifest = BlobManifest.Of(blob);
        AssertChunk(ChunkFault.None, manifest, 0, blob.AsSpan(0, Chunk));
        AssertChunk(ChunkFault.None, manifest, 1, blob.AsSpan(Chunk));
        AssertChunk(ChunkFault.WrongLength, manifest, 0, blob.AsSpan(Chunk));
        AssertChunk(ChunkFault.WrongLength, manifest, 1, blob.AsSpan(Chunk, 9));
        AssertChunk(ChunkFault.WrongLength, manifest, 0, blob);
        AssertChunk(ChunkFault.WrongHash, manifest, 0, blob.AsSpan(1, Chunk));
        AssertChunk(ChunkFault.NoSuchChunk, manifest, 2, blob.AsSpan(Chunk));
        AssertChunk(ChunkFault.NoSuchChunk, manifest, -1, blob.AsSpan(Chunk));
        AssertChunk(ChunkFault.NoSuchChunk, BlobManifest.Of([]), 0, []);
    }

    [Fact]
    public void AHostileManifestIsNamed()
    {
        AssertFault(BlobFault.Truncated, []);
        AssertFault(BlobFault.Truncated, new byte[7]);
        AssertFault(BlobFault.None, new byte[8]);
        AssertFault(BlobFault.WrongChunkCount, new byte[9]);
        AssertFault(BlobFault.WrongChunkCount, new byte[8 + 32]);
        AssertFault(BlobFault.WrongChunkCount, [0, 0, 0, 0, 0, 0, 0, 1]);
        AssertFault(BlobFault.None, [0, 0, 0, 0, 0, 0, 0, 1, .. new byte[32]]);
        AssertFault(BlobFault.WrongChunkCount, [0, 0, 0, 0, 0, 0, 0, 1, .. new byte[33]]);
        AssertFault(BlobFault.None, [0, 0, 0, 0, 4, 0, 0, 0, .. new byte[64 * 32]]);
        AssertFault(BlobFault.TooLarge, [0, 0, 0, 0, 4, 0, 0, 1, .. new byte[65 * 32]]);
        AssertFault(BlobFault.TooLarge, [.. Enumerable.Repeat((byte)0xff, 8), .. new byte[32]]);
    }

    [Fact]
    public void RandomBytesNeverThrowAndTakeLittleMemory()
    {
        Prop.ForAll<byte[]>(bytes => { BlobManifest.TryDecode(bytes, out _, out _); }).QuickCheckThrowOnFailure();
        Prop.ForAll<ulong, byte>((seed, cut) =>
        {
            var bytes = BlobManifest.Of(Random(5)).Encode();
            var stream = new SeededStream(seed);
            for (var i = stream.NextBelow(4); i > 0; i--) bytes[(int)stream.NextBelow(8)] ^= (byte)(1 << (int)stream.NextBelow(8));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var decoded = BlobManifest.TryDecode(bytes.AsSpan(0, Math.Min((int)cut, bytes.Length)), out var manifest, out var fault);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return allocated < 16 << 10 && decoded == (manifest is not null) && decoded == (fault == BlobFault.None);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void TheFormatIsPinned()
    {
        var stream = new SeededStream(3);
        var all = new List<byte>();
        foreach (var length in new[] { 0, 1, Chunk, Chunk + 1, (2 * Chunk) + (int)stream.NextBelow(Chunk) })
        {
            var manifest = BlobManifest.Of(Random(length));
            all.AddRange(manifest.Encode());
            all.AddRange(manifest.Hash.Value.ToArray());
        }

        Assert.Equal("0xe6eb57f14cd8a9be86ff0031b0be3f8354209c682fb1224eb682c6208d49a074", Hash256.Sha256([.. all]).ToString());
    }

    [Fact]
    public void AStoreHasABlobWholeOrNotAtAll()
    {
        using var values = new MemoryStore([Blobs]);
        var store = new BlobStore(values, Blobs);
        var blob = Random(Chunk + 100);
        var other = Random(50);
        var hash = BlobManifest.Of(blob).Hash;
        Assert.False(store.Has(hash));
        Assert.Null(store.Read(hash));
        Assert.Null(store.ReadChunk(hash, 0));
        Assert.Equal(hash, store.Put(blob).Hash);
        store.Put(blob);
        store.Put(other);
        store.Put([]);
        Assert.True(store.Has(hash));
        Assert.Equal(blob, store.Read(hash));
        Assert.Equal(blob[Chunk..], store.ReadChunk(hash, 1));
        Assert.Null(store.ReadChunk(hash, 2));
        Assert.Null(store.ReadChunk(hash, -1));
        Assert.Null(store.ReadChunk(hash, int.MaxValue));
        Assert.Empty(store.Read(BlobManifest.Of([]).Hash)!);
        Assert.True(store.TryGetManifest(hash, out var manifest));
        Assert.Equal(2, manifest.ChunkCount);
        Assert.Equal(new[] { hash, BlobManifest.Of(other).Hash, BlobManifest.Of([]).Hash }.Order(), store.List());
        store.Delete(hash);
        store.Delete(hash);
        Assert.False(store.Has(hash));
        Assert.Null(store.ReadChunk(hash, 0));
        Assert.Equal(2, store.List().Count());
        Assert.Equal(3, values.Scan(Blobs, KeyRange.All).Count()); // two manifests and one chunk: nothing is left of the deleted blob
    }

    [Fact]
    public void ABlobIsDurableBeforeItIsAnnounced()
    {
        for (ulong seed = 0; seed < 16; seed++)
        {
            using var values = new MemoryStore([Blobs]);
            var store = new BlobStore(values, Blobs);
            var hash = store.Put(Random(10)).Hash;
            values.Crash(new SeededStream(seed));
            Assert.True(store.Has(hash));
        }
    }

    [Fact]
    public void WhatHasADamagedManifestIsNotHereAndComesAnew()
    {
        foreach (var damaged in new[] { [1], BlobManifest.Of([1]).Encode() })
        {
            using var values = new MemoryStore([Blobs]);
            var said = new List<string>();
            var store = new BlobStore(values, Blobs, said.Add);
            var (hash, other) = (store.Put(Random(10)).Hash, store.Put(Random(11)).Hash);
            values.Write(new WriteBatch().Put(Blobs, [0, .. hash.Value.ToArray()], damaged), durable: false);
            store = new BlobStore(values, Blobs, said.Add);
            Assert.Equal(11, store.Bytes); // it counts nothing, and the others are counted
            Assert.False(store.Has(hash));
            Assert.Null(store.Read(hash));
            Assert.True(store.Has(other));
            Assert.Contains(hash.ToString(), Assert.Single(said), StringComparison.Ordinal);
            store.Put(Random(10));
            Assert.Equal(Random(10), store.Read(hash));
            Assert.Equal(21, store.Bytes);
        }
    }

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        // The stream gives a block at a time; a repeated block with a number in it is as good as random here, and quick.
        var block = new SeededStream((ulong)length).NextHash().ToArray();
        for (var at = 0; at < length; at++) bytes[at] = unchecked((byte)(block[at % Hash256.Size] ^ (at >> 5) ^ (at >> 13) ^ (at >> 21)));
        return bytes;
    }

    private static void AssertChunk(ChunkFault expected, BlobManifest manifest, int index, ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(expected == ChunkFault.None, manifest.TryVerifyChunk(index, bytes, out var fault));
        Assert.Equal(expected, fault);
    }

    private static void AssertFault(BlobFault expected, byte[] bytes)
    {
        Assert.Equal(expected == BlobFault.None, BlobManifest.TryDecode(bytes, out _, out var fault));
        Assert.Equal(expected, fault);
    }
}
