namespace NeuroChain.Chain;

/// <summary>
/// The binary hash tree of RFC 6962 2.1 over our own domain tags: a tree of n leaves splits at the greatest power of two below n, so
/// that no leaf is ever counted twice (the flaw of CVE-2012-2459). Leaves and nodes are tagged apart. Level by level this means:
/// pairs are hashed, and an odd last one moves up as it is.
/// </summary>
/// <remarks>A root alone does not bind the number of leaves: whatever holds a root states the count beside it.</remarks>
public static class MerkleTree
{
    public static Hash256 LeafHash(ReadOnlySpan<byte> leaf) => Domain.MerkleLeaf.Hash(leaf);

    /// <summary>Root over the hashes of the leaves; zero for a tree without any.</summary>
    public static Hash256 Root(IReadOnlyList<Hash256> leafHashes)
    {
        if (leafHashes.Count == 0) return Hash256.Zero;
        Hash256[] level = [.. leafHashes];
        while (level.Length > 1) level = Above(level);
        return level[0];
    }

    /// <summary>The proof that the leaf at the index is in the tree.</summary>
    public static MerkleProof Prove(IReadOnlyList<Hash256> leafHashes, int index)
    {
        Invariant.Check(index >= 0 && index < leafHashes.Count, "a proof is made for a leaf that is there");
        Invariant.Check(leafHashes.Count <= MerkleProof.CountMax, "a tree has no more leaves than a proof can tell");
        var path = new List<Hash256>();
        Hash256[] level = [.. leafHashes];
        for (var at = index; level.Length > 1; at /= 2)
        {
            if ((at ^ 1) < level.Length) path.Add(level[at ^ 1]);
            level = Above(level);
        }

        return new MerkleProof(index, leafHashes.Count, [.. path]);
    }

    private static Hash256[] Above(Hash256[] level)
    {
        var above = new Hash256[(level.Length + 1) / 2];
        for (var i = 0; i < level.Length / 2; i++) above[i] = Domain.MerkleNode.Hash(level[2 * i], level[(2 * i) + 1]);
        if (level.Length % 2 == 1) above[^1] = level[^1];
        return above;
    }
}
