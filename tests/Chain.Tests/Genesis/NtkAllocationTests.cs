using NeuroChain.Chain;

namespace NeuroChain.Chain.Tests;

public sealed class NtkAllocationTests
{
    private static readonly NtkHolders Holders = new(At(1), At(2), At(3), At(4), At(5));

    private static readonly GenesisDocument Bare = new() { ChainName = "ntk", TimeMs = 1, Validators = [new GenesisValidator(At(9), At(10), 1)] };

    [Fact]
    public void TheWholeCapIsHandedOutAsThePapersSay()
    {
        var genesis = GenesisDocument.Parse(NtkAllocation.Apply(Bare, Holders, Amount.FromNtk(10_000_000)).ToJson());
        Assert.Equal(Amount.FromNtk(10_000_000), genesis.RewardReserve);
        Assert.Equal(
            [(At(1), 50_000_000UL), (At(2), 12_000_000UL), (At(3), 12_000_000UL), (At(4), 10_000_000UL), (At(5), 6_000_000UL)],
            genesis.Allocations.Select(a => (a.Address, (ulong)(a.Amount.Units / Amount.UnitsPerNtk))));
        Assert.Equal(Amount.FromNtk(NtkAllocation.CapNtk), genesis.Allocations.Aggregate(genesis.RewardReserve, (sum, a) => sum + a.Amount));
    }

    [Fact]
    public void AReserveThatTakesTheWholeSaleLeavesNoSale()
    {
        var genesis = NtkAllocation.Apply(Bare, Holders, Amount.FromNtk(60_000_000));
        Assert.DoesNotContain(genesis.Allocations, allocation => allocation.Address == At(1));
    }

    [Fact]
    public void WhatStayedUnsoldNeverComesIntoBeing()
    {
        var genesis = NtkAllocation.Apply(Bare, Holders, Amount.FromNtk(10_000_000), Amount.FromNtk(20_000_000));
        Assert.Equal(Amount.FromNtk(20_000_000), genesis.Allocations.Single(allocation => allocation.Address == At(1)).Amount);
        Assert.Equal(Amount.FromNtk(70_000_000), genesis.Allocations.Aggregate(genesis.RewardReserve, (sum, a) => sum + a.Amount));
        Assert.DoesNotContain(NtkAllocation.Apply(Bare, Holders, Amount.Zero, Amount.Zero).Allocations, allocation => allocation.Address == At(1));
        Assert.Throws<OperatorException>(() => NtkAllocation.Apply(Bare, Holders, Amount.FromNtk(10_000_000), Amount.FromNtk(50_000_001)));
    }

    [Fact]
    public void MoreThanTheSaleCannotBeCarvedOut() =>
        Assert.Throws<OperatorException>(() => NtkAllocation.Apply(Bare, Holders, Amount.FromNtk(60_000_000) + new Amount(1)));

    [Fact]
    public void TwoHoldersAreTwoAddresses() =>
        Assert.Throws<OperatorException>(() => NtkAllocation.Apply(Bare, Holders with { Team = At(1) }, Amount.Zero));

    private static Address At(byte number) => Address.FromBytes([.. new byte[19], number]);
}
