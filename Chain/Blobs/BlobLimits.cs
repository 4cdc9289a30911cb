namespace NeuroChain.Chain;

/// <summary>Bounds of blobs; the chunk size is part of every blob's identity and never changes.</summary>
public static class BlobLimits
{
    /// <summary>Bytes of every chunk but the last, which has what is left: small enough to send and to check in one go.</summary>
    public const int ChunkBytes = 1 << 20;

    public const int ChunksMax = 64;

    /// <summary>Bytes of the greatest blob: a checkpoint of 16 million single-precision weights.</summary>
    public const int BlobBytesMax = ChunksMax * ChunkBytes;

    public static int ChunkCount(long length) => checked((int)((length + ChunkBytes - 1) / ChunkBytes));
}
