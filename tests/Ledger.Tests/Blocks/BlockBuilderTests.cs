using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class BlockBuilderTests
{
    private readonly LedgerFixture _chain = new();

    [Fact]
    public void BuildingABlockLeavesWhatExecutingItLeaves()
    {
        _chain.Step([0, 1, 3], [], 0);
        _chain.Step([0, 1, 3], [], 0);
        var built = _chain.Build(
            Round.Zero,
            [_chain.Late(1, 2)],
            _chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1)),
            _chain.Transfer(_chain.Bob, _chain.Bob.Address, Amount.FromNtk(1)), // fails in the block
            _chain.Transfer(_chain.Bob, _chain.Alice.Address, Amount.FromNtk(1), nonce: 9)); // is passed over
        var executed = _chain.Apply(built.Block);

        Assert.Equal(2, built.Transactions.Length);
        Assert.Equal(built.Result.Next.Mark, executed.Result.Next.Mark);
        Assert.Equal(built.Result.Receipts, executed.Result.Receipts);
        Assert.Equal(built.Result.Events, executed.Result.Events);
        Assert.Equal(built.Result.Changes.Select(c => (c.Key, Text(c.Value))), executed.Result.Changes.Select(c => (c.Key, Text(c.Value))));
    }

    [Fact]
    public void ATransactionThatIsOfferedTwiceStandsOnce()
    {
        var transfer = _chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1));
        Assert.Single(_chain.Build(transfer, transfer).Transactions);
    }

    [Fact]
    public void ABlockIsAfterItsParentWhateverTheClockSays()
    {
        _chain.Step();
        var slow = _chain.Template(Round.Zero, []) with { Time = new Timestamp(5) };
        var block = BlockBuilder.Build(_chain.State, slow, []).Block;
        Assert.Equal(_chain.State.Time.Plus(1), block.Header.Time);
        Assert.Equal(BlockFault.None, _chain.FaultOf(block));
    }

    [Fact]
    public void OnlyTheLeaderBuilds()
    {
        var stranger = _chain.Template(Round.Zero, []) with { Author = _chain.Alice.Address };
        Assert.Throws<InvariantException>(() => BlockBuilder.Build(_chain.State, stranger, []));
    }

    [Fact]
    public void LatePrecommitsArePutInOrderAndThoseThatDoNotFitAreLeftOut()
    {
        for (var i = 0; i < 3; i++) _chain.Step([0, 1, 3], [], 0);
        var block = _chain.Build(Round.Zero, [_chain.Late(2, 2), _chain.Late(1, 2), _chain.Late(1, 2), _chain.Late(1, 0)]).Block;
        Assert.Equal([new Height(1), new Height(2)], block.LatePrecommits.Select(late => late.Height));
        Assert.Equal(BlockFault.None, _chain.FaultOf(block));
    }

    [Fact]
    public void PaymentsFillThreeQuartersOfABlock()
    {
        var memo = new string('m', Limits.MemoBytesMax);
        var many = Enumerable.Range(0, 8_000).Select(i => _chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1), nonce: (ulong)i, memo: memo)).ToArray();
        var built = _chain.Build(many);
        Assert.InRange(built.Block.Bytes.Length, (Limits.BlockBytesMax / 4 * 3) - 2_000, Limits.BlockBytesMax / 4 * 3);
        Assert.Equal(many.Take(built.Transactions.Length).Select(t => t.Hash), built.Transactions.Select(t => t.Hash));
    }

    [Fact]
    public void AQuarterOfTheRoomIsKeptForProtocolAndTraining()
    {
        var room = new BlockRoom(1_000, uint.MaxValue);
        Assert.True(room.Has(Lane.Payments, 750, 1));
        room.Take(Lane.Payments, 750, 1);
        Assert.False(room.Has(Lane.Payments, 1, 1));
        Assert.True(room.Has(Lane.Training, 150, 1));
        room.Take(Lane.Training, 150, 1);
        Assert.False(room.Has(Lane.Protocol, 101, 1));
        Assert.True(room.Has(Lane.Protocol, 100, 1));
    }

    [Fact]
    public void AQuarterOfThePlacesIsKeptForProtocolAndTraining()
    {
        var room = new BlockRoom(int.MaxValue, uint.MaxValue);
        var payments = 0;
        for (; room.Has(Lane.Payments, 1, 1); payments++) room.Take(Lane.Payments, 1, 1);
        var others = 0;
        for (; room.Has(Lane.Protocol, 1, 1); others++) room.Take(Lane.Protocol, 1, 1);
        Assert.Equal(Limits.TransactionsPerBlockMax / 4 * 3, payments);
        Assert.Equal(Limits.TransactionsPerBlockMax, payments + others);
    }

    [Fact]
    public void AQuarterOfTheCostIsKeptForProtocolAndTraining()
    {
        var room = new BlockRoom(int.MaxValue, 1_000);
        Assert.False(room.Has(Lane.Payments, 1, 751));
        room.Take(Lane.Payments, 1, 750);
        Assert.False(room.Has(Lane.Payments, 1, 1));
        Assert.True(room.Has(Lane.Training, 1, 250));
        room.Take(Lane.Protocol, 1, 250);
        Assert.False(room.Has(Lane.Protocol, 1, 1));
    }

    private static string Text(byte[]? value) => value is null ? "none" : Convert.ToHexString(value);
}
