namespace NeuroChain.Chain;

/// <summary>The hashes of a <see cref="MountainRange"/>, each of an input of its own length, so that none can pass for another.</summary>
public static class MountainHash
{
    /// <summary>keccak256(leaf): 32 bytes in.</summary>
    public static Hash256 Leaf(Hash256 leaf)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        leaf.CopyTo(bytes);
        return Keccak256.Hash(bytes);
    }

    /// <summary>keccak256(left || right): 64 bytes in.</summary>
    public static Hash256 Node(Hash256 left, Hash256 right)
    {
        Span<byte> bytes = stackalloc byte[2 * Hash256.Size];
        left.CopyTo(bytes);
        right.CopyTo(bytes[Hash256.Size..]);
        return Keccak256.Hash(bytes);
    }

    /// <summary>keccak256(count as 8 bytes, big-endian || bagged peaks): 40 bytes in. Zero for an empty range.</summary>
    public static Hash256 Root(ulong count, Hash256 bag) =>
        count == 0 ? Hash256.Zero : Keccak256.Hash(new ByteWriter().UInt64(count).Hash(bag).ToArray());

    /// <summary>Peaks from the highest to the lowest, hashed together from the right. There is at least one.</summary>
    public static Hash256 Bag(ReadOnlySpan<Hash256> peaks)
    {
        var bag = peaks[^1];
        for (var i = peaks.Length - 2; i >= 0; i--) bag = Node(peaks[i], bag);
        return bag;
    }
}
