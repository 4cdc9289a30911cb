using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class PrunerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WhatIsBelowTheFloorIsGoneAndWhatIsAboveIsWhole()
    {
        var chain = new TransferChain();
        chain.StepTo(400);
        var gone = chain.Chain.Get(new Height(200))!.Block.Hash;
        var goneTransaction = chain.Chain.OutcomeOf(new Height(200))!.Receipts[0].Transaction;
        Prune(chain, keepBlocks: 150, keepStates: 130);

        Assert.Equal(new Height(251), chain.Chain.EarliestBlock);
        Assert.Equal(new Height(270), chain.Chain.EarliestState);
        Assert.Null(chain.Chain.Whole(new Height(250)));
        Assert.Null(chain.Chain.HeightOf(gone));
        Assert.Null(chain.Chain.PlaceOf(goneTransaction));
        Assert.NotNull(chain.Chain.Whole(new Height(251)));
        Assert.True(Verify(chain).IsWhole);
        Assert.Equal(400, chain.Store.Scan(ChainColumns.Transactions, KeyRange.All).Count());
        new Pruner(chain.Chain, 150, 130).Compact();
        foreach (var index in ChainColumns.Indexes) Assert.Equal(150, chain.Store.Scan(index, KeyRange.All).Count());
        foreach (var column in ChainColumns.OfBlocks) Assert.Equal(150, chain.Store.Scan(column, KeyRange.All).Count());
        Assert.Equal(130, chain.Store.Scan(ChainColumns.Undo, KeyRange.All).Count());
        Assert.True(Verify(chain).IsWhole);
    }

    /// <summary>Files that go whole may take a deletion with them, and leave what it was about.</summary>
    [Fact]
    public void BelowTheFloorNothingIsReadWhateverTheDiskHas()
    {
        var chain = new TransferChain();
        chain.StepTo(400);
        var kept = Heights(chain, new Height(200));
        chain.Chain.KeepPolkas(new Height(200), []);
        Prune(chain, keepBlocks: 150, keepStates: 130, earliestFault: new Height(260));
        var again = new WriteBatch();
        foreach (var (column, value) in kept) again.Put(column, ChainColumns.Key(new Height(200)), value);
        again.Put(ChainColumns.Polkas, ChainColumns.Key(new Height(200)), [1, 2, 3]);
        chain.Store.Write(again, durable: true);

        Assert.Null(chain.Chain.Get(new Height(200)));
        Assert.Null(chain.Chain.Whole(new Height(200)));
        Assert.Null(chain.Chain.Kept(new Height(200)));
        Assert.Null(chain.Chain.OutcomeOf(new Height(200)));
        Assert.Null(chain.Chain.MarkOf(new Height(200)));
        Assert.Empty(chain.Chain.PolkasOf(new Height(200)));
        Assert.True(Verify(chain).IsWhole);
    }

    [Fact]
    public void ZeroKeepsAllBlocks()
    {
        var chain = new TransferChain();
        chain.StepTo(300);
        Prune(chain, keepBlocks: 0, keepStates: 200);
        Assert.Equal(Height.First, chain.Chain.EarliestBlock);
        Assert.Equal(new Height(100), chain.Chain.EarliestState);
        Assert.True(Verify(chain).IsWhole);
    }

    [Fact]
    public void TheLastHeightsStayWhateverIsConfigured()
    {
        var chain = new TransferChain();
        chain.StepTo(200);
        Prune(chain, keepBlocks: 1, keepStates: 0);
        Assert.Equal(new Height(200 - Pruner.KeptMin + 1), chain.Chain.EarliestBlock);
        Assert.Equal(new Height(200 - Pruner.KeptMin), chain.Chain.EarliestState);
        Assert.True(Verify(chain).IsWhole);
    }

    [Fact]
    public void AShortChainLosesNothing()
    {
        var chain = new TransferChain();
        chain.StepTo(100);
        Assert.False(new Pruner(chain.Chain, 1, 0).Step(chain.State.Height));
    }

    [Fact]
    public void TheDiskHasItsRoomBack()
    {
        var path = Path.Combine(_folder, "store");
        long full;
        using (var store = RocksStore.Open(path, ChainStore.Columns))
        {
            var chain = new TransferChain(store, signers: 4);
            for (var i = 0; i < 1_200; i++) chain.Step(chain.Pay(i, i + 1, i + 2, i + 3));
            store.Flush();
            full = DatabaseCommand.FolderBytes(path);
            var pruner = new Pruner(chain.Chain, 128, 128);
            Assert.False(pruner.IsCompactionDue);
            while (pruner.Step(chain.State.Height)) ;
            Assert.True(pruner.IsCompactionDue);
            pruner.Compact();
            Assert.False(pruner.IsCompactionDue);
            Assert.True(Verify(chain).IsWhole);
        }

        var pruned = DatabaseCommand.FolderBytes(path);
        TestContext.Current.TestOutputHelper?.WriteLine($"{full} bytes before, {pruned} after");
        Assert.True(pruned < full / 2, $"{full} bytes before, {pruned} after");
    }

    private static List<(Column Column, byte[] Value)> Heights(TransferChain chain, Height height) =>
        [.. ChainColumns.OfBlocks.Concat([ChainColumns.Undo, ChainColumns.Marks]).Select(column => (column, chain.Store.Get(column, ChainColumns.Key(height))!))];

    private static void Prune(TransferChain chain, long keepBlocks, long keepStates, Height? earliestFault = null)
    {
        var pruner = new Pruner(chain.Chain, keepBlocks, keepStates, earliestFault is { } fault ? () => fault : null);
        while (pruner.Step(chain.State.Height)) ;
    }

    private static StoreVerification Verify(TransferChain chain) => new StoreVerifier(TransferChain.Genesis, chain.Chain, withSignatures: false, _ => { }).Run();
}
