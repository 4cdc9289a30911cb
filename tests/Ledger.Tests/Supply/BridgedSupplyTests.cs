using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>What comes over the bridge and what goes: by both modes, with both sides of the books.</summary>
public sealed class BridgedSupplyTests
{
    private static readonly Amount Reserve = Amount.FromNtk(10_000_000);

    private readonly LedgerFixture _native = new();

    private readonly LedgerFixture _bridged = new(genesis => BridgeWorld.Bridged(genesis) with { RewardReserve = Reserve });

    private Address Alice => _bridged.Alice.Address;

    [Fact]
    public void ANativeChainHasNoBridge()
    {
        var state = new StateOverlay(_native.State);
        Assert.Equal(TransactionRejection.NoBridge, SupplyModule.TryCredit(state, _native.Genesis, Alice, Amount.FromNtk(1)));
        Assert.Equal(TransactionRejection.NoBridge, SupplyModule.TryCreditReserve(state, _native.Genesis, Amount.FromNtk(1)));
        Assert.Equal(TransactionRejection.NoBridge, SupplyModule.TryWithdraw(state, _native.Genesis, _native.Alice.Address, Amount.FromNtk(1)));
        Assert.Throws<InvariantException>(() => SupplyModule.Refund(state, Alice, new Amount(1))); // nothing was ever withdrawn
        Assert.Empty(state.Changes);
    }

    /// <summary>A key whose bond is back could still stop the vault.</summary>
    [Fact]
    public void NoVoteMakesBondsShorterThanTheVaultHearsOfForks()
    {
        static TransactionRejection Check(LedgerFixture chain, ulong milliseconds)
        {
            var context = new BlockContext(chain.Genesis, chain.GenesisHash, Height.First, default, chain.State.Next.Validators, chain.State);
            return ParametersModule.Check(context, Act.Set(("validators.evidence_ms", $"{milliseconds}")).ChangeParameters);
        }

        Assert.Equal(TransactionRejection.ParameterInvalid, Check(_bridged, BridgeTimes.BondMsMin - 1));
        Assert.Equal(TransactionRejection.None, Check(_bridged, BridgeTimes.BondMsMin));
        Assert.Equal(TransactionRejection.None, Check(_native, BridgeTimes.BondMsMin - 1));
    }

    [Fact]
    public void ABridgedChainBeginsWithItsReserveOnly()
    {
        Assert.Equal((Reserve, Reserve, Amount.Zero), (_bridged.Supply.GenesisTotal, _bridged.Supply.Held, _bridged.Supply.Balances));
        Assert.Null(SupplyModule.Audit(_bridged.State));
        var refused = Assert.Throws<OperatorException>(() => new LedgerFixture(genesis => genesis with { SupplyMode = GenesisDocument.BridgedSupply }));
        Assert.Contains("allocations", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CreditsStopAtTheCapLessTheReserve()
    {
        var room = SupplyModule.Cap - Reserve;
        var state = new StateOverlay(_bridged.State);
        Assert.Equal(TransactionRejection.CreditAboveCap, Credit(state, room + new Amount(1)));
        Assert.Equal(TransactionRejection.CreditAboveCap, Credit(state, new Amount(UInt128.MaxValue)));
        Assert.Equal(TransactionRejection.AmountZero, Credit(state, Amount.Zero));
        Assert.Empty(state.Changes);
        Assert.Equal(TransactionRejection.None, Credit(state, room));
        Assert.Equal(TransactionRejection.CreditAboveCap, Credit(state, new Amount(1)));
        Assert.Equal(TransactionRejection.CreditAboveCap, SupplyModule.TryCreditReserve(state, _bridged.Genesis, new Amount(1)));
        SupplyModule.CheckConservation(state);
        Assert.Equal(SupplyModule.Cap, SupplyRecord.Get(state).Held);
    }

    [Fact]
    public void WhatIsBurnedHereMakesNoRoom()
    {
        var state = new StateOverlay(_bridged.State);
        Assert.Equal(TransactionRejection.None, Credit(state, SupplyModule.Cap - Reserve));
        Assert.True(SupplyModule.TryBurn(state, Alice, Amount.FromNtk(5)));
        Assert.Equal(TransactionRejection.CreditAboveCap, Credit(state, new Amount(1))); // it is still locked on the other side
        SupplyModule.CheckConservation(state);
    }

    [Fact]
    public void ACreditOfTheReserveIsNobodys()
    {
        var state = new StateOverlay(_bridged.State);
        Assert.Equal(TransactionRejection.None, SupplyModule.TryCreditReserve(state, _bridged.Genesis, Amount.FromNtk(3)));
        SupplyModule.CheckConservation(state);
        Assert.Equal((Reserve + Amount.FromNtk(3), Amount.Zero), (SupplyRecord.Get(state).Reserve, SupplyRecord.Get(state).Balances));
    }

    [Fact]
    public void NoMoreLeavesThanCame()
    {
        var state = new StateOverlay(_bridged.State);
        Assert.Equal(TransactionRejection.None, Credit(state, Amount.FromNtk(10)));
        SupplyModule.Reward(state, Alice, Amount.FromNtk(5)); // of the reserve, which the vault never had
        Assert.Equal(TransactionRejection.AmountZero, Withdraw(state, Amount.Zero));
        Assert.Equal(TransactionRejection.WithdrawalAboveCredited, Withdraw(state, Amount.FromNtk(11)));
        Assert.Equal(TransactionRejection.WithdrawalAboveCredited, Withdraw(state, new Amount(UInt128.MaxValue)));
        Assert.Equal(TransactionRejection.BalanceTooLow, SupplyModule.TryWithdraw(state, _bridged.Genesis, _bridged.Bob.Address, Amount.FromNtk(1)));
        Assert.Equal(TransactionRejection.None, Withdraw(state, Amount.FromNtk(10)));
        Assert.Equal(TransactionRejection.WithdrawalAboveCredited, Withdraw(state, new Amount(1)));
        SupplyModule.CheckConservation(state);
        Assert.Equal(Amount.FromNtk(5), AccountsModule.Get(state, Alice).Balance);
    }

    [Fact]
    public void AWithdrawalMakesRoomAndItsRefundTakesIt()
    {
        var state = new StateOverlay(_bridged.State);
        var room = SupplyModule.Cap - Reserve;
        Assert.Equal(TransactionRejection.None, Credit(state, room));
        Assert.Equal(TransactionRejection.None, Withdraw(state, Amount.FromNtk(10)));
        SupplyModule.Refund(state, Alice, Amount.FromNtk(4));
        Assert.Throws<InvariantException>(() => SupplyModule.Refund(state, Alice, Amount.FromNtk(7)));
        Assert.Equal(TransactionRejection.CreditAboveCap, Credit(state, Amount.FromNtk(6) + new Amount(1)));
        Assert.Equal(TransactionRejection.None, Credit(state, Amount.FromNtk(6)));
        SupplyModule.CheckConservation(state);
        var supply = SupplyRecord.Get(state);
        Assert.Equal((SupplyModule.Cap, Amount.FromNtk(10), Amount.FromNtk(4)), (supply.Issued, supply.Withdrawn, supply.Refunded));
    }

    [Fact]
    public void RefundsCanLeaveAgain()
    {
        var state = new StateOverlay(_bridged.State);
        Assert.Equal(TransactionRejection.None, Credit(state, Amount.FromNtk(10)));
        Assert.Equal(TransactionRejection.None, Withdraw(state, Amount.FromNtk(10)));
        SupplyModule.Refund(state, Alice, Amount.FromNtk(10));
        Assert.Equal(TransactionRejection.None, Withdraw(state, Amount.FromNtk(10)));
        Assert.Equal(TransactionRejection.WithdrawalAboveCredited, Withdraw(state, new Amount(1)));
        SupplyModule.CheckConservation(state);
    }

    [Theory]
    [InlineData("credited")]
    [InlineData("withdrawn")]
    [InlineData("genesis")]
    [InlineData("above the cap")]
    public void BooksThatGoBackStopTheNode(string what)
    {
        var state = new StateOverlay(_bridged.State);
        Credit(state, Amount.FromNtk(10));
        Withdraw(state, Amount.FromNtk(2));
        var later = new StateOverlay(state);
        var supply = SupplyRecord.Get(later);
        var one = Amount.FromNtk(1);
        var bad = what switch
        {
            "credited" => supply with { Credited = supply.Credited - one, Reserve = supply.Reserve - one },
            "withdrawn" => supply with { Withdrawn = supply.Withdrawn - one, Reserve = supply.Reserve + one },
            "genesis" => supply with { GenesisTotal = supply.GenesisTotal + one, Reserve = supply.Reserve + one },
            _ => supply with { Credited = supply.Credited + SupplyModule.Cap, Reserve = supply.Reserve + SupplyModule.Cap },
        };
        later.Set(SupplyRecord.Key, bad.Encode());
        Assert.Throws<InvariantException>(() => SupplyModule.CheckConservation(later));
    }

    [Fact]
    public void AnAuditCountsEveryAccount()
    {
        Assert.Null(SupplyModule.Audit(_native.State));
        var more = _native.State.With(state => AccountsModule.Credit(state, Alice, new Amount(1)));
        Assert.Contains("the accounts hold", SupplyModule.Audit(more), StringComparison.Ordinal);
        var moved = _native.State.With(state =>
        {
            AccountsModule.Credit(state, Alice, new Amount(1));
            var supply = SupplyRecord.Get(state);
            state.Set(SupplyRecord.Key, (supply with { Balances = supply.Balances + new Amount(1) }).Encode());
        });
        Assert.Contains("genesis", SupplyModule.Audit(moved), StringComparison.Ordinal);
    }

    [Fact]
    public void ABridgedChainRunsOnWhatWasCredited()
    {
        _bridged.State = LedgerChange.Of(_bridged, context =>
        {
            Assert.Equal(TransactionRejection.None, SupplyModule.TryCredit(context.State, _bridged.Genesis, Alice, Amount.FromNtk(10)));
            BridgeStatus.Change(context.State, status => status with { Locked = Amount.FromNtk(10) }); // a credit without a lock stops the node
        });
        Assert.Equal(Amount.FromNtk(10), _bridged.Supply.Balances);
        _bridged.Step(_bridged.Transfer(_bridged.Alice, _bridged.Bob.Address, Amount.FromNtk(2)));
        Assert.Null(SupplyModule.Audit(_bridged.State));
    }

    private TransactionRejection Credit(StateOverlay state, Amount amount) => SupplyModule.TryCredit(state, _bridged.Genesis, Alice, amount);

    private TransactionRejection Withdraw(StateOverlay state, Amount amount) => SupplyModule.TryWithdraw(state, _bridged.Genesis, Alice, amount);
}
