using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class BlockAssemblyTests
{
    private readonly LedgerFixture _chain = new();
    private readonly Mempool _mempool = new();

    [Fact]
    public void WhatTheMempoolHasIsNotMissingAndNotCheckedAgain()
    {
        var transfers = Transfers(20);
        Know(transfers);
        var assembly = AssemblyOf(_chain.BlockWith(transfers));
        Assert.Empty(assembly.Missing);
        Assert.True(PreparedBlock.TryPrepare(assembly, assembly.ToBlock()!, _chain.GenesisHash, out var prepared, out _));
        Assert.Equal(transfers, prepared.Transactions); // the very objects
    }

    [Fact]
    public void WhatIsMissingMayComeInAnyOrderAndByAnyWay()
    {
        var transfers = Transfers(10);
        Know([transfers[0], transfers[4], transfers[9]]);
        var block = _chain.BlockWith(transfers);
        var assembly = AssemblyOf(block);
        Assert.Equal([1, 2, 3, 5, 6, 7, 8], assembly.Missing);
        Assert.True(assembly.TryAdd(7, block.Transactions[7]));
        Assert.True(assembly.Offer(transfers[2]));
        foreach (var place in assembly.Missing.ToArray()) Assert.True(assembly.TryAdd(place, block.Transactions[place]));
        Assert.Equal(block.Bytes.ToArray(), assembly.ToBlock()!.Bytes.ToArray());
        Assert.True(PreparedBlock.TryPrepare(assembly, assembly.ToBlock()!, _chain.GenesisHash, out var prepared, out _));
        Assert.Equal(transfers.Select(t => t.Hash), prepared.Transactions.Select(t => t.Hash));
    }

    [Fact]
    public void AnotherTransactionThanTheHashSaysIsNotTaken()
    {
        var transfers = Transfers(3);
        var block = _chain.BlockWith(transfers);
        var assembly = AssemblyOf(block);
        Assert.False(assembly.TryAdd(0, block.Transactions[1])); // of another place
        var resigned = block.Transactions[0].ToArray();
        resigned[^1] ^= 1;
        Assert.False(assembly.TryAdd(0, resigned)); // the same body with another signature
        Assert.False(assembly.TryAdd(3, block.Transactions[0])); // beyond the block
        Assert.False(assembly.Offer(_chain.Transfer(_chain.Bob, _chain.Alice.Address, new Amount(9))));
        Assert.True(assembly.TryAdd(0, block.Transactions[0]));
        Assert.False(assembly.TryAdd(0, block.Transactions[0])); // once
        Assert.Equal([1, 2], assembly.Missing);
    }

    [Fact]
    public void AKnownBodyWithAnotherSignatureIsMissing()
    {
        var transfers = Transfers(1);
        Know(transfers);
        var resigned = transfers[0].Bytes.ToArray();
        resigned[^1] ^= 1;
        var block = LedgerFixture.Forge(_chain.Build().Block, transactions: [resigned]);
        var assembly = AssemblyOf(block);
        Assert.Equal([0], assembly.Missing);
        Assert.True(assembly.TryAdd(0, resigned));
        Assert.False(PreparedBlock.TryPrepare(assembly, assembly.ToBlock()!, _chain.GenesisHash, out _, out var refusal));
        Assert.Equal("TransactionInvalid: transaction 0: WrongSignature", refusal.ToString());
    }

    [Fact]
    public void TwinsAreAskedForOnceAndRefusedByName()
    {
        var transfers = Transfers(2);
        Know([transfers[1]]);
        var block = LedgerFixture.Forge(_chain.Build().Block, transactions: [transfers[0].Bytes, transfers[1].Bytes, transfers[0].Bytes, transfers[1].Bytes]);
        var assembly = AssemblyOf(block);
        Assert.Equal([0], assembly.Missing);
        Assert.True(assembly.TryAdd(0, transfers[0].Bytes));
        Assert.Equal(block.Bytes.ToArray(), assembly.ToBlock()!.Bytes.ToArray());
        Assert.False(PreparedBlock.TryPrepare(assembly, assembly.ToBlock()!, _chain.GenesisHash, out _, out var refusal));
        Assert.Equal($"TransactionInvalid: transaction 2: {transfers[0].Hash} stands twice", refusal.ToString());
    }

    [Fact]
    public void MoreThanABlockMayHaveIsNotKept()
    {
        ReadOnlyMemory<byte> Bytes(int i) => new byte[Limits.TransactionBytesMax - i];
        var block = LedgerFixture.Forge(_chain.Build().Block, transactions: [.. Enumerable.Range(0, 80).Select(Bytes)]);
        var assembly = AssemblyOf(block);
        for (var i = 0; i < 80; i++) Assert.True(assembly.TryAdd(i, Bytes(i)));
        Assert.Empty(assembly.Missing);
        Assert.Null(assembly.ToBlock());
    }

    private BlockAssembly AssemblyOf(Block block)
    {
        Assert.True(CompactBlock.TryDecode(CompactBlock.Of(block).Encode(), out var compact, out _));
        return new BlockAssembly(compact, _mempool);
    }

    private void Know(IEnumerable<Transaction> transactions)
    {
        foreach (var transaction in transactions) Assert.Equal(MempoolRejection.None, _mempool.TryAdd(transaction, _chain.State));
    }

    private Transaction[] Transfers(int count) =>
        [.. Enumerable.Range(0, count).Select(i => _chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1), nonce: (ulong)i))];
}
