using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// The hashes beside the way from a leaf of a mountain range to its bagged peaks, lowest first: at most 64. Layout: index 8 | count 8 | path
/// 32 each; its length follows from index and count.
/// </summary>
/// <remarks>
/// The loop that the contract runs, with at = index and last = count - 1:
/// <code>
/// hash = keccak256(leaf)
/// while last > 0:
///   if at is odd:        hash = keccak256(path[i++] || hash)
///   else if at &lt; last:   hash = keccak256(hash || path[i++])
///   at = at / 2; last = last / 2
/// root == keccak256(uint64 count || hash), and the whole path is used
/// </code>
/// An odd last one moves up as it is: that is the bagging of the peaks from the right.
/// </remarks>
public sealed record MountainProof(ulong Index, ulong Count, ImmutableArray<Hash256> Path)
{
    public const int PathMax = 64;

    public const int SizeMax = 16 + (PathMax * Hash256.Size);

    public bool Proves(Hash256 root, Hash256 leaf) => Verify(root, Count, Index, leaf, Path.AsSpan());

    /// <summary>True where the range with this root has exactly this many leaves, and this one at the index.</summary>
    public static bool Verify(Hash256 root, ulong count, ulong index, Hash256 leaf, ReadOnlySpan<Hash256> path)
    {
        if (index >= count || path.Length != PathLength(index, count)) return false;
        var hash = MountainHash.Leaf(leaf);
        var used = 0;
        for (var (at, last) = (index, count - 1); last > 0; at /= 2, last /= 2)
        {
            if (at % 2 == 1) hash = MountainHash.Node(path[used++], hash);
            else if (at < last) hash = MountainHash.Node(hash, path[used++]);
        }

        return MountainHash.Root(count, hash) == root;
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().UInt64(Index).UInt64(Count);
        foreach (var hash in Path) writer.Hash(hash);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MountainProof? proof)
    {
        proof = null;
        var reader = new ByteReader(bytes);
        var (index, count) = (reader.UInt64(), reader.UInt64());
        if (reader.Failed || index >= count) return false;
        var path = new Hash256[PathLength(index, count)];
        for (var i = 0; i < path.Length; i++) path[i] = reader.Hash();
        if (!reader.IsWhole) return false;
        proof = new MountainProof(index, count, [.. path]);
        return true;
    }

    // A level has a neighbour for the leaf's ancestor unless that is the odd last one.
    private static int PathLength(ulong index, ulong count)
    {
        var length = 0;
        for (var (at, last) = (index, count - 1); last > 0; at /= 2, last /= 2)
            if (at % 2 == 1 || at < last)
                length++;
        return length;
    }
}
