using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Claims that count: what they do in both modes, up to when, in which order, and what pays for them.</summary>
public sealed class ClaimTests
{
    private static readonly PrivateKey Holder = ClaimsWorld.Keys[10];

    private static readonly Address Recipient = LedgerFixture.Key(4_444).Address;

    [Theory]
    [InlineData(ClaimForm.Typed)]
    [InlineData(ClaimForm.Text)]
    public void AClaimMakesItsNtkForTheAccountThatItNames(ClaimForm form)
    {
        var world = ClaimsWorld.Exclusive();
        var result = world.Chain.Step(world.Claim(Holder, Recipient, form));
        var amount = ClaimsWorld.AmountOf(Holder);
        Assert.Equal(amount, AccountsModule.Get(world.Chain.State, Recipient).Balance);
        Assert.Equal(Amount.Zero, world.Chain.AccountOf(Holder).Balance);
        Assert.Equal((amount, 1UL, Amount.Zero), (world.Status.Claimed, world.Status.Leaves, world.Status.Pot));
        Assert.Equal((amount, Amount.FromNtk(1_000) + amount), (world.Chain.Supply.Credited, world.Chain.Supply.Held));
        Assert.Equal(new ClaimRecord(Recipient, world.Chain.State.Height), ClaimRecord.Get(world.Chain.State, Holder.Address));
        Assert.Equal(amount.ToString(), LedgerFixture.Attribute(result, "claims.claimed", "amount"));
        Assert.Null(SupplyModule.Audit(world.Chain.State));
    }

    /// <summary>The one flag that lets claims make NTK leaves no way over a bridge: no lock can bring the same tokens again.</summary>
    [Fact]
    public void AChainOfClaimsHasNoVault()
    {
        var world = ClaimsWorld.Exclusive();
        var state = new StateOverlay(world.Chain.State);
        Assert.Equal(TransactionRejection.NoBridge, SupplyModule.TryCredit(state, world.Chain.Genesis, Recipient, Amount.FromNtk(1)));
        Assert.Equal(TransactionRejection.NoBridge, SupplyModule.TryCreditEscrow(state, world.Chain.Genesis, Amount.FromNtk(1)));
        Assert.Equal(TransactionRejection.NoBridge, SupplyModule.TryWithdraw(state, world.Chain.Genesis, Recipient, Amount.FromNtk(1)));
        Assert.Throws<InvariantException>(() => SupplyModule.MintClaim(state, new LedgerFixture().Genesis, Recipient, Amount.FromNtk(1)));
        Assert.Empty(state.Changes);
    }

    [Fact]
    public void AllLeavesTogetherAreTheTotal()
    {
        var world = ClaimsWorld.Exclusive();
        foreach (var some in ClaimsWorld.Keys.Chunk(7)) world.Chain.Step([.. some.Select(holder => world.Claim(holder))]);
        Assert.Equal((ClaimsWorld.Total, (ulong)ClaimsWorld.Keys.Count), (world.Status.Claimed, world.Status.Leaves));
        Assert.Equal(ClaimsWorld.Total, world.Chain.Supply.Balances);
        world.Chain.Step(world.Chain.Transfer(Holder, Recipient, Amount.FromNtk(1))); // and they are as good as others
        Assert.Null(SupplyModule.Audit(world.Chain.State));
    }

    [Fact]
    public void AClaimCountsInItsLastSecondAndAtTheLastHeight()
    {
        var world = ClaimsWorld.Exclusive();
        var now = world.Chain.State.Time.Milliseconds / 1_000;
        Assert.Equal(TransactionRejection.None, world.Chain.OutcomeOf(world.Send(world.ClaimOf(Holder) with { ValidUntil = now }, Holder)));
        Assert.Equal(TransactionRejection.ClaimExpired, world.Chain.OutcomeOf(world.Send(world.ClaimOf(Holder) with { ValidUntil = now - 1 }, Holder)));
        world.Chain.State = world.Chain.State.With(state => (ClaimsStatus.Get(state)!.Value with { ClosingHeight = world.Chain.State.Height.Next() }).Store(state));
        Assert.Equal(TransactionRejection.None, world.Chain.OutcomeOf(world.Claim(Holder)));
        world.Close();
        Assert.Equal(TransactionRejection.ClaimsClosed, world.Chain.OutcomeOf(world.Claim(Holder)));
    }

    [Fact]
    public void AVoteLetsLateClaimsIn()
    {
        var world = ClaimsWorld.Exclusive();
        world.Chain.Step();
        world.Close();
        var late = world.Claim(Holder);
        Assert.Equal(TransactionRejection.ClaimsClosed, world.Chain.OutcomeOf(late));
        Assert.Equal(TransactionRejection.ClosingNotLater, world.Chain.OutcomeOf(world.Chain.Propose(world.Chain.ValidatorKeys[0], world.Extend(world.Chain.State.Height.Value))));
        var carried = world.Chain.Carry(world.Extend(500));
        Assert.Equal("500", LedgerFixture.Attribute(carried, "claims.extended", "closing_height"));
        world.Chain.Step(late);
        Assert.Equal(ClaimsWorld.AmountOf(Holder), world.Status.Claimed);
    }

    [Fact]
    public void WhereThereIsAVaultALockFillsThePotAndClaimsArePaidFromIt()
    {
        var (world, bridge) = ClaimsWorld.Sponsored();
        bridge.Ethereum.Lock(LedgerFixture.Key(66).Address, ClaimsPot.Recipient, Amount.FromNtk(100));
        var funded = bridge.Bring();
        Assert.Equal("100", LedgerFixture.Attribute(funded, "claims.funded", "amount"));
        Assert.Equal((Amount.FromNtk(100), Amount.FromNtk(100)), (world.Status.Pot, world.Chain.Supply.Escrow));

        var amount = ClaimsWorld.AmountOf(Holder);
        world.Chain.Step(world.Claim(Holder, Recipient));
        Assert.Equal((amount, Amount.FromNtk(100) - amount), (world.Status.Claimed, world.Status.Pot));
        Assert.Equal((Amount.FromNtk(100), amount, world.Status.Pot), (world.Chain.Supply.Held, world.Chain.Supply.Balances, world.Chain.Supply.Escrow));
        // 29 NTK are left for a claim of 78, and of 29.
        Assert.Equal(TransactionRejection.ClaimAbovePot, world.Chain.OutcomeOf(world.Claim(ClaimsWorld.Keys[11])));
        Assert.Equal(TransactionRejection.None, world.Chain.OutcomeOf(world.Claim(ClaimsWorld.Keys[4])));
        Assert.Null(SupplyModule.Audit(world.Chain.State));
    }

    [Fact]
    public void ThePotTakesNoMoreThanIsToBeClaimed()
    {
        var (world, bridge) = ClaimsWorld.Sponsored();
        for (var left = ClaimsWorld.Total + Amount.FromNtk(30); !left.IsZero;)
        {
            var part = Amount.Min(left, Amount.FromNtk(900));
            bridge.Ethereum.Lock(LedgerFixture.Key(66).Address, ClaimsPot.Recipient, part);
            left -= part;
            bridge.Bring();
            bridge.Wait(200_000);
            world.Chain.Step();
        }

        Assert.Equal((ClaimsWorld.Total, Amount.FromNtk(30)), (world.Status.Pot, world.Chain.Supply.Quarantine));
        foreach (var some in ClaimsWorld.Keys.Chunk(9)) world.Chain.Step([.. some.Select(holder => world.Claim(holder))]);
        Assert.Equal((Amount.Zero, ClaimsWorld.Total), (world.Status.Pot, world.Chain.Supply.Balances));
    }

    [Fact]
    public void WithoutASnapshotALockForThePotIsInQuarantine()
    {
        var bridge = new BridgeWorld();
        bridge.Ethereum.Lock(LedgerFixture.Key(66).Address, ClaimsPot.Recipient, Amount.FromNtk(5));
        bridge.Bring();
        Assert.Equal((Amount.FromNtk(5), Amount.Zero), (bridge.Chain.Supply.Quarantine, bridge.Chain.Supply.Escrow));
    }

    [Fact]
    public void AMempoolHasOneClaimOfAHolderAndNoMoreOnceItIsInABlock()
    {
        var world = ClaimsWorld.Exclusive();
        var mempool = new Mempool(new MempoolOptions { ClaimsMax = 2 });
        var (first, second, third) = (world.Claim(Holder), world.Claim(ClaimsWorld.Keys[1]), world.Claim(ClaimsWorld.Keys[2]));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(first, world.Chain.State));
        Assert.Equal(MempoolRejection.AlreadyKnown, mempool.TryAdd(world.Claim(Holder, Recipient), world.Chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(second, world.Chain.State));
        Assert.Equal(MempoolRejection.Full, mempool.TryAdd(third, world.Chain.State));
        Assert.Equal([first, second], mempool.Candidates(world.Chain.State));

        var result = world.Chain.Step(first);
        mempool.OnBlock(world.Chain.State, [first], result.Changes.Select(change => change.Key));
        Assert.Equal([second], mempool.Candidates(world.Chain.State));
        Assert.False(mempool.Contains(first.Hash));
        Assert.Equal(MempoolRejection.ClaimRefused, mempool.TryAdd(world.Claim(Holder, Recipient), world.Chain.State));

        world.Close();
        mempool.OnBlock(world.Chain.State, []);
        Assert.Equal(0, mempool.Count);
    }

    /// <summary>A rush of claims keeps neither validators nor payments out of blocks, and is not kept out itself.</summary>
    [Fact]
    public void ClaimsAreTheLastOfTheBridgesLane()
    {
        var world = ClaimsWorld.Exclusive(genesis => genesis with { Parameters = genesis.Parameters with { Fees = new FeeParameters { BlockCostMax = 100_000 } } });
        world.Chain.Step([.. ClaimsWorld.Keys.Take(20).Select(holder => world.Claim(holder))]);
        var mempool = new Mempool();
        foreach (var holder in ClaimsWorld.Keys.Skip(20)) Assert.Equal(MempoolRejection.None, mempool.TryAdd(world.Claim(holder), world.Chain.State));
        foreach (var holder in ClaimsWorld.Keys.Skip(5).Take(10)) Assert.Equal(MempoolRejection.None, mempool.TryAdd(world.Chain.Transfer(holder, Recipient, new Amount(1)), world.Chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(world.Chain.Propose(world.Chain.ValidatorKeys[0], world.Extend(GenesisClaims.ClosingHeightMin + 1)), world.Chain.State));
        var lanes = mempool.Candidates(world.Chain.State).Select(Lanes.Of).ToList();
        Assert.Equal([Lane.Protocol, .. Enumerable.Repeat(Lane.Bridge, 20), .. Enumerable.Repeat(Lane.Normal, 10)], lanes);
        Assert.Equal(31, world.Chain.Build([.. mempool.Candidates(world.Chain.State)]).Transactions.Length);
    }
}
