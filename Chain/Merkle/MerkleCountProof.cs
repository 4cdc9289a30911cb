using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace NeuroChain.Chain;

/// <summary>
/// Binds the number of leaves to a <see cref="MerkleTree"/> root, which alone does not: the third leaf of three has the path of the second of
/// two. It opens the first leaf of every perfect subtree that the tree splits into from the left, and the last leaf of all.
/// <code>encoding = count (4) || for each opened leaf, ascending: leaf, length first || Merkle proof, length first</code>
/// At most 31 leaves for 2^30, and at most 16 for a block's 20,000.
/// </summary>
/// <remarks>
/// Why that is enough: leaves and nodes are hashed with different tags, so an opened leaf stands where its path says. A tree of n splits at the
/// greatest power of two below n, hence the depth of the leftmost leaf tells how many leaves stand to the left of the split, and so on down the
/// right side. The last subtree, for which a depth alone leaves 2^(d-1) + 1 to 2^d, has its rightmost leaf at the same depth only where it is whole.
/// </remarks>
public sealed class MerkleCountProof
{
    private readonly ImmutableArray<ReadOnlyMemory<byte>> _leaves;
    private readonly ImmutableArray<MerkleProof> _paths;

    private MerkleCountProof(int count, ImmutableArray<ReadOnlyMemory<byte>> leaves, ImmutableArray<MerkleProof> paths) =>
        (Count, _leaves, _paths) = (count, leaves, paths);

    /// <summary>The number of leaves that is claimed.</summary>
    public int Count { get; }

    public static MerkleCountProof Create(IReadOnlyList<ReadOnlyMemory<byte>> leaves) => Create(leaves, new MerkleLevels(leaves));

    internal static MerkleCountProof Create(IReadOnlyList<ReadOnlyMemory<byte>> leaves, MerkleLevels tree)
    {
        var opened = OpenedOf(leaves.Count);
        return new MerkleCountProof(leaves.Count, [.. opened.Select(at => leaves[at])], [.. opened.Select(tree.Prove)]);
    }

    /// <summary>True where the tree with this root has exactly <see cref="Count"/> leaves.</summary>
    public bool Proves(Hash256 root)
    {
        if (Count == 0) return root.IsZero;
        var opened = OpenedOf(Count);
        for (var i = 0; i < opened.Length; i++)
            if (!_paths[i].Proves(root, opened[i], Count, MerkleTree.LeafHash(_leaves[i].Span)))
                return false;
        return true;
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    public void WriteTo(ByteWriter writer)
    {
        writer.UInt32((uint)Count);
        for (var i = 0; i < _leaves.Length; i++) writer.LengthAndBytes(_leaves[i].Span).LengthAndBytes(_paths[i].Encode());
    }

    /// <param name="reader">Read from where the proof begins.</param>
    /// <param name="countMax">More leaves than the tree may have are not believed.</param>
    /// <param name="leafBytesMax">Greatest leaf.</param>
    /// <param name="proof">The proof.</param>
    public static bool TryReadFrom(ref ByteReader reader, int countMax, int leafBytesMax, [NotNullWhen(true)] out MerkleCountProof? proof)
    {
        proof = null;
        var count = reader.UInt32();
        if (reader.Failed || count > (uint)Math.Min(countMax, MerkleProof.CountMax)) return false;
        var opened = OpenedOf((int)count);
        var leaves = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(opened.Length);
        var paths = ImmutableArray.CreateBuilder<MerkleProof>(opened.Length);
        foreach (var at in opened)
        {
            leaves.Add(reader.LengthAndBytes(leafBytesMax).ToArray());
            if (!MerkleProof.TryDecode(reader.LengthAndBytes(MerkleProof.SizeMax), out var path) || path.Index != at || path.Count != count) return false;
            paths.Add(path);
        }

        if (reader.Failed) return false;
        proof = new MerkleCountProof((int)count, leaves.MoveToImmutable(), paths.MoveToImmutable());
        return true;
    }

    // One bit of the count after the other, the highest first: each is a perfect subtree.
    private static int[] OpenedOf(int count)
    {
        var opened = new List<int>();
        var at = 0;
        for (var rest = (uint)count; rest != 0;)
        {
            var size = 1 << BitOperations.Log2(rest);
            opened.Add(at);
            at += size;
            rest -= (uint)size;
        }

        if (count > 0 && opened[^1] != count - 1) opened.Add(count - 1);
        return [.. opened];
    }
}
