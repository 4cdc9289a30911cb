using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class SupplyTests
{
    private readonly LedgerFixture _chain = new();

    [Fact]
    public void MovesBetweenAccountsEscrowReserveAndDestructionConserve()
    {
        var state = new StateOverlay(_chain.State);
        Assert.True(SupplyModule.TryLock(state, _chain.Alice.Address, Amount.FromNtk(10)));
        SupplyModule.Release(state, _chain.Bob.Address, Amount.FromNtk(4));
        SupplyModule.BurnFromEscrow(state, Amount.FromNtk(5));
        Assert.Equal(Amount.FromNtk(7), SupplyModule.Reward(state, _chain.Bob.Address, Amount.FromNtk(7)));
        SupplyModule.CheckConservation(state);

        var supply = SupplyRecord.Get(state);
        Assert.Equal(Amount.FromNtk(1), supply.Escrow);
        Assert.Equal(Amount.FromNtk(5), supply.Burned);
        Assert.Equal(supply.GenesisTotal - Amount.FromNtk(5), supply.Issued);
        Assert.Equal(LedgerFixture.InitialBalance + Amount.FromNtk(11), AccountsModule.Get(state, _chain.Bob.Address).Balance);
    }

    [Fact]
    public void AReserveThatRunsDryPaysWhatItHas()
    {
        var state = new StateOverlay(_chain.State);
        Assert.Equal(_chain.Genesis.RewardReserve, SupplyModule.Reward(state, _chain.Bob.Address, _chain.Genesis.RewardReserve * 2));
        Assert.Equal(Amount.Zero, SupplyModule.Reward(state, _chain.Bob.Address, Amount.FromNtk(1)));
        SupplyModule.CheckConservation(state);
    }

    [Fact]
    public void ALockThatTheBalanceDoesNotReachChangesNothing()
    {
        var state = new StateOverlay(_chain.State);
        Assert.False(SupplyModule.TryLock(state, _chain.Alice.Address, LedgerFixture.InitialBalance + new Amount(1)));
        Assert.Empty(state.Changes);
    }

    [Fact]
    public void MoneyFromNowhereStopsTheNode()
    {
        var state = new StateOverlay(_chain.State);
        AccountsModule.Credit(state, _chain.Alice.Address, Amount.FromNtk(1));
        BothSidesArePrinted(state, +1);
    }

    [Fact]
    public void MoneyThatVanishesStopsTheNode()
    {
        var state = new StateOverlay(_chain.State);
        Assert.True(AccountsModule.TryDebit(state, _chain.Alice.Address, Amount.FromNtk(1)));
        BothSidesArePrinted(state, -1);
    }

    // What there is by the accounts and pots, and what there must be by what came and went.
    private void BothSidesArePrinted(StateOverlay state, int more)
    {
        var right = SupplyRecord.Get(_chain.State).Held;
        var wrong = more > 0 ? right + Amount.FromNtk(1) : right - Amount.FromNtk(1);
        var stopped = Assert.Throws<InvariantException>(() => SupplyModule.CheckConservation(state));
        Assert.Contains($" = {wrong} NTK; genesis ", stopped.Message, StringComparison.Ordinal);
        Assert.EndsWith($" = {right} NTK", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BurnedMoneyThatComesBackStopsTheNode()
    {
        var state = new StateOverlay(_chain.State);
        Assert.True(SupplyModule.TryLock(state, _chain.Alice.Address, Amount.FromNtk(1)));
        SupplyModule.BurnFromEscrow(state, Amount.FromNtk(1));
        var later = new StateOverlay(state);
        var supply = SupplyRecord.Get(later);
        later.Set(SupplyRecord.Key, (supply with { Burned = Amount.Zero, Reserve = supply.Reserve + supply.Burned }).Encode());
        Assert.Throws<InvariantException>(() => SupplyModule.CheckConservation(later));
    }

    [Fact]
    public void AllNtkTogetherStayTheGenesisTotalOverBlocks()
    {
        for (var i = 0; i < 12; i++)
            _chain.Step(_chain.Transfer(_chain.Alice, LedgerFixture.Key(60 + i).Address, Amount.FromNtk(1)), _chain.Transfer(_chain.Bob, _chain.Alice.Address, Amount.FromNtk(2)));
        var supply = SupplyRecord.Get(_chain.State);
        var held = _chain.State.Records
            .Where(record => record.Key.Bytes[0] == (byte)StateModule.Accounts)
            .Aggregate(Amount.Zero, (sum, record) => sum + Account.Decode(record.Value).Balance);
        Assert.Equal(held, supply.Balances);
        Assert.Null(SupplyModule.Audit(_chain.State));
        Assert.Equal(supply.GenesisTotal, held + supply.Reserve + supply.Escrow + supply.Treasury + supply.Burned);
    }
}
