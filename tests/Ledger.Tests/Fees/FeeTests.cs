using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>What a fee must be, and who has it in the end.</summary>
public sealed class FeeTests
{
    private const ulong YearMs = 365UL * 86_400_000;

    private static readonly Amount One = Amount.FromNtk(1);

    private readonly LedgerFixture _chain = new();

    [Theory]
    [InlineData(0UL, 30u)]
    [InlineData(YearMs - 1, 30u)]
    [InlineData(YearMs, 20u)]
    [InlineData((2 * YearMs) - 1, 20u)]
    [InlineData(2 * YearMs, 10u)]
    [InlineData(3 * YearMs, 0u)]
    [InlineData(40 * YearMs, 0u)]
    public void TheBurnedShareFollowsTheYearOfTheBlockBefore(ulong age, uint percent)
    {
        if (age > 0) At(_chain.Genesis.TimeMs + age);
        Assert.Equal(_chain.Genesis.TimeMs + age, _chain.State.Time.Milliseconds);
        var before = _chain.Supply;
        _chain.Step(_chain.Transfer(_chain.Alice, _chain.Bob.Address, One));
        Assert.Equal(Share(_chain.FeeMin, percent), _chain.Supply.Burned - before.Burned);
        Assert.Equal(Share(_chain.FeeMin, 10), _chain.Supply.Treasury - before.Treasury);
        Assert.Null(SupplyModule.Audit(_chain.State));
    }

    [Fact]
    public void WhatIsGivenBeyondTheAskedFeeIsTheAuthors()
    {
        var author = _chain.State.Next.Schedule.Leader(Round.Zero);
        var tip = Amount.FromNtk(5);
        _chain.Step(_chain.Transfer(_chain.Alice, _chain.Bob.Address, One, fee: _chain.FeeMin + tip));
        Assert.Equal(LedgerFixture.InitialBalance + _chain.FeeShare + tip, AccountsModule.Get(_chain.State, author).Balance);
        Assert.Equal((Share(_chain.FeeMin, 30), Share(_chain.FeeMin, 10)), (_chain.Supply.Burned, _chain.Supply.Treasury));
    }

    [Fact]
    public void RemaindersAreTheAuthors()
    {
        var odd = new LedgerFixture(genesis => genesis with
        {
            Parameters = genesis.Parameters with { FeeMin = Amount.Zero, Fees = new FeeParameters { BaseFeeMin = new Amount(1) } },
        });
        var author = odd.State.Next.Schedule.Leader(Round.Zero);
        var asked = FeesModule.Asked(odd.State, odd.Transfer(odd.Alice, odd.Bob.Address, One));
        Assert.NotEqual(0UL, (ulong)(asked.Units % 10)); // or nothing would remain
        var result = odd.Step(odd.Transfer(odd.Alice, odd.Bob.Address, One, fee: asked));
        var (burned, treasury) = (Share(asked, 30), Share(asked, 10));
        Assert.Equal((burned, treasury), (odd.Supply.Burned, odd.Supply.Treasury));
        Assert.Equal(LedgerFixture.InitialBalance + (asked - burned - treasury), AccountsModule.Get(odd.State, author).Balance);
        Assert.Equal((asked - burned - treasury).ToString(), LedgerFixture.Attribute(result, "fees.paid", "to_author"));
    }

    [Fact]
    public void AllSharesMayBeBurnedOrKept()
    {
        foreach (var (burn, treasury) in new[] { (100u, 0u), (0u, 100u), (0u, 0u), (50u, 50u) })
        {
            var chain = new LedgerFixture(genesis => genesis with
            {
                Parameters = genesis.Parameters with { Fees = new FeeParameters { BurnPercentFirstYear = burn, BurnPercentSecondYear = 0, BurnPercentThirdYear = 0, TreasuryPercent = treasury } },
            });
            var author = chain.State.Next.Schedule.Leader(Round.Zero);
            chain.Step(chain.Transfer(chain.Alice, chain.Bob.Address, One));
            Assert.Equal((Share(chain.FeeMin, burn), Share(chain.FeeMin, treasury)), (chain.Supply.Burned, chain.Supply.Treasury));
            Assert.Equal(LedgerFixture.InitialBalance + Share(chain.FeeMin, 100 - burn - treasury), AccountsModule.Get(chain.State, author).Balance);
        }
    }

    [Fact]
    public void AFailedTransactionPaysAllTheSame()
    {
        var result = _chain.Step(_chain.Transfer(_chain.Alice, _chain.Alice.Address, One));
        Assert.Equal((Share(_chain.FeeMin, 30), Share(_chain.FeeMin, 10)), (_chain.Supply.Burned, _chain.Supply.Treasury));
        Assert.Equal(_chain.FeeMin, Assert.Single(result.Receipts).Fee);
    }

    [Fact]
    public void TheAskedFeeIsTheGreaterOfTheLeastOneAndThePriceOfItsCost()
    {
        var transfer = _chain.Transfer(_chain.Alice, _chain.Bob.Address, One);
        Assert.Equal(_chain.FeeMin, FeesModule.Asked(_chain.State, transfer));
        var price = Amount.FromNtk(1);
        _chain.State = _chain.State.With(state => state.Set(StateKey.Of(StateModule.Fees, 0), price.ToArray()));
        var asked = price * CostUnits.Of(transfer);
        Assert.Equal(asked, FeesModule.Asked(_chain.State, transfer));
        Assert.Equal(TransactionRejection.FeeTooLow, _chain.OutcomeOf(transfer));
        Assert.Equal(TransactionRejection.FeeTooLow, _chain.OutcomeOf(_chain.Transfer(_chain.Alice, _chain.Bob.Address, One, fee: asked - new Amount(1))));
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(_chain.Transfer(_chain.Alice, _chain.Bob.Address, One, fee: asked)));
        var mempool = new Mempool();
        Assert.Equal(MempoolRejection.FeeTooLow, mempool.TryAdd(_chain.Transfer(_chain.Alice, _chain.Bob.Address, One, fee: asked - new Amount(1)), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(_chain.Transfer(_chain.Alice, _chain.Bob.Address, One, fee: asked), _chain.State));
    }

    [Fact]
    public void ThePriceThatABlockSetsHoldsFromTheNextOneOn()
    {
        var chain = Small();
        var floor = FeesModule.BaseFee(chain.State);
        var full = Full(chain);
        var result = chain.Step(full);
        Assert.Equal(full.Length, result.Receipts.Count(receipt => receipt.IsSuccess)); // at the old price
        Assert.True(FeesModule.BaseFee(chain.State) > floor);
        Assert.True(FeesModule.BaseFee(chain.State) <= floor + Amount.DivRem(floor, 8).Quotient);
        chain.StepTo(5); // empty ones
        Assert.Equal(floor, FeesModule.BaseFee(chain.State));
    }

    [Fact]
    public void ABlockCostsNoMoreThanItMay()
    {
        var chain = Small();
        var most = chain.Genesis.Parameters.Fees.BlockCostMax;
        var all = Enumerable.Range(0, 1 + (int)(most / 60)).Select(i => chain.Transfer(chain.Alice, chain.Bob.Address, new Amount(1), nonce: (ulong)i)).ToArray();
        Assert.True(all.Aggregate(0UL, (sum, transaction) => sum + CostUnits.Of(transaction)) > most);
        Assert.Equal(BlockFault.TooCostly, chain.FaultOf(chain.BlockWith(all)));
        Assert.Equal(BlockFault.None, chain.FaultOf(chain.BlockWith(all[..(int)(most / CostUnits.Of(all[^1]))])));
        var built = chain.Build(all);
        Assert.True(built.Transactions.Aggregate(0UL, (sum, transaction) => sum + CostUnits.Of(transaction)) <= most);
    }

    private static LedgerFixture Small() => new(genesis => genesis with
    {
        Parameters = genesis.Parameters with { Fees = new FeeParameters { BlockCostMax = 100_000, BaseFeeMin = new Amount(8_000) } },
    });

    private static Transaction[] Full(LedgerFixture chain) =>
        [.. Enumerable.Range(0, 1_000).Select(i => chain.Transfer(chain.Alice, chain.Bob.Address, new Amount(1), nonce: (ulong)i))];

    private static Amount Share(Amount fee, uint percent) => Amount.DivRem(fee * percent, 100).Quotient;

    // The next block has that time, whatever it is.
    private void At(ulong timeMs)
    {
        var template = _chain.Template(Round.Zero, []) with { Time = new Timestamp(timeMs) };
        _chain.Apply(BlockBuilder.Build(_chain.State, template, []).Block);
    }
}
