using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The identity of a checkpoint from what its manifest says: H(length 8 | Merkle root of the chunks' leaf hashes).</summary>
public static class CheckpointBlob
{
    /// <summary>Every chunk but the last has this length.</summary>
    public const ulong ChunkBytes = 1 << 20;

    public const int ChunksMax = 64;

    public const ulong BytesMax = ChunksMax * ChunkBytes;

    public static ulong ChunkCount(ulong bytes) => (bytes / ChunkBytes) + (bytes % ChunkBytes == 0 ? 0UL : 1UL);

    public static BlobHash Hash(ulong bytes, IReadOnlyList<Hash256> chunks) =>
        new(Domain.Blob.Hash(new ByteWriter().UInt64(bytes).Hash(MerkleTree.Root(chunks)).ToArray()));
}
