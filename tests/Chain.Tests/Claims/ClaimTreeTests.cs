using System.Text.Json;

namespace NeuroChain.Chain.Tests;

/// <summary>The snapshot's tree is OpenZeppelin's, whatever its size: any tool that knows that one makes proofs for this one.</summary>
public sealed class ClaimTreeTests
{
    [Fact]
    public void RootsAndProofsAreThoseOfOpenZeppelin()
    {
        var trees = ClaimVectors.Read("trees");
        Assert.True(trees.Count >= 30);
        foreach (var row in trees)
        {
            (Address Holder, Amount Amount)[] leaves = [.. row.GetProperty("leaves").EnumerateArray().Select(leaf => (leaf.Address("holder"), leaf.Units("amount")))];
            var tree = ClaimTree.Of(leaves);
            Assert.Equal(row.Hash("root"), tree.Root);
            foreach (var proof in row.GetProperty("proofs").EnumerateArray())
            {
                var (holder, amount) = leaves[proof.GetProperty("index").GetInt32()];
                var path = tree.Prove(holder, amount)!.Value;
                Assert.Equal(proof.GetProperty("path").EnumerateArray().Select(ClaimVectors.Of), path);
                Assert.True(ClaimLeaf.Leads(ClaimLeaf.Hash(holder, amount), path, tree.Root));
                Assert.False(ClaimLeaf.Leads(ClaimLeaf.Once(holder, amount), path, tree.Root));
            }
        }
    }

    [Fact]
    public void WhoIsNotInItHasNoPath()
    {
        var holders = Enumerable.Range(1, 5).Select(i => (ChainFormats.AnyAddress(new SeededStream((ulong)i)), new Amount((UInt128)i))).ToArray();
        var tree = ClaimTree.Of(holders);
        Assert.Null(tree.Prove(holders[0].Item1, new Amount(2)));
        Assert.Null(tree.Prove(Address.Zero, new Amount(1)));
        Assert.Throws<InvariantException>(() => ClaimTree.Of([]));
        Assert.Throws<InvariantException>(() => ClaimTree.Of([holders[0], holders[0]]));
    }

    /// <summary>F22: the 64 bytes of two children may spell a holder and an amount. Hashed as a node they lead to the root, hashed as a leaf they do not.</summary>
    [Fact]
    public void F22_AnInnerNodeIsNoLeaf()
    {
        var (holder, amount) = (ChainFormats.AnyAddress(new SeededStream(1)), new Amount(5));
        var (left, right) = (Hash256.FromBytes(new AbiWriter().Address(holder).ToArray()), Hash256.FromBytes(new AbiWriter().UInt128(amount.Units).ToArray()));
        var node = Keccak256.Hash(new ByteWriter().Hash(left).Hash(right).ToArray());
        Assert.Equal(node, ClaimLeaf.Once(holder, amount));
        Assert.NotEqual(node, ClaimLeaf.Hash(holder, amount));
    }

    /// <summary>A leaf is found in its tree alone, and a tenth of a million holders takes seconds, not minutes.</summary>
    [Fact]
    public void ALargeTreeProvesEachLeaf()
    {
        var stream = new SeededStream(8);
        (Address Holder, Amount Amount)[] leaves = [.. Enumerable.Range(0, 20_000).Select(_ => (ChainFormats.AnyAddress(stream), new Amount(1 + (UInt128)stream.NextUInt64())))];
        var tree = ClaimTree.Of(leaves);
        foreach (var (holder, amount) in leaves.Where((_, i) => i % 97 == 0))
        {
            var path = tree.Prove(holder, amount)!.Value;
            Assert.InRange(path.Length, 14, 15);
            Assert.True(ClaimLeaf.Leads(ClaimLeaf.Hash(holder, amount), path, tree.Root));
            Assert.False(ClaimLeaf.Leads(ClaimLeaf.Hash(holder, amount + new Amount(1)), path, tree.Root));
        }
    }
}
