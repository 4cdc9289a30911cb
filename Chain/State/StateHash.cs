namespace NeuroChain.Chain;

/// <summary>
/// The hash rules of the state: a sparse binary Merkle tree in which a subtree with a single record is that record's leaf, whatever the
/// depth, and the hash of nothing is zero.
/// </summary>
public static class StateHash
{
    /// <summary>Bits of a path, and with it the greatest depth of a leaf.</summary>
    public const int DepthMax = 8 * Hash256.Size;

    /// <summary>Where a record stands: the highest bit is chosen at the root, 0 left and 1 right.</summary>
    public static Hash256 Path(ReadOnlySpan<byte> key) => Hash256.Sha256(key);

    /// <summary>H(StateLeaf, path || SHA-256(value)): it covers the whole path, so that a leaf fits nowhere else.</summary>
    public static Hash256 Leaf(Hash256 path, Hash256 valueHash) => Domain.StateLeaf.Hash(path, valueHash);

    /// <summary>H(StateNode, left || right).</summary>
    public static Hash256 Branch(Hash256 left, Hash256 right) => Domain.StateNode.Hash(left, right);

    /// <summary>The root above a subtree that stands on a path, below the siblings, which are given from the root downwards.</summary>
    public static Hash256 Root(Hash256 subtree, Hash256 path, ReadOnlySpan<Hash256> siblings)
    {
        var hash = subtree;
        for (var depth = siblings.Length - 1; depth >= 0; depth--)
            hash = path.Bit(depth) ? Branch(siblings[depth], hash) : Branch(hash, siblings[depth]);
        return hash;
    }
}
