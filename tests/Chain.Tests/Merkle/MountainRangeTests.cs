using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Chain.Tests;

public sealed class MountainRangeTests
{
    [Fact]
    public void EveryLeafOfEveryRangeHasItsProof()
    {
        var range = new MountainRange(Leaves(70));
        for (ulong count = 1; count <= 70; count++)
        {
            var root = range.RootAt(count);
            for (ulong index = 0; index < count; index++)
            {
                var bytes = range.Prove(index, count).Encode();
                Assert.True(MountainProof.TryDecode(bytes, out var proof));
                Assert.Equal(bytes, proof.Encode());
                Assert.True(proof.Proves(root, Leaf(index)));
                Assert.False(proof.Proves(root, Leaf(index + 1)));
            }
        }
    }

    /// <summary>Peaks alone give the same roots as all nodes, and as the definition: a tree of RFC 6962 under its count.</summary>
    [Fact]
    public void AllThreeFormsHaveTheSameRoots()
    {
        var range = new MountainRange();
        var peaks = MountainPeaks.Empty;
        Assert.Equal(Hash256.Zero, range.Root);
        Assert.Equal(Hash256.Zero, peaks.Root);
        for (ulong count = 1; count <= 130; count++)
        {
            Assert.Equal(count - 1, range.Append(Leaf(count - 1)));
            peaks = peaks.Append(Leaf(count - 1));
            Assert.Equal(Defined(count), range.Root);
            Assert.Equal(Defined(count), peaks.Root);
            Assert.Equal(peaks.Encode(), range.Peaks.Encode());
            Assert.True(MountainPeaks.TryDecode(peaks.Encode(), out var read));
            Assert.Equal(peaks.Root, read.Root);
        }
    }

    /// <summary>A root belongs to one count: no proof speaks for another, even where the path fits.</summary>
    [Fact]
    public void TheRootBindsTheCount()
    {
        var same = Enumerable.Repeat(Leaf(0), 18).ToList();
        var range = new MountainRange(same);
        for (ulong count = 1; count <= 18; count++)
        {
            for (ulong index = 0; index < count; index++)
            {
                var path = range.Prove(index, count).Path.AsSpan();
                for (ulong other = 1; other <= 20; other++)
                    for (ulong place = 0; place < other; place++)
                        if (other != count)
                            Assert.False(MountainProof.Verify(range.RootAt(count), other, place, Leaf(0), path));
            }
        }
    }

    [Fact]
    public void AnyAlteredBitFails()
    {
        var range = new MountainRange(Leaves(11));
        for (ulong index = 0; index < 11; index++)
        {
            var bytes = range.Prove(index).Encode();
            for (var bit = 0; bit < 8 * bytes.Length; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(MountainProof.TryDecode(bytes, out var proof) && proof.Proves(range.Root, Leaf(index)), $"leaf {index}, bit {bit}");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    /// <summary>A node has 64 bytes under its hash, a leaf 32, a root 40: the parent of two leaves is no leaf.</summary>
    [Fact]
    public void ANodeIsNoLeafAndNoRoot()
    {
        var range = new MountainRange(Leaves(4));
        var node = MountainHash.Node(MountainHash.Leaf(Leaf(0)), MountainHash.Leaf(Leaf(1)));
        var beside = range.Prove(0).Path[1];
        Assert.False(MountainProof.Verify(range.Root, 2, 0, node, [beside]));
        Assert.NotEqual(node, new MountainRange(Leaves(2)).Root);
        Assert.NotEqual(MountainHash.Leaf(Leaf(0)), new MountainRange(Leaves(1)).Root);
    }

    [Fact]
    public void EveryTruncationAndExtensionFails()
    {
        var range = new MountainRange(Leaves(40));
        var peaks = range.Peaks.Encode();
        for (var length = 0; length < peaks.Length; length++) Assert.False(MountainPeaks.TryDecode(peaks.AsSpan(0, length), out _));
        Assert.False(MountainPeaks.TryDecode([.. peaks, .. new byte[Hash256.Size]], out _));
        var proof = range.Prove(17).Encode();
        for (var length = 0; length < proof.Length; length++) Assert.False(MountainProof.TryDecode(proof.AsSpan(0, length), out _));
        Assert.False(MountainProof.TryDecode([.. proof, .. new byte[Hash256.Size]], out _));
    }

    /// <summary>The greatest counts there are stay within 64 hashes and do not overflow.</summary>
    [Theory]
    [InlineData(ulong.MaxValue, 0UL)]
    [InlineData(ulong.MaxValue, ulong.MaxValue - 1)]
    [InlineData(1UL << 63, (1UL << 63) - 1)]
    [InlineData((1UL << 63) + 1, 1UL << 63)]
    public void TheGreatestRangesHaveBoundedProofs(ulong count, ulong index)
    {
        for (var hashes = 0; hashes <= MountainProof.PathMax; hashes++)
        {
            var bytes = new ByteWriter().UInt64(index).UInt64(count).Bytes(new byte[hashes * Hash256.Size]).ToArray();
            if (!MountainProof.TryDecode(bytes, out var proof)) continue;
            Assert.False(proof.Proves(Hash256.Sha256([1]), Leaf(0)));
            return;
        }

        Assert.Fail("a path of at most 64 hashes fits every range");
    }

    [Fact]
    public void RandomRangesProveRandomLeaves() =>
        Prop.ForAll<ulong>(seed =>
        {
            var stream = new SeededStream(seed);
            var count = 1 + stream.NextBelow(300);
            var leaves = Enumerable.Range(0, (int)count).Select(_ => stream.NextHash()).ToList();
            var range = new MountainRange(leaves);
            var at = 1 + stream.NextBelow(count);
            var index = stream.NextBelow(at);
            var proof = range.Prove(index, at);
            var wrong = stream.NextBelow(count);
            return proof.Path.Length <= MountainProof.PathMax
                && proof.Proves(range.RootAt(at), leaves[(int)index])
                && proof.Proves(range.RootAt(at), leaves[(int)wrong]) == (wrong == index)
                && leaves.Take((int)at).Aggregate(MountainPeaks.Empty, (peaks, leaf) => peaks.Append(leaf)).Root == range.RootAt(at);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void RandomBytesNeverThrow() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            if (MountainProof.TryDecode(bytes, out var proof)) Assert.Equal(bytes, proof.Encode());
            if (MountainPeaks.TryDecode(bytes, out var peaks)) Assert.Equal(bytes, peaks.Encode());
        }).QuickCheckThrowOnFailure();

    /// <summary>Values of an independent program: a contract must compute the same.</summary>
    [Fact]
    public void TheFormatIsPinned()
    {
        var range = new MountainRange(Leaves(5));
        Assert.Equal("0xb99614ee1218a57314974f4bcbc9257e95ee0233045e7e4d9ab7d3b44f72b867", range.RootAt(1).ToString());
        Assert.Equal("0x0275d284b7287152e79a2c86caa6b59e0c550247217fa417bef527e70b6c4034", range.RootAt(2).ToString());
        Assert.Equal("0xa783bc4f092ea748ce5fef747b0e6d393d17be378bdee228ec2f5c75966dd81b", range.RootAt(5).ToString());
        Assert.Equal("0x5a8161b441e2d068deb09102a04ee127c714761b6981fb10eac9b0b606c1aae6", Keccak256.Hash(range.Prove(4).Encode()).ToString());
    }

    private static Hash256 Leaf(ulong number) => Hash256.Sha256(new ByteWriter().UInt64(number).ToArray());

    private static IEnumerable<Hash256> Leaves(int count) => Enumerable.Range(0, count).Select(i => Leaf((ulong)i));

    private static Hash256 Defined(ulong count) =>
        Keccak256.Hash(new ByteWriter().UInt64(count).Hash(Tree([.. Leaves((int)count).Select(MountainHash.Leaf)])).ToArray());

    private static Hash256 Tree(List<Hash256> leaves)
    {
        if (leaves.Count == 1) return leaves[0];
        var k = 1;
        while (2 * k < leaves.Count) k *= 2;
        return MountainHash.Node(Tree(leaves[..k]), Tree(leaves[k..]));
    }
}
