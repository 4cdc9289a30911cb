using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace NeuroChain.Chain;

/// <summary>
/// A mountain range that keeps only its peaks: enough to append and to know the root, in at most 64 hashes. An immutable value. Layout:
/// count 8 | peaks 32 each, highest first, one for each bit of the count.
/// </summary>
public sealed class MountainPeaks
{
    public const int SizeMax = 8 + (64 * Hash256.Size);

    public static readonly MountainPeaks Empty = new(0, []);

    internal MountainPeaks(ulong count, ImmutableArray<Hash256> peaks) => (Count, Peaks) = (count, peaks);

    /// <summary>Leaves so far.</summary>
    public ulong Count { get; }

    /// <summary>Roots of perfect trees, highest first.</summary>
    public ImmutableArray<Hash256> Peaks { get; }

    public Hash256 Root => Count == 0 ? Hash256.Zero : MountainHash.Root(Count, MountainHash.Bag(Peaks.AsSpan()));

    /// <summary>The range with one leaf more. A leaf closes as many mountains as the count has ones at its end.</summary>
    public MountainPeaks Append(Hash256 leaf)
    {
        var closed = BitOperations.TrailingZeroCount(~Count);
        var top = MountainHash.Leaf(leaf);
        for (var i = 0; i < closed; i++) top = MountainHash.Node(Peaks[^(i + 1)], top);
        return new MountainPeaks(Count + 1, Peaks.RemoveRange(Peaks.Length - closed, closed).Add(top));
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().UInt64(Count);
        foreach (var peak in Peaks) writer.Hash(peak);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MountainPeaks? range)
    {
        range = null;
        var reader = new ByteReader(bytes);
        var count = reader.UInt64();
        var peaks = new Hash256[BitOperations.PopCount(count)];
        for (var i = 0; i < peaks.Length; i++) peaks[i] = reader.Hash();
        if (!reader.IsWhole) return false;
        range = new MountainPeaks(count, [.. peaks]);
        return true;
    }
}
