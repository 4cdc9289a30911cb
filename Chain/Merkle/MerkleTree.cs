namespace NeuroChain.Chain;

public static class MerkleTree
{
    public static Hash256 LeafHash(ReadOnlySpan<byte> data) => Domain.MerkleLeaf.Hash(data);

    public static Hash256 Root(IReadOnlyList<Hash256> leaves) => Range(leaves, 0, leaves.Count);

    private static Hash256 Range(IReadOnlyList<Hash256> l, int from, int count)
    {
        if (count == 0) return Hash256.Zero;
        if (count == 1) return l[from];
        var split = 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)(count - 1)));
        return Domain.MerkleNode.Hash(Range(l, from, split), Range(l, from + split, count - split));
    }
}
