using System.Buffers;

namespace NeuroChain.Chain;

/// <summary>
/// The binary hash tree of RFC 6962 2.1 over our own domain tags: a tree of n leaves splits at the greatest power of two below n, so
/// that no leaf is ever counted twice (the flaw of CVE-2012-2459). Leaves and nodes are tagged apart. Level by level this means:
/// pairs are hashed, and an odd last one moves up as it is.
/// </summary>
/// <remarks>A root alone does not bind the number of leaves: whatever holds a root states the count beside it.</remarks>
public static class MerkleTree
{
    private const int LeavesPerPart = 512;

    public static Hash256 LeafHash(ReadOnlySpan<byte> leaf) => Domain.MerkleLeaf.Hash(leaf);

    /// <summary>Root over the hashes of the leaves; zero for a tree without any.</summary>
    public static Hash256 Root(IReadOnlyList<Hash256> leafHashes) => Root(leafHashes.Count, i => leafHashes[i]);

    /// <summary>The same where the hashes are made on the way: of many leaves on all cores.</summary>
    /// <param name="count">How many leaves there are.</param>
    /// <param name="leafHash">Hash of the leaf at an index; called from any thread.</param>
    public static Hash256 Root(int count, Func<int, Hash256> leafHash)
    {
        if (count == 0) return Hash256.Zero;
        var rented = ArrayPool<Hash256>.Shared.Rent(count);
        Fill(rented, count, leafHash);
        var root = Reduce(rented.AsSpan(0, count));
        ArrayPool<Hash256>.Shared.Return(rented);
        return root;
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

    private static void Fill(Hash256[] hashes, int count, Func<int, Hash256> leafHash)
    {
        var parts = (count + LeavesPerPart - 1) / LeavesPerPart;
        if (parts == 1) FillPart(0);
        else Parallel.For(0, parts, FillPart);

        void FillPart(int part)
        {
            var end = Math.Min(count, (part + 1) * LeavesPerPart);
            for (var i = part * LeavesPerPart; i < end; i++) hashes[i] = leafHash(i);
        }
    }

    // Level by level in the place of the level below.
    private static Hash256 Reduce(Span<Hash256> level)
    {
        while (level.Length > 1)
        {
            for (var i = 0; i < level.Length / 2; i++) level[i] = Domain.MerkleNode.Hash(level[2 * i], level[(2 * i) + 1]);
            if (level.Length % 2 == 1) level[level.Length / 2] = level[^1];
            level = level[..((level.Length + 1) / 2)];
        }

        return level[0];
    }

    private static Hash256[] Above(Hash256[] level)
    {
        var above = new Hash256[(level.Length + 1) / 2];
        for (var i = 0; i < level.Length / 2; i++) above[i] = Domain.MerkleNode.Hash(level[2 * i], level[(2 * i) + 1]);
        if (level.Length % 2 == 1) above[^1] = level[^1];
        return above;
    }
}
