namespace NeuroChain.Chain.Tests;

public sealed class MerkleOpeningTests
{
    // Every choice of leaves of every tree up to nine.
    [Fact]
    public void EveryChoiceOfLeavesOfASmallTreeIsProved()
    {
        for (var count = 1; count <= 9; count++)
        {
            var leaves = Leaves(count);
            var root = MerkleTree.Root(leaves);
            for (var mask = 1; mask < 1 << count; mask++)
            {
                int[] chosen = [.. Enumerable.Range(0, count).Where(i => (mask >> i & 1) != 0)];
                Hash256[] own = [.. chosen.Select(i => leaves[i])];
                var beside = MerkleOpening.Prove(leaves, chosen);
                Assert.True(MerkleOpening.Proves(root, count, chosen, own, beside));
                if (beside.Length > 0) Assert.False(MerkleOpening.Proves(root, count, chosen, own, beside[1..]));
                Assert.False(MerkleOpening.Proves(root, count, chosen, own, [.. beside, leaves[0]]));
                Assert.False(MerkleOpening.Proves(root, count, chosen, [.. own[1..], Hash256.Zero], beside));
            }
        }
    }

    [Fact]
    public void AnotherPlaceIsNotProved()
    {
        var leaves = Leaves(13);
        var root = MerkleTree.Root(leaves);
        var beside = MerkleOpening.Prove(leaves, [2, 9]);
        Hash256[] own = [leaves[2], leaves[9]];
        Assert.True(MerkleOpening.Proves(root, 13, [2, 9], own, beside));
        Assert.False(MerkleOpening.Proves(root, 13, [2, 10], own, beside));
        Assert.False(MerkleOpening.Proves(root, 8, [2, 7], own, beside));
        Assert.False(MerkleOpening.Proves(root, 13, [], [], beside));
    }

    // So that the shares of a full draw, with their paths, fit into one transaction.
    [Fact]
    public void TheLargestReleaseFitsIntoATransaction()
    {
        var leaves = Leaves(SealedLimits.SamplesMax);
        int[] spread = [.. Enumerable.Range(0, SealedLimits.DrawnMax).Select(i => i * (SealedLimits.SamplesMax / SealedLimits.DrawnMax))];
        var beside = MerkleOpening.Prove(leaves, spread);
        Assert.InRange((beside.Length + spread.Length) * Hash256.Size, 1, Limits.TransactionBytesMax - 1024);
    }

    private static Hash256[] Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => Hash256.Sha256([(byte)(i & 255), (byte)(i >> 8)]))];
}
