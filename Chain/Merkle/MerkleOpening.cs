namespace NeuroChain.Chain;

/// <summary>
/// Some leaves of one tree (<see cref="MerkleTree"/>) with what it takes to see that they are in it: the roots of those parts that have none of them, in
/// the order of a walk from left to right. As many as the places ask for, so that there is one opening for one choice of leaves.
/// </summary>
public static class MerkleOpening
{
    /// <summary>Hashes of the parts beside the leaves.</summary>
    /// <param name="leafHashes">Of all leaves.</param>
    /// <param name="indices">Ascending, none twice.</param>
    public static Hash256[] Prove(IReadOnlyList<Hash256> leafHashes, IReadOnlyList<int> indices)
    {
        var beside = new List<Hash256>();
        Walk(0, leafHashes.Count, 0, indices.Count);
        return [.. beside];

        void Walk(int first, int count, int from, int to)
        {
            if (from == to) beside.Add(MerkleTree.Root(count, i => leafHashes[first + i]));
            else if (count > 1) Split(indices, first, count, from, to, Walk);
        }
    }

    /// <summary>Whether these leaves, at these places of a tree of so many, have that root.</summary>
    /// <param name="root">Of the tree.</param>
    /// <param name="count">Its leaves: the caller's word too, for a root alone does not bind it.</param>
    /// <param name="indices">Ascending, none twice, below the count: the caller's word, not the prover's.</param>
    /// <param name="leafHashes">One for each index.</param>
    /// <param name="beside">What <see cref="Prove"/> gives, no more and no less.</param>
    public static bool Proves(Hash256 root, int count, IReadOnlyList<int> indices, IReadOnlyList<Hash256> leafHashes, IReadOnlyList<Hash256> beside)
    {
        if (indices.Count == 0 || indices.Count != leafHashes.Count) return false;
        var used = 0;
        var found = Walk(0, count, 0, indices.Count);
        return used == beside.Count && found == root;

        // Too few: what is wrong already is hashed on with zeros and refused at the end.
        Hash256 Walk(int first, int size, int from, int to)
        {
            if (from == to) return used++ < beside.Count ? beside[used - 1] : Hash256.Zero;
            if (size == 1) return leafHashes[from];
            Hash256 left = default, right = default;
            Split(indices, first, size, from, to, (start, part, low, high) =>
            {
                if (start == first) left = Walk(start, part, low, high);
                else right = Walk(start, part, low, high);
            });
            return Domain.MerkleNode.Hash(left, right);
        }
    }

    // At the greatest power of two below the count, as RFC 6962 has it.
    private static void Split(IReadOnlyList<int> indices, int first, int count, int from, int to, Action<int, int, int, int> visit)
    {
        var half = 1;
        while (half * 2 < count) half *= 2;
        var middle = from;
        while (middle < to && indices[middle] < first + half) middle++;
        visit(first, half, from, middle);
        visit(first + half, count - half, middle, to);
    }
}
