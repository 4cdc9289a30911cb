using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class StateRebuilderTests
{
    private readonly TransferChain _chain = new();

    public StateRebuilderTests() => _chain.StepTo(20);

    [Fact]
    public void ADamagedStateIsMadeAgainFromTheBlocks()
    {
        var entry = _chain.Store.Scan(ChainColumns.State, KeyRange.All).First();
        entry.Value[0] ^= 1;
        var undo = ChainColumns.Key(new Height(7));
        _chain.Store.Write(new WriteBatch().Put(ChainColumns.State, entry.Key, entry.Value).Put(ChainColumns.State, [9, 9], [1]).Delete(ChainColumns.Undo, undo).Put(ChainColumns.Meta, "mark"u8, [1]), durable: true);

        var state = Rebuild(out _);
        Assert.Equal(_chain.State.Mark, state!.Mark);
        Assert.Equal(_chain.State.Mark.Encode(), _chain.Chain.Mark);
        Assert.True(Verify().IsWhole);
    }

    [Fact]
    public void ABlockThatDoesNotFollowChangesNothing()
    {
        var before = _chain.Store.Scan(ChainColumns.State, KeyRange.All).Select(e => Hex.Encode(e.Key) + Hex.Encode(e.Value)).ToList();
        _chain.Store.Write(new WriteBatch().Put(ChainColumns.Blocks, ChainColumns.Key(new Height(9)), _chain.Chain.Get(new Height(8))!.Block.Bytes.Span), durable: true);
        Assert.Null(Rebuild(out var failure));
        Assert.Equal(new Height(9), failure!.Height);
        Assert.Equal(before, _chain.Store.Scan(ChainColumns.State, KeyRange.All).Select(e => Hex.Encode(e.Key) + Hex.Encode(e.Value)));
    }

    [Fact]
    public void WithoutTheFirstBlocksAnOlderStateIsWanted()
    {
        _chain.StepTo(300);
        var pruner = new Pruner(_chain.Chain, 128, 128);
        while (pruner.Step(_chain.State.Height)) ;
        Assert.Throws<OperatorException>(() => Rebuild(out _));
    }

    [Fact]
    public void APrunedStoreIsMadeAgainFromAKeptState()
    {
        _chain.StepTo(200);
        var start = _chain.State;
        _chain.StepTo(300);
        var pruner = new Pruner(_chain.Chain, 128, 128);
        while (pruner.Step(_chain.State.Height)) ;
        _chain.Store.Write(new WriteBatch().DeleteRange(ChainColumns.State, KeyRange.All), durable: true);
        Assert.Equal(_chain.State.Mark, new StateRebuilder(_chain.Chain, _ => { }).Run(start, out _)!.Mark);
        Assert.True(Verify().IsWhole);
    }

    private LedgerState? Rebuild(out RebuildFailure? failure) => new StateRebuilder(_chain.Chain, _ => { }).Run(LedgerState.FromGenesis(TransferChain.Genesis), out failure);

    private StoreVerification Verify() => new StoreVerifier(TransferChain.Genesis, _chain.Chain, withSignatures: false, _ => { }).Run();
}
