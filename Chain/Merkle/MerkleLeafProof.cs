using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// A leaf with its place in a <see cref="MerkleTree"/>, bound by the root alone: inclusion by the path, the place by the count that is proved
/// beside it. Layout: leaf, length first | Merkle proof, length first | count proof.
/// </summary>
public sealed record MerkleLeafProof(ReadOnlyMemory<byte> Leaf, MerkleProof Path, MerkleCountProof Count)
{
    public int Index => Path.Index;

    public static MerkleLeafProof Create(IReadOnlyList<ReadOnlyMemory<byte>> leaves, int index)
    {
        var tree = new MerkleLevels(leaves);
        return new MerkleLeafProof(leaves[index], tree.Prove(index), MerkleCountProof.Create(leaves, tree));
    }

    /// <summary>True where the tree with this root has this leaf, at <see cref="Index"/> of as many as the count says.</summary>
    public bool Proves(Hash256 root) => Count.Proves(root) && Path.Proves(root, Index, Count.Count, MerkleTree.LeafHash(Leaf.Span));

    public byte[] Encode()
    {
        var writer = new ByteWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    public void WriteTo(ByteWriter writer)
    {
        writer.LengthAndBytes(Leaf.Span).LengthAndBytes(Path.Encode());
        Count.WriteTo(writer);
    }

    public static bool TryReadFrom(ref ByteReader reader, int countMax, int leafBytesMax, [NotNullWhen(true)] out MerkleLeafProof? proof)
    {
        proof = null;
        var leaf = reader.LengthAndBytes(leafBytesMax).ToArray();
        if (!MerkleProof.TryDecode(reader.LengthAndBytes(MerkleProof.SizeMax), out var path)) return false;
        if (!MerkleCountProof.TryReadFrom(ref reader, countMax, leafBytesMax, out var count)) return false;
        proof = new MerkleLeafProof(leaf, path, count);
        return true;
    }
}
