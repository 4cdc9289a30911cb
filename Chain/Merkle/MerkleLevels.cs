namespace NeuroChain.Chain;

/// <summary>Every level of a <see cref="MerkleTree"/>, hashed once: for whoever proves several leaves of one tree.</summary>
public sealed class MerkleLevels
{
    private readonly List<Hash256[]> _levels;

    public MerkleLevels(IEnumerable<ReadOnlyMemory<byte>> leaves)
    {
        _levels = [[.. leaves.Select(leaf => MerkleTree.LeafHash(leaf.Span))]];
        while (_levels[^1].Length > 1) _levels.Add(Above(_levels[^1]));
    }

    public int Count => _levels[0].Length;

    /// <summary>Zero for a tree without any leaf.</summary>
    public Hash256 Root => Count == 0 ? Hash256.Zero : _levels[^1][0];

    public MerkleProof Prove(int index)
    {
        Invariant.Check(index >= 0 && index < Count, "a proof is made for a leaf that is there");
        var path = new List<Hash256>();
        var at = index;
        foreach (var level in _levels)
        {
            if ((at ^ 1) < level.Length) path.Add(level[at ^ 1]);
            at /= 2;
        }

        return new MerkleProof(index, Count, [.. path]);
    }

    private static Hash256[] Above(Hash256[] level)
    {
        var above = new Hash256[(level.Length + 1) / 2];
        for (var i = 0; i < level.Length / 2; i++) above[i] = Domain.MerkleNode.Hash(level[2 * i], level[(2 * i) + 1]);
        if (level.Length % 2 == 1) above[^1] = level[^1];
        return above;
    }
}
