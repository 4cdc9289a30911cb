using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>The proof of the last leaf of a range of 2^depth whose other leaves are all the same: as long as any, and made without the range.</summary>
internal static class LargeRange
{
    public static (Hash256 Root, MountainProof Proof) Of(Hash256 leaf, int depth)
    {
        var path = ImmutableArray.CreateBuilder<Hash256>(depth);
        var (beside, hash) = (MountainHash.Leaf(Words.Of(0xf111)), MountainHash.Leaf(leaf));
        for (var level = 0; level < depth; level++)
        {
            path.Add(beside);
            hash = MountainHash.Node(beside, hash);
            beside = MountainHash.Node(beside, beside);
        }

        var count = 1UL << depth;
        var (root, proof) = (MountainHash.Root(count, hash), new MountainProof(count - 1, count, path.MoveToImmutable()));
        Assert.True(proof.Proves(root, leaf));
        return (root, proof);
    }
}
