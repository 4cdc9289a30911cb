namespace NeuroChain.Chain.Tests;

public sealed class CompactBlockTests
{
    [Fact]
    public void ItIsTheBlockWithHashesForTransactions()
    {
        var stream = new SeededStream(1);
        for (var i = 0; i < 50; i++)
        {
            var block = ChainFormats.AnyBlock(stream);
            Assert.True(CompactBlock.TryDecode(CompactBlock.Of(block).Encode(), out var compact, out _));
            Assert.Equal((block.Hash, block.Height, block.Ref), (compact.Hash, compact.Height, compact.Ref));
            Assert.Equal(block.Transactions.Select(t => MerkleTree.LeafHash(t.Span)), compact.LeafHashes);
            Assert.True(compact.TryExpand(block.Transactions, out var whole));
            Assert.Equal(block.Bytes.ToArray(), whole.Bytes.ToArray());
        }
    }

    [Fact]
    public void AnEmptyBlockIsTheSameBytesInBothForms()
    {
        var block = Block.Build(ChainFormats.AnyHeader(new SeededStream(2)), ChainFormats.AnyCommit(new SeededStream(2)), [], null, []);
        Assert.Equal(block.Bytes.ToArray(), CompactBlock.Of(block).Encode());
    }

    [Fact]
    public void OtherHashesOrAnotherOrderAreNamed()
    {
        var block = Block.Build(ChainFormats.AnyHeader(new SeededStream(3)), null, [], null, [new byte[] { 1 }, new byte[] { 2 }]);
        var bytes = CompactBlock.Of(block).Encode();
        byte[] other = [.. bytes];
        other[^1] ^= 1;
        Assert.Equal(BlockFault.TransactionsRootMismatch, FaultOf(other));
        byte[] swapped = [.. bytes[..^64], .. bytes[^32..], .. bytes[^64..^32]];
        Assert.Equal(BlockFault.TransactionsRootMismatch, FaultOf(swapped));
        Assert.Equal(BlockFault.Malformed, FaultOf(bytes[..^1]));
        Assert.Equal(BlockFault.Malformed, FaultOf([.. bytes, 0]));
    }

    [Fact]
    public void ACountBeyondTheBytesTakesNoMemory()
    {
        var bytes = Block.Build(ChainFormats.AnyHeader(new SeededStream(4)), null, [], null, []).Bytes.ToArray();
        bytes[^1] = 200; // transactions, of which there is none
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(BlockFault.Malformed, FaultOf(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000);
    }

    [Fact]
    public void WhatIsGreaterThanABlockMayBeIsNotExpanded()
    {
        ReadOnlyMemory<byte> most = new byte[Limits.TransactionBytesMax];
        var header = ChainFormats.AnyHeader(new SeededStream(5));
        var count = Limits.BlockBytesMax / Limits.TransactionBytesMax;
        var fitting = Block.Build(header, null, [], null, [.. Enumerable.Repeat(most, count - 1)]);
        Assert.True(CompactBlock.Of(fitting).TryExpand(fitting.Transactions, out _));
        var over = Block.Build(header, null, [], null, [.. Enumerable.Repeat(most, count)]);
        Assert.False(CompactBlock.Of(over).TryExpand(over.Transactions, out var none));
        Assert.Null(none);
    }

    private static BlockFault FaultOf(byte[] bytes) => CompactBlock.TryDecode(bytes, out _, out var fault) ? BlockFault.None : fault;
}
