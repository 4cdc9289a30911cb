using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>How many blocks a message waits at most, whatever the others send.</summary>
public sealed class InclusionTests
{
    [Fact]
    public void AFloodOfPaymentsDelaysNoProtocolOrTrainingMessage()
    {
        var (chain, mempool) = Flooded(300);
        var messages = chain.ValidatorKeys.Select(key => TrainingMessages.Register(chain, key)).ToArray();
        foreach (var message in messages) Assert.Equal(MempoolRejection.None, mempool.TryAdd(message, chain.State));
        var commit = TrainingMessages.Commit(chain, chain.Bob, 0, chain.FeeMin);
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(commit, chain.State));

        // A block of which the payments alone would take thrice the room.
        var filling = new BlockFilling(new BlockExecution(chain.State, chain.ValidatorKeys[0].Address), new BlockRoom(BlockSpace.Whole(chain.State.Parameters) with { Bytes = 100 * 450 }));
        var chosen = filling.Fill(mempool.Candidates(chain.State));
        Assert.Equal(messages.Select(m => m.Hash).Order(), chosen.Take(messages.Length).Select(t => t.Hash).Order());
        Assert.Equal(commit.Hash, chosen[messages.Length].Hash);
        Assert.InRange(chosen.Length, 90, 105);
    }

    /// <summary>A third of the validators fill their shares; what another says in a training round stands in the first block all the same.</summary>
    [Fact]
    public void AFloodOfSomeValidatorsDelaysNoMessageOfAnother()
    {
        var chain = new LedgerFixture(validators: 31);
        var mempool = new Mempool();
        foreach (var key in chain.ValidatorKeys.Take(10))
            for (var round = 1UL; mempool.TryAdd(TrainingMessages.Reveal(chain, key, round, 2_000), chain.State) == MempoolRejection.None; round++) { }
        Assert.True(mempool.Count >= 10 * 30, $"only {mempool.Count}");

        var honest = chain.ValidatorKeys[20];
        Transaction[] mine = [TrainingMessages.Share(chain, honest, 1), TrainingMessages.Reveal(chain, honest, 1, 600), TrainingMessages.Register(chain, honest)];
        foreach (var message in mine) Assert.Equal(MempoolRejection.None, mempool.TryAdd(message, chain.State));

        var units = mine.Sum(message => (long)CostUnits.Of(message));
        var before = mempool.Candidates(chain.State).TakeWhile(t => t.Hash != mine[^1].Hash).Sum(t => (long)CostUnits.Of(t));
        Assert.InRange(before, 1, 31 * units);
        var room = new BlockRoom(BlockSpace.Whole(chain.State.Parameters));
        var block = new List<TransactionHash>();
        foreach (var candidate in mempool.Candidates(chain.State))
        {
            if (!room.Has(Lane.Protocol, BlockSpace.Of(candidate))) continue;
            room.Take(Lane.Protocol, BlockSpace.Of(candidate));
            block.Add(candidate.Hash);
        }

        Assert.True(block.Count < mempool.Count, "the flood is more than a block");
        Assert.All(mine, message => Assert.Contains(message.Hash, block));
    }

    /// <summary>A leader may take the flood's last message to bring the turns out of step: it does not help.</summary>
    [Fact]
    public void TheOrderInOthersBlocksGivesTheFloodNoAdvantage()
    {
        var chain = new LedgerFixture(validators: 4);
        var mempool = new Mempool();
        var flood = Enumerable.Range(1, 40).Select(round => TrainingMessages.Reveal(chain, chain.ValidatorKeys[0], (ulong)round, 1_000)).ToArray();
        foreach (var message in flood) Assert.Equal(MempoolRejection.None, mempool.TryAdd(message, chain.State));
        mempool.OnBlock(chain.State, [flood[^1]]);
        var mine = TrainingMessages.Share(chain, chain.ValidatorKeys[1], 1);
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(mine, chain.State));
        Assert.Equal(mine.Hash, mempool.Candidates(chain.State).First().Hash);
    }

    [Fact]
    public void MessagesThatCannotBeExecutedDelayNoOther()
    {
        var chain = new LedgerFixture();
        var mempool = new Mempool();
        foreach (var key in chain.ValidatorKeys.Take(3))
            for (var round = 1UL; round <= 60; round++) Assert.Equal(MempoolRejection.None, mempool.TryAdd(TrainingMessages.Share(chain, key, round), chain.State));
        var mine = TrainingMessages.Register(chain, chain.ValidatorKeys[3]);
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(mine, chain.State));
        var built = BlockBuilder.Build(chain.State, chain.Template(Round.Zero, []), mempool.Candidates(chain.State));
        Assert.Equal([mine.Hash], built.Transactions.Select(t => t.Hash));
    }

    /// <summary>The lane holds two blocks' parts; a block takes its part less one greatest message at least: three blocks empty it.</summary>
    [Fact]
    public void AFullTrainingLaneIsEmptyAfterThreeBlocksWhateverPaymentsPay()
    {
        var (chain, mempool) = Flooded(200);
        var senders = Senders(70);
        var full = 0;
        for (var i = 0; full == 0; i++)
        {
            var rejection = mempool.TryAdd(TrainingMessages.Commit(chain, senders[i % senders.Length], (ulong)(i / senders.Length), chain.FeeMin), chain.State);
            if (rejection == MempoolRejection.Full) full = i;
            else Assert.Equal(MempoolRejection.None, rejection);
        }

        Assert.True(full > 2_000, $"{full} fill the lane");
        var last = TrainingMessages.Commit(chain, chain.Bob, 0, chain.FeeMin * 2); // outbids the cheapest of the full lane
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(last, chain.State));
        var waiting = new Queue<Transaction>(mempool.Candidates(chain.State).TakeWhile(t => Lanes.Of(t) == Lane.Training));
        Assert.Equal(full, waiting.Count);
        var blocks = 0;
        for (; waiting.Count > 0; blocks++)
        {
            var room = new BlockRoom(BlockSpace.Whole(chain.State.Parameters));
            room.Take(Lane.Protocol, BlockRoom.ReservedFor(Lane.Protocol, BlockSpace.Whole(chain.State.Parameters))); // as much as it may ever have
            while (waiting.TryPeek(out var next) && room.Has(Lane.Training, BlockSpace.Of(next))) room.Take(Lane.Training, BlockSpace.Of(waiting.Dequeue()));
        }

        Assert.InRange(blocks, 2, 3);
    }

    /// <summary>A reveal that comes too late burns a bond; a vote has days.</summary>
    [Fact]
    public void ACrowdOfVotesOnDataStandsBehindCommitsAndReveals()
    {
        var chain = new LedgerFixture();
        var mempool = new Mempool();
        var vote = chain.Pay(chain.Alice, new TransactionBody { DatasetVote = new DatasetVote { Task = TrainingWorld.Bytes(Hash256.Sha256([1])), Delta = 1 } }, chain.FeeMin * 50);
        Assert.Equal((Lane.Training, MempoolRejection.None), (Lanes.Of(vote), mempool.TryAdd(vote, chain.State)));
        chain.Step();
        mempool.OnBlock(chain.State, chain.LastBlock.Transactions);
        var commit = TrainingMessages.Commit(chain, chain.Bob, 0, chain.FeeMin);
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(commit, chain.State));
        Assert.Equal([commit.Hash, vote.Hash], mempool.Candidates(chain.State).Select(t => t.Hash));
    }

    [Fact]
    public void WhoHasWaitedLongerInTheTrainingLaneGoesFirst()
    {
        var chain = new LedgerFixture();
        var mempool = new Mempool();
        var first = TrainingMessages.Commit(chain, chain.Alice, 0, chain.FeeMin);
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(first, chain.State));
        chain.Step();
        mempool.OnBlock(chain.State, chain.LastBlock.Transactions);
        var rich = TrainingMessages.Commit(chain, chain.Bob, 0, chain.FeeMin * 50);
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(rich, chain.State));
        Assert.Equal([first.Hash, rich.Hash], mempool.Candidates(chain.State).Select(t => t.Hash));
    }

    private static PrivateKey[] Senders(int count) => [.. Enumerable.Range(0, count).Select(i => LedgerFixture.Key(6_000 + i))];

    // Large payments with high fees.
    private static (LedgerFixture Chain, Mempool Mempool) Flooded(int payments)
    {
        var rich = Enumerable.Range(0, 1 + (payments / 60)).Select(i => LedgerFixture.Key(7_000 + i)).ToArray();
        var chain = new LedgerFixture(g => g with
        {
            Allocations = [.. g.Allocations, .. rich.Concat(Senders(70)).Select(key => new GenesisAllocation(key.Address, Amount.FromNtk(1_000)))],
        });
        var mempool = new Mempool();
        var memo = new string('m', Limits.MemoBytesMax);
        for (var i = 0; i < payments; i++)
        {
            var payment = chain.Transfer(rich[i % rich.Length], chain.Bob.Address, new Amount(1), chain.FeeMin * 20, (ulong)(i / rich.Length), memo);
            Assert.Equal(MempoolRejection.None, mempool.TryAdd(payment, chain.State));
        }

        return (chain, mempool);
    }
}
