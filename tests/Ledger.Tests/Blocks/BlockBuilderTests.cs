using System.Collections.Immutable;
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
    public void PaymentsFillWhatTheOtherLanesLeave()
    {
        var many = Payments(_chain.Alice, 40);
        var room = 20 * BlockSpace.Of(many[0]).Bytes;
        Assert.Equal(many.Take(20).Select(t => t.Hash), Filled(room, many).Select(t => t.Hash));
    }

    [Fact]
    public void NoMoreCandidatesAreLookedAtThanAFullBlockNeeds()
    {
        var senders = Enumerable.Range(0, 200).Select(i => LedgerFixture.Key(5_000 + i)).ToArray();
        var chain = new LedgerFixture(g => g with { Allocations = [.. g.Allocations, .. senders.Select(key => new GenesisAllocation(key.Address, Amount.FromNtk(1_000)))] });
        var large = senders.SelectMany(sender => Payments(sender, 2)).ToArray();
        var looked = 0;
        var filling = new BlockFilling(new BlockExecution(chain.State, chain.ValidatorKeys[0].Address), Room(20 * BlockSpace.Of(large[0]).Bytes));
        Assert.Equal(20, filling.Fill(large.Select(transaction =>
        {
            looked++;
            return transaction;
        })).Length);
        Assert.Equal(20 + (63 * 2) + 1, looked); // the second of a sender whose first does not fit is passed over
    }

    [Fact]
    public void NothingBehindAMisfitOfItsSenderIsTaken()
    {
        var many = Payments(_chain.Alice, 40);
        var next = _chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1), nonce: 20); // it would fit, and be the next
        var small = _chain.Transfer(_chain.Bob, _chain.Alice.Address, new Amount(1));
        var chosen = Filled((20 * BlockSpace.Of(many[0]).Bytes) + BlockSpace.Of(small).Bytes, [.. many, next, small]);
        Assert.Equal(21, chosen.Length);
        Assert.Equal(small.Hash, chosen[^1].Hash); // another's fits where no large one does any more
    }

    [Fact]
    public void EveryLaneHasItsPart()
    {
        var room = new BlockRoom(new BlockSpace(1_600, 16_000, 16_000));
        Assert.False(room.Has(Lane.Protocol, new BlockSpace(401, 1, 1)));
        Fill(Lane.Protocol, 400);
        Assert.False(room.Has(Lane.Training, new BlockSpace(201, 1, 1)));
        Fill(Lane.Training, 200);
        Fill(Lane.Bridge, 200);
        Fill(Lane.Normal, 800);
        Assert.False(room.Has(Lane.Normal, new BlockSpace(1, 1, 1)));

        void Fill(Lane lane, int bytes)
        {
            Assert.True(room.Has(lane, new BlockSpace(bytes, 1, 1)));
            room.Take(lane, new BlockSpace(bytes, 1, 1));
        }
    }

    [Fact]
    public void WhatALaneLeavesIsForThoseAfterIt()
    {
        var room = new BlockRoom(new BlockSpace(1_600, 16_000, 16_000));
        Assert.True(room.Has(Lane.Training, new BlockSpace(600, 1, 1))); // its own part and that of the protocol lane
        Assert.False(room.Has(Lane.Training, new BlockSpace(601, 1, 1)));
        room.Take(Lane.Training, new BlockSpace(600, 1, 1));
        Assert.True(room.Has(Lane.Normal, new BlockSpace(1_000, 1, 1)));
        room.Take(Lane.Bridge, new BlockSpace(150, 1, 1));
        Assert.False(room.Has(Lane.Bridge, new BlockSpace(51, 1, 1)));
        room.Take(Lane.Normal, new BlockSpace(800, 1, 1));
        Assert.True(room.Has(Lane.Bridge, new BlockSpace(50, 1, 1))); // nobody after it has a claim left
        Assert.True(room.Has(Lane.Normal, new BlockSpace(50, 1, 1)));
    }

    [Fact]
    public void BytesPlacesAndCostAllCount()
    {
        var room = new BlockRoom(new BlockSpace(160, 160, 160));
        Assert.True(room.Has(Lane.Normal, new BlockSpace(160, 160, 160)));
        Assert.False(room.Has(Lane.Normal, new BlockSpace(161, 1, 1)));
        Assert.False(room.Has(Lane.Normal, new BlockSpace(1, 161, 1)));
        Assert.False(room.Has(Lane.Normal, new BlockSpace(1, 1, 161)));
        Assert.False(room.Has(Lane.Protocol, new BlockSpace(1, 1, 41)));
    }

    private Transaction[] Payments(PrivateKey from, int count) =>
        [.. Enumerable.Range(0, count).Select(i => _chain.Transfer(from, _chain.Bob.Address, new Amount(1), nonce: (ulong)i, memo: new string('m', i == 0 ? 102 : 100)))];

    private BlockRoom Room(long bytes) => new(BlockSpace.Whole(_chain.State.Parameters) with { Bytes = bytes });

    private ImmutableArray<Transaction> Filled(long bytes, params Transaction[] candidates) =>
        new BlockFilling(new BlockExecution(_chain.State, _chain.ValidatorKeys[0].Address), Room(bytes)).Fill(candidates);

    private static string Text(byte[]? value) => value is null ? "none" : Convert.ToHexString(value);
}
