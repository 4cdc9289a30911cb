using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class HistoricalStatesTests
{
    private readonly TransferChain _chain = new();
    private readonly List<StateRoot> _roots = [];

    public HistoricalStatesTests()
    {
        _roots.Add(_chain.State.Root);
        for (var i = 0; i < 200; i++)
        {
            _chain.Step(_chain.Pay(i, i + 1));
            _roots.Add(_chain.State.Root);
        }
    }

    // In an order in which the next one is sometimes newer, sometimes older, sometimes one that is kept.
    [Fact]
    public void EveryHeightThatIsKeptHasItsState()
    {
        var states = new HistoricalStates(_chain.Chain, () => _chain.State, 1_000);
        foreach (var height in new ulong[] { 200, 150, 149, 151, 0, 1, 199, 149, 150, 75, 200, 0 })
        {
            Assert.True(states.TryGet(new Height(height), out var state, out var fault), fault.ToString());
            Assert.Equal((new Height(height), _roots[(int)height]), (state.Height, state.Root));
        }
    }

    [Fact]
    public void AHistoricalStateExecutesTheBlockThatFollowedIt()
    {
        var states = new HistoricalStates(_chain.Chain, () => _chain.State, 1_000);
        Assert.True(states.TryGet(new Height(120), out var state, out _));
        var block = _chain.Chain.Get(new Height(121))!.Block;
        Assert.True(BlockValidator.TryValidate(state, block, NoTransactions.Instance, out var validated, out var refusal), refusal.ToString());
        Assert.Equal(_roots[121], validated.Result.Next.Root);
    }

    [Theory]
    [InlineData(201, HistoricalStateFault.NotReached)]
    [InlineData(49, HistoricalStateFault.NoLongerKept)]
    public void WhatIsNotKeptIsRefusedByName(ulong height, HistoricalStateFault expected)
    {
        var states = new HistoricalStates(_chain.Chain, () => _chain.State, 150);
        Assert.True(states.TryGet(new Height(50), out _, out _));
        Assert.False(states.TryGet(new Height(height), out var state, out var fault));
        Assert.Null(state);
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void WhatWasPrunedIsNoLongerKept()
    {
        var states = new HistoricalStates(_chain.Chain, () => _chain.State, 1_000);
        var pruner = new Pruner(_chain.Chain, 0, 150);
        while (pruner.Step(_chain.State.Height)) ;
        Assert.True(states.TryGet(new Height(50), out var state, out _));
        Assert.Equal(_roots[50], state.Root);
        Assert.False(states.TryGet(new Height(49), out _, out var fault));
        Assert.Equal(HistoricalStateFault.NoLongerKept, fault);
    }

    [Fact]
    public void ADamagedUndoRecordGivesNoStateInsteadOfAWrongOne()
    {
        _chain.Store.Write(new WriteBatch().Put(ChainColumns.Undo, ChainColumns.Key(new Height(150)), [0, 0, 0, 0]), durable: true);
        var states = new HistoricalStates(_chain.Chain, () => _chain.State, 1_000);
        Assert.True(states.TryGet(new Height(150), out _, out _));
        Assert.False(states.TryGet(new Height(149), out _, out var fault));
        Assert.Equal(HistoricalStateFault.Damaged, fault);
    }
}
