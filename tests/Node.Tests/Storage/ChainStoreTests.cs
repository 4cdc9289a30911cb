using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class ChainStoreTests
{
    [Fact]
    public void UndoTakesTheStateBackToEveryHeight()
    {
        var chain = new TransferChain();
        var states = new List<LedgerState> { chain.State };
        for (var i = 0; i < 20; i++)
        {
            chain.Step(chain.Pay(i, i / 2));
            states.Add(chain.State);
        }

        var newest = StoredState.Load(chain.Chain, chain.State.Mark);
        foreach (var state in states) Assert.Equal(state.Root.Value, newest.At(state.Height).Tree.Root);
        Assert.All(states, state => Assert.Equal(state.Mark, chain.Chain.MarkOf(state.Height)));
    }

    [Fact]
    public void EverySetThatAHeaderNamesIsFoundByItsRoot()
    {
        var chain = new TransferChain();
        chain.StepTo(5);
        for (var height = Height.First; height <= chain.State.Height; height = height.Next())
        {
            var header = chain.Chain.Get(height)!.Block.Header;
            Assert.Equal(header.ValidatorsRoot, chain.Chain.ValidatorSetOf(header.ValidatorsRoot)!.Root);
            Assert.Equal(header.NextValidatorsRoot, chain.Chain.ValidatorSetOf(header.NextValidatorsRoot)!.Root);
        }

        Assert.Null(chain.Chain.ValidatorSetOf(Hash256.Sha256([1])));
    }

    [Fact]
    public void AnUndoRecordThatIsNotAsWrittenIsRefused()
    {
        var chain = new TransferChain();
        chain.Step(chain.Pay(1));
        var bytes = chain.Store.Get(ChainColumns.Undo, ChainColumns.Key(Height.First))!;
        Assert.True(UndoRecord.TryDecode(bytes, out var undo));
        Assert.Contains(undo.Value, entry => entry.Value is null);
        Assert.Contains(undo.Value, entry => entry.Value is not null);
        Assert.Equal(bytes, UndoRecord.Encode(undo.Value).ToArray());
        for (var length = 0; length < bytes.Length; length++) Assert.False(UndoRecord.TryDecode(bytes.AsSpan(0, length), out _));
        Assert.False(UndoRecord.TryDecode([.. bytes, 0], out _));
        Assert.False(UndoRecord.TryDecode([0xff, 0xff, 0xff, 0xff], out _));
        Assert.False(UndoRecord.TryDecode(UndoRecord.Encode([.. undo.Value.Reverse()]).Span, out _));
    }

    [Fact]
    public void AStoreOfBeforeThereWereMarksBeginsThemWhereItStands()
    {
        var chain = new TransferChain();
        chain.StepTo(5);
        var older = new WriteBatch().DeleteRange(ChainColumns.Marks, KeyRange.All).DeleteRange(ChainColumns.Undo, KeyRange.All).DeleteRange(ChainColumns.ValidatorSets, KeyRange.All);
        older.Delete(ChainColumns.Meta, "state-floor"u8).Delete(ChainColumns.Meta, "mark-floor"u8);
        chain.Store.Write(older, durable: true);

        chain.Chain.Adopt(chain.State);
        chain.StepTo(9);
        Assert.Equal(new Height(5), chain.Chain.EarliestState);
        Assert.True(new StoreVerifier(TransferChain.Genesis, chain.Chain, withSignatures: true, _ => { }).Run().IsWhole);
        Assert.Equal(chain.Chain.MarkOf(new Height(5))!.StateRoot.Value, StoredState.Load(chain.Chain, chain.State.Mark).At(new Height(5)).Tree.Root);
    }
}
