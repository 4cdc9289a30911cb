using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>Why bytes are no manifest.</summary>
public enum BlobFault
{
    None,

    /// <summary>Fewer bytes than the length of a blob takes.</summary>
    Truncated,

    /// <summary>The blob would be longer than <see cref="BlobLimits.BlobBytesMax"/>.</summary>
    TooLarge,

    /// <summary>The number of chunk hashes is not the one that the length asks for.</summary>
    WrongChunkCount,
}

/// <summary>Why a chunk is not the one that was asked for.</summary>
public enum ChunkFault
{
    None,

    /// <summary>The blob has no chunk of that number.</summary>
    NoSuchChunk,

    /// <summary>The chunk has another length than its place in the blob asks for.</summary>
    WrongLength,

    /// <summary>The bytes are not those of the manifest.</summary>
    WrongHash,

    /// <summary>Nobody waits for the blob: it was never begun, or was deleted since.</summary>
    NotArriving,
}

/// <summary>
/// What a blob is made of: its length and the leaf hash of each chunk.
/// <code>encoding = length (8, big-endian) || chunk hashes (32 each); hash = SHA-256(blob tag || length || Merkle root of the chunk hashes)</code>
/// The length gives the number of chunks and the length of each, so that a manifest has one encoding and its hash binds every byte.
/// </summary>
public sealed class BlobManifest
{
    public const int SizeMax = sizeof(ulong) + (BlobLimits.ChunksMax * Hash256.Size);

    private readonly Hash256[] _chunkHashes;

    private BlobManifest(int length, Hash256[] chunkHashes)
    {
        Invariant.Check(chunkHashes.Length == BlobLimits.ChunkCount(length), "the length says how many chunks there are");
        Length = length;
        _chunkHashes = chunkHashes;
        Hash = HashOf((ulong)length, chunkHashes);
    }

    /// <summary>Bytes of the blob.</summary>
    public int Length { get; }

    public IReadOnlyList<Hash256> ChunkHashes => _chunkHashes;

    public int ChunkCount => _chunkHashes.Length;

    public BlobHash Hash { get; }

    /// <summary>The identity of a blob of that length with those chunks; whether they fit together is the caller's to ask.</summary>
    public static BlobHash HashOf(ulong length, IReadOnlyList<Hash256> chunkHashes)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(prefix, length);
        return new BlobHash(Domain.Blob.Hash(prefix, MerkleTree.Root(chunkHashes).ToArray()));
    }

    /// <exception cref="InvariantException">The blob is longer than the bound: the caller checks what comes from outside.</exception>
    public static BlobManifest Of(ReadOnlySpan<byte> blob)
    {
        Invariant.Check(blob.Length <= BlobLimits.BlobBytesMax, "a blob is within its bound before it is hashed");
        var hashes = new Hash256[BlobLimits.ChunkCount(blob.Length)];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = MerkleTree.LeafHash(ChunkOf(blob, i));
        return new BlobManifest(blob.Length, hashes);
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BlobManifest? manifest, out BlobFault fault)
    {
        manifest = null;
        fault = BlobFault.Truncated;
        if (bytes.Length < sizeof(ulong)) return false;
        var length = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        fault = BlobFault.TooLarge;
        if (length > BlobLimits.BlobBytesMax) return false;
        var hashes = bytes[sizeof(ulong)..];
        fault = BlobFault.WrongChunkCount;
        if (hashes.Length != BlobLimits.ChunkCount((long)length) * Hash256.Size) return false;
        var chunkHashes = new Hash256[hashes.Length / Hash256.Size];
        for (var i = 0; i < chunkHashes.Length; i++) chunkHashes[i] = Hash256.FromBytes(hashes.Slice(i * Hash256.Size, Hash256.Size));
        manifest = new BlobManifest((int)length, chunkHashes);
        fault = BlobFault.None;
        return true;
    }

    /// <summary>
    /// The manifest of a blob whose length and chunk hashes somebody names, as a message on chain does; null where they do not make the blob that
    /// is wanted.
    /// </summary>
    public static BlobManifest? Of(BlobHash blob, ulong length, IEnumerable<Hash256> chunkHashes)
    {
        if (length > BlobLimits.BlobBytesMax) return null;
        Hash256[] hashes = [.. chunkHashes.Take(BlobLimits.ChunksMax + 1)];
        if (hashes.Length != BlobLimits.ChunkCount((long)length)) return null;
        var manifest = new BlobManifest((int)length, hashes);
        return manifest.Hash == blob ? manifest : null;
    }

    public byte[] Encode()
    {
        var bytes = new byte[sizeof(ulong) + (_chunkHashes.Length * Hash256.Size)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)Length);
        for (var i = 0; i < _chunkHashes.Length; i++) _chunkHashes[i].CopyTo(bytes.AsSpan(sizeof(ulong) + (i * Hash256.Size)));
        return bytes;
    }

    /// <summary>Bytes of a chunk of this blob.</summary>
    public int ChunkLength(int index)
    {
        Invariant.Check(index >= 0 && index < ChunkCount, "only a chunk of the blob has a length");
        return Math.Min(BlobLimits.ChunkBytes, Length - (index * BlobLimits.ChunkBytes));
    }

    /// <summary>True where the bytes are chunk number <paramref name="index"/> of this blob and no other.</summary>
    public bool TryVerifyChunk(int index, ReadOnlySpan<byte> bytes, out ChunkFault fault)
    {
        fault = index < 0 || index >= ChunkCount ? ChunkFault.NoSuchChunk
            : bytes.Length != ChunkLength(index) ? ChunkFault.WrongLength // before hashing, so that length costs a liar nothing of ours
            : MerkleTree.LeafHash(bytes) != _chunkHashes[index] ? ChunkFault.WrongHash
            : ChunkFault.None;
        return fault == ChunkFault.None;
    }

    internal static ReadOnlySpan<byte> ChunkOf(ReadOnlySpan<byte> blob, int index)
    {
        var start = index * BlobLimits.ChunkBytes;
        return blob.Slice(start, Math.Min(BlobLimits.ChunkBytes, blob.Length - start));
    }
}
