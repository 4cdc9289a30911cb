using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Chain.Tests;

public sealed class MerkleTests
{
    [Fact]
    public void TheRootIsThatOfTheRecursiveDefinition()
    {
        for (var count = 0; count <= 65; count++)
        {
            var leaves = Leaves(count);
            Assert.Equal(count == 0 ? Hash256.Zero : Defined(leaves), MerkleTree.Root(leaves));
        }
    }

    [Fact]
    public void EveryLeafOfEveryTreeHasItsProof()
    {
        for (var count = 1; count <= 65; count++)
        {
            var leaves = Leaves(count);
            var root = MerkleTree.Root(leaves);
            for (var index = 0; index < count; index++)
            {
                var bytes = MerkleTree.Prove(leaves, index).Encode();
                Assert.True(MerkleProof.TryDecode(bytes, out var proof));
                Assert.Equal(bytes, proof.Encode());
                Assert.Equal((index, count), (proof.Index, proof.Count));
                Assert.True(proof.Proves(root, index, count, leaves[index]));
            }
        }
    }

    [Fact]
    public void AnyAlteredByteOfAProofFails()
    {
        for (var count = 1; count <= 17; count++)
        {
            var leaves = Leaves(count);
            var root = MerkleTree.Root(leaves);
            for (var index = 0; index < count; index++)
            {
                var bytes = MerkleTree.Prove(leaves, index).Encode();
                for (var at = 0; at < bytes.Length; at++)
                {
                    foreach (var mask in new byte[] { 0x01, 0x80 })
                    {
                        bytes[at] ^= mask;
                        Assert.False(MerkleProof.TryDecode(bytes, out var proof) && proof.Proves(root, index, count, leaves[index]), $"{count}/{index} at {at}");
                        bytes[at] ^= mask;
                    }
                }
            }
        }
    }

    /// <summary>A valid proof of one place is none of another, even where the same leaf stands in both.</summary>
    [Fact]
    public void AProofSpeaksOfItsOwnPlaceOnly()
    {
        for (var count = 1; count <= 20; count++)
        {
            var same = Enumerable.Repeat(MerkleTree.LeafHash([1]), count).ToList();
            var root = MerkleTree.Root(same);
            for (var index = 0; index < count; index++)
            {
                var proof = MerkleTree.Prove(same, index);
                for (var other = 0; other < count; other++) Assert.Equal(other == index, proof.Proves(root, other, count, same[index]));
                Assert.False(proof.Proves(root, index, count + 1, same[index]));
                Assert.False(proof.Proves(root, index, count - 1, same[index]));
            }
        }
    }

    /// <summary>A root alone does not bind the count: the first leaf of three has a path that also fits a tree of four.</summary>
    [Fact]
    public void TheCountIsTheCallersWord()
    {
        var leaves = Leaves(3);
        var root = MerkleTree.Root(leaves);
        var forged = MerkleTree.Prove(leaves, 0).Encode();
        forged[7] = 4;
        Assert.True(MerkleProof.TryDecode(forged, out var proof));
        Assert.True(proof.Proves(root, 0, 4, leaves[0]));
        Assert.False(proof.Proves(root, 0, 3, leaves[0]));
    }

    [Fact]
    public void AnotherLeafOrRootFails()
    {
        var leaves = Leaves(7);
        var proof = MerkleTree.Prove(leaves, 3);
        Assert.False(proof.Proves(MerkleTree.Root(leaves), 3, 7, leaves[2]));
        Assert.False(proof.Proves(MerkleTree.Root(Leaves(6)), 3, 7, leaves[3]));
        Assert.False(proof.Proves(Hash256.Zero, 3, 7, leaves[3]));
    }

    [Fact]
    public void ALeafIsNoNode()
    {
        var leaves = Leaves(2);
        byte[] both = [.. leaves[0].ToArray(), .. leaves[1].ToArray()];
        Assert.NotEqual(MerkleTree.Root(leaves), MerkleTree.LeafHash(both));
    }

    [Fact]
    public void TheGreatestTreeHasTheGreatestProof()
    {
        var bytes = new byte[MerkleProof.SizeMax];
        bytes[4] = 0x40; // 2^30 leaves
        Assert.True(MerkleProof.TryDecode(bytes, out var proof));
        Assert.Equal(30, proof.Path.Count);
        bytes[7] = 1;
        Assert.False(MerkleProof.TryDecode(bytes, out _));
        Assert.False(MerkleProof.TryDecode(new byte[MerkleProof.SizeMax + 1], out _));
    }

    [Fact]
    public void RandomBytesNeverThrow()
    {
        Prop.ForAll<byte[]>(bytes => { MerkleProof.TryDecode(bytes, out _); }).QuickCheckThrowOnFailure();
        Prop.ForAll<ulong, byte>((seed, cut) =>
        {
            var stream = new SeededStream(seed);
            var bytes = MerkleTree.Prove(Leaves(40), (int)stream.NextBelow(40)).Encode();
            bytes[(int)stream.NextBelow(8)] ^= (byte)(1 << (int)stream.NextBelow(8));
            return !MerkleProof.TryDecode(bytes.AsSpan(0, Math.Min(cut, (byte)(bytes.Length - 1))), out var proof) || proof.Encode().Length <= MerkleProof.SizeMax;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void EveryTruncationAndExtensionFails()
    {
        var bytes = MerkleTree.Prove(Leaves(40), 17).Encode();
        for (var length = 0; length < bytes.Length; length++) Assert.False(MerkleProof.TryDecode(bytes.AsSpan(0, length), out _));
        Assert.False(MerkleProof.TryDecode([.. bytes, 0], out _));
        Assert.False(MerkleProof.TryDecode([.. bytes, .. new byte[Hash256.Size]], out _));
    }

    [Fact]
    public void TheFormatIsPinned()
    {
        var stream = new SeededStream(2);
        var all = new List<byte>();
        for (var i = 0; i < 50; i++)
        {
            var leaves = Leaves(1 + (int)stream.NextBelow(100));
            all.AddRange(MerkleTree.Root(leaves).ToArray());
            all.AddRange(MerkleTree.Prove(leaves, (int)stream.NextBelow((ulong)leaves.Count)).Encode());
        }

        Assert.Equal("0x0dafdfe683c0b2799c0dec997655b1473480b2ae7d0f4c025bd8d5603a3dfa34", Hash256.Sha256([.. all]).ToString());
    }

    private static List<Hash256> Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => MerkleTree.LeafHash([(byte)i]))];

    // RFC 6962 2.1, word for word: k is the greatest power of two below n.
    private static Hash256 Defined(List<Hash256> leaves)
    {
        if (leaves.Count == 1) return leaves[0];
        var k = 1;
        while (2 * k < leaves.Count) k *= 2;
        return Domain.MerkleNode.Hash(Defined(leaves[..k]), Defined(leaves[k..]));
    }
}
