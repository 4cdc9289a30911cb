namespace NeuroChain.Chain.Tests;

/// <summary>The number of leaves, and with it the place of each, bound by the root alone.</summary>
public sealed class MerkleCountTests
{
    [Fact]
    public void EveryCountIsProved()
    {
        for (var count = 0; count <= 70; count++)
        {
            var leaves = Leaves(count);
            Assert.Equal(RootOf(leaves), new MerkleLevels(leaves).Root);
            var bytes = MerkleCountProof.Create(leaves).Encode();
            var reader = new ByteReader(bytes);
            Assert.True(MerkleCountProof.TryReadFrom(ref reader, 100, 10, out var proof));
            Assert.True(reader.IsWhole);
            Assert.Equal(bytes, proof.Encode());
            Assert.Equal(count, proof.Count);
            Assert.True(proof.Proves(RootOf(leaves)));
            Assert.False(proof.Proves(Hash256.Sha256([1])));
        }
    }

    /// <summary>
    /// The best that a liar can do: for the leaves that a claim of another count opens, show the real leaves at the very places where the claim
    /// has them. No claim but the true one finds a leaf at all of them.
    /// </summary>
    [Fact]
    public void NoOtherCountCanBeClaimed()
    {
        for (var real = 1; real <= 70; real++)
        {
            var places = Enumerable.Range(0, real).ToDictionary(index => PlaceOf(index, real));
            for (var claimed = 1; claimed <= 140; claimed++)
            {
                var isFound = OpenedOf(claimed).All(index => places.ContainsKey(PlaceOf(index, claimed)));
                Assert.Equal(claimed == real, isFound);
            }
        }
    }

    /// <summary>The lie that a path alone allows: the third leaf of three passes for the second of two.</summary>
    [Fact]
    public void ALieAboutThePlaceIsFound()
    {
        var leaves = Leaves(3);
        var honest = MerkleLeafProof.Create(leaves, 2);
        var bytes = honest.Path.Encode();
        (bytes[3], bytes[7]) = (1, 2);
        Assert.True(MerkleProof.TryDecode(bytes, out var lie));
        Assert.True(lie.Proves(RootOf(leaves), 1, 2, MerkleTree.LeafHash(leaves[2].Span)));
        Assert.True(honest.Proves(RootOf(leaves)));
        Assert.False((honest with { Path = lie }).Proves(RootOf(leaves)));
    }

    [Fact]
    public void EveryLeafHasItsPlace()
    {
        for (var count = 1; count <= 20; count++)
        {
            var leaves = Leaves(count);
            for (var index = 0; index < count; index++)
            {
                var bytes = MerkleLeafProof.Create(leaves, index).Encode();
                var reader = new ByteReader(bytes);
                Assert.True(MerkleLeafProof.TryReadFrom(ref reader, count, 10, out var proof));
                Assert.True(reader.IsWhole && proof.Proves(RootOf(leaves)));
                Assert.Equal((index, count), (proof.Index, proof.Count.Count));
                Assert.False((proof with { Leaf = new byte[] { 200 } }).Proves(RootOf(leaves)));
                reader = new ByteReader(bytes);
                Assert.False(MerkleLeafProof.TryReadFrom(ref reader, count - 1, 10, out _));
            }
        }
    }

    [Fact]
    public void AnyAlteredBitFails()
    {
        var leaves = Leaves(7);
        var bytes = MerkleLeafProof.Create(leaves, 4).Encode();
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var reader = new ByteReader(bytes);
            Assert.False(MerkleLeafProof.TryReadFrom(ref reader, 100, 10, out var proof) && reader.IsWhole && proof.Proves(RootOf(leaves)), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    // The first leaf of each perfect subtree, and the last of all: written again here on purpose.
    private static IEnumerable<int> OpenedOf(int count)
    {
        var at = 0;
        for (var bit = 30; bit >= 0; bit--)
        {
            if ((count & (1 << bit)) == 0) continue;
            yield return at;
            at += 1 << bit;
        }

        yield return count - 1;
    }

    // The turns from the root, after RFC 6962 2.1.
    private static string PlaceOf(int index, int count)
    {
        if (count == 1) return "";
        var k = 1;
        while (2 * k < count) k *= 2;
        return index < k ? "L" + PlaceOf(index, k) : "R" + PlaceOf(index - k, count - k);
    }

    private static List<ReadOnlyMemory<byte>> Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => (ReadOnlyMemory<byte>)new byte[] { (byte)i, 7 })];

    private static Hash256 RootOf(List<ReadOnlyMemory<byte>> leaves) => MerkleTree.Root([.. leaves.Select(leaf => MerkleTree.LeafHash(leaf.Span))]);
}
