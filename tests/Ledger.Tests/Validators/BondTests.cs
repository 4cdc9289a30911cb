using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Bonds are locked, come back late, once, to whoever they belong to, and answer for faults all the while.</summary>
public sealed class BondTests
{
    private static readonly Amount Ten = Amount.FromNtk(10);

    private readonly LedgerFixture _chain = new(LedgerFixture.Fast);

    private PrivateKey First => _chain.ValidatorKeys[0];

    [Fact]
    public void ABondMovesFromTheBalanceIntoEscrow()
    {
        _chain.Step(_chain.Bond(_chain.Alice, Ten));
        Assert.Equal(LedgerFixture.InitialBalance - Ten - _chain.FeeMin, _chain.AccountOf(_chain.Alice).Balance);
        Assert.Equal((Ten, Ten), (_chain.BondOf(_chain.Alice).Bonded, _chain.Supply.Escrow));
        _chain.Step(_chain.Bond(_chain.Alice, Ten));
        Assert.Equal((Ten * 2, Ten * 2), (_chain.BondOf(_chain.Alice).Bonded, _chain.Supply.Escrow));
    }

    [Theory]
    [InlineData(0, TransactionRejection.AmountZero)]
    [InlineData(1_000_000, TransactionRejection.BalanceTooLow)] // the fee is taken first
    public void ABondThatFailsLocksNothing(ulong ntk, TransactionRejection rejection)
    {
        var result = _chain.Step(_chain.Bond(_chain.Alice, Amount.FromNtk(ntk)));
        Assert.Equal((ushort)rejection, Assert.Single(result.Receipts).Code);
        Assert.Equal((BondRecord.None, Amount.Zero), (_chain.BondOf(_chain.Alice), _chain.Supply.Escrow));
    }

    [Fact]
    public void TheGreatestAmountIsNotLocked() =>
        Assert.Equal(TransactionRejection.BalanceTooLow, _chain.OutcomeOf(_chain.Bond(_chain.Alice, new Amount(UInt128.MaxValue))));

    [Fact]
    public void WhatIsAskedBackIsPaidAtTheEndOfItsHeightAndOnce()
    {
        _chain.Step(_chain.Bond(_chain.Alice, Ten));
        _chain.Step(_chain.Unbond(_chain.Alice, Amount.FromNtk(4)));
        Assert.Equal(new Unbonding(Amount.FromNtk(4), new Height(12), new Timestamp(_chain.Genesis.TimeMs + 1_000)), Assert.Single(_chain.BondOf(_chain.Alice).Unbondings));
        var before = _chain.AccountOf(_chain.Alice).Balance;
        _chain.StepTo(11);
        Assert.Equal((before, Ten), (_chain.AccountOf(_chain.Alice).Balance, _chain.Supply.Escrow));
        _chain.Step();
        Assert.Equal((before + Amount.FromNtk(4), Amount.FromNtk(6)), (_chain.AccountOf(_chain.Alice).Balance, _chain.Supply.Escrow));
        _chain.StepTo(30);
        Assert.Equal((before + Amount.FromNtk(4), Amount.FromNtk(6)), (_chain.AccountOf(_chain.Alice).Balance, _chain.Supply.Escrow));
        Assert.Empty(_chain.BondOf(_chain.Alice).Unbondings);
    }

    [Fact]
    public void AChainThatRunsFasterThanEvidenceExpiresHoldsBondsBack()
    {
        // Ten blocks have passed at height 12, and 270 seconds not before 272.
        var chain = new LedgerFixture(genesis => LedgerFixture.Fast(genesis) with
        {
            Parameters = LedgerFixture.Fast(genesis).Parameters with { Validators = new ValidatorParameters { EvidenceBlocks = 10, EvidenceMs = 270_000 } },
        });
        chain.Step(chain.Bond(chain.Alice, Ten));
        chain.Step(chain.Unbond(chain.Alice, Amount.FromNtk(4))); // at 12, then at 268, then at 524
        chain.StepTo(9);
        chain.Step(chain.Unbond(chain.Alice, Amount.FromNtk(1))); // at 20, then at 276, then at 532
        var before = chain.AccountOf(chain.Alice).Balance;
        chain.StepTo(20);
        Assert.Equal([new Height(268), new Height(276)], chain.BondOf(chain.Alice).Unbondings.Select(unbonding => unbonding.Release));
        chain.StepTo(276);
        Assert.Equal([new Height(524), new Height(532)], chain.BondOf(chain.Alice).Unbondings.Select(unbonding => unbonding.Release));
        Assert.Equal((before, Ten), (chain.AccountOf(chain.Alice).Balance, chain.Supply.Escrow));
        chain.StepTo(532);
        Assert.Equal((before + Amount.FromNtk(5), Ten - Amount.FromNtk(5)), (chain.AccountOf(chain.Alice).Balance, chain.Supply.Escrow));
    }

    [Fact]
    public void TwoUnbondingsOfABlockArePaidTogether()
    {
        _chain.Step(_chain.Bond(_chain.Alice, Ten));
        _chain.Step(_chain.Unbond(_chain.Alice, Amount.FromNtk(4), 1), _chain.Unbond(_chain.Alice, Amount.FromNtk(6), 2));
        Assert.Equal(Ten, Assert.Single(_chain.BondOf(_chain.Alice).Unbondings).Amount);
        _chain.StepTo(11);
        Assert.Equal(Ten.ToString(), LedgerFixture.Attribute(_chain.Step(), "validators.unbonded", "amount"));
        Assert.Equal(Amount.Zero, _chain.Supply.Escrow);
    }

    [Fact]
    public void TheSameNtkAreNotAskedBackTwice()
    {
        _chain.Step(_chain.Bond(_chain.Alice, Ten));
        _chain.Step(_chain.Unbond(_chain.Alice, Ten));
        Assert.Equal(TransactionRejection.NotBonded, _chain.OutcomeOf(_chain.Unbond(_chain.Alice, new Amount(1))));
        _chain.Step(_chain.Bond(_chain.Alice, new Amount(5)));
        Assert.Equal(TransactionRejection.UnbondTooMuch, _chain.OutcomeOf(_chain.Unbond(_chain.Alice, new Amount(6))));
        Assert.Equal(TransactionRejection.UnbondTooMuch, _chain.OutcomeOf(_chain.Unbond(_chain.Alice, new Amount(UInt128.MaxValue))));
        Assert.Equal(TransactionRejection.AmountZero, _chain.OutcomeOf(_chain.Unbond(_chain.Alice, Amount.Zero)));
    }

    [Fact]
    public void SixteenUnbondingsWaitAndNoMore()
    {
        var chain = Slow();
        chain.Step(chain.Bond(chain.Alice, Ten));
        for (var i = 0; i < BondRecord.UnbondingsMax; i++) chain.Step(chain.Unbond(chain.Alice, new Amount(1)));
        Assert.Equal(TransactionRejection.TooManyUnbondings, chain.OutcomeOf(chain.Unbond(chain.Alice, new Amount(1))));
        chain.StepTo(102); // the first is paid
        Assert.Equal(TransactionRejection.None, chain.OutcomeOf(chain.Unbond(chain.Alice, new Amount(1))));
    }

    [Fact]
    public void AShorterExpiryPaysNothingBeforeWhatWasAskedEarlier()
    {
        _chain.Step(_chain.Bond(_chain.Alice, Ten));
        _chain.State = _chain.State.With(state => state.Set(
            StateKey.Of(StateModule.Parameters, 0), (_chain.State.Parameters with { Validators = new ValidatorParameters { EvidenceBlocks = 50, EvidenceMs = 5_000 } }).Encode()));
        _chain.Step(_chain.Unbond(_chain.Alice, new Amount(1)));
        _chain.State = _chain.State.With(state => state.Set(
            StateKey.Of(StateModule.Parameters, 0), (_chain.State.Parameters with { Validators = new ValidatorParameters { EvidenceBlocks = 10, EvidenceMs = 5_000 } }).Encode()));
        _chain.Step(_chain.Unbond(_chain.Alice, new Amount(2)));
        Assert.Equal(new Unbonding(new Amount(3), new Height(52), new Timestamp(_chain.Genesis.TimeMs + 2_000)), Assert.Single(_chain.BondOf(_chain.Alice).Unbondings));
        _chain.StepTo(52);
        Assert.Equal(Ten - new Amount(3), _chain.Supply.Escrow);
    }

    [Fact]
    public void AValidatorKeepsTheLeastBondAndAStrangerNone()
    {
        var chain = WithLeastBond(Ten);
        chain.Step(chain.Bond(chain.ValidatorKeys[0], Ten + new Amount(5)), chain.Bond(chain.Alice, Ten));
        Assert.Equal(TransactionRejection.UnbondTooMuch, chain.OutcomeOf(chain.Unbond(chain.ValidatorKeys[0], new Amount(6))));
        Assert.Equal(TransactionRejection.None, chain.OutcomeOf(chain.Unbond(chain.ValidatorKeys[0], new Amount(5))));
        Assert.Equal(TransactionRejection.None, chain.OutcomeOf(chain.Unbond(chain.Alice, Ten)));
    }

    [Fact]
    public void SlashingTakesWhatIsBondedAndWhatIsOnItsWayBack()
    {
        _chain.Step(_chain.Bond(First, Ten));
        _chain.Step(_chain.Unbond(First, Amount.FromNtk(4)));
        var issued = _chain.Supply.Issued;
        _chain.State = Change(context => Assert.Equal(Amount.FromNtk(5), BondsModule.Slash(context, First.Address, 50)));
        Assert.Equal((Amount.FromNtk(3), Amount.FromNtk(2)), (_chain.BondOf(First).Bonded, _chain.BondOf(First).Unbondings[0].Amount));
        Assert.Equal((Amount.FromNtk(5), issued - Amount.FromNtk(5)), (_chain.Supply.Escrow, _chain.Supply.Issued));
        var balance = _chain.AccountOf(First).Balance;
        while (_chain.State.Height.Value < 12) _chain.Step(); // nobody pays: the author earns nothing besides
        Assert.Equal(balance + Amount.FromNtk(2), _chain.AccountOf(First).Balance);
        Assert.Null(SupplyModule.Audit(_chain.State));
    }

    [Fact]
    public void ASlashOfEverythingLeavesNothingToPay()
    {
        _chain.Step(_chain.Bond(First, Ten));
        _chain.Step(_chain.Unbond(First, Amount.FromNtk(4)));
        _chain.State = Change(context => Assert.Equal(Ten, BondsModule.Slash(context, First.Address, 100)));
        Assert.Equal((BondRecord.None, Amount.Zero), (_chain.BondOf(First), _chain.Supply.Escrow));
        var balance = _chain.AccountOf(First).Balance;
        _chain.StepTo(20);
        Assert.Equal(balance, _chain.AccountOf(First).Balance);
        Assert.Null(SupplyModule.Audit(_chain.State));
    }

    [Fact]
    public void AFullListOfEmptiedUnbondingsTakesInALeaversBond()
    {
        var chain = Slow();
        var leaver = chain.ValidatorKeys[0];
        chain.Step(chain.Bond(leaver, Ten));
        for (var i = 0; i < BondRecord.UnbondingsMax; i++) chain.Step(chain.Unbond(leaver, new Amount(1)));
        chain.State = LedgerChange.Of(chain, context =>
        {
            BondsModule.Slash(context, leaver.Address, 5); // rounds each unit down to nothing
            BondsModule.Leave(context, leaver.Address);
        });
        var record = chain.BondOf(leaver);
        Assert.Equal(BondRecord.UnbondingsMax, record.Unbondings.Length);
        Assert.Equal((Amount.Zero, chain.Supply.Escrow), (record.Bonded, record.Total));
        chain.StepTo(130);
        Assert.Equal((BondRecord.None, Amount.Zero), (chain.BondOf(leaver), chain.Supply.Escrow));
        Assert.Null(SupplyModule.Audit(chain.State));
    }

    [Fact]
    public void NothingStaysOfWhatWasPaid()
    {
        _chain.Step(_chain.Bond(_chain.Alice, Ten), _chain.Bond(_chain.Bob, Ten));
        _chain.Step(_chain.Unbond(_chain.Alice, Ten), _chain.Unbond(_chain.Bob, Ten));
        _chain.StepTo(30);
        var fresh = new LedgerFixture(LedgerFixture.Fast);
        fresh.StepTo(30);
        Assert.Equal(fresh.State.Records.Select(record => record.Key), _chain.State.Records.Select(record => record.Key));
    }

    internal static LedgerFixture WithLeastBond(Amount least) => new(genesis => LedgerFixture.Fast(genesis) with
    {
        Parameters = LedgerFixture.Fast(genesis).Parameters with { Validators = new ValidatorParameters { EvidenceBlocks = 10, EvidenceMs = 5_000, BondMin = least } },
    });

    private static LedgerFixture Slow() => new(genesis => LedgerFixture.Fast(genesis) with
    {
        Parameters = LedgerFixture.Fast(genesis).Parameters with { Validators = new ValidatorParameters { EvidenceBlocks = 100, EvidenceMs = 5_000 } },
    });

    private LedgerState Change(Action<BlockContext> change) => LedgerChange.Of(_chain, change);
}
