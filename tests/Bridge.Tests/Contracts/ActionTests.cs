using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class ActionTests(VaultFixture fixture) : VaultTest(fixture)
{
    private const ulong RaiseDelay = VaultWorld.LoosenDelay;

    [Fact]
    public async Task AnOrderIsCarriedOutOnceAndInTime()
    {
        var deadline = await Ethereum.TimeAsync() + 100_000;
        var action = BridgeAction.SetGuardian(World.NextActionId(), World.Bob, true, deadline);
        await World.ActAsync(action);
        Assert.Equal("ActionAlreadyDone", await World.RefusalAsync(World.ActCall(action)));

        var late = World.ActCall(BridgeAction.SetGuardian(World.NextActionId(), World.Bob, false, deadline));
        await Ethereum.WarpToAsync(deadline + 1);
        Assert.Equal("Expired", await World.RefusalAsync(late));
        await Vault.SendAsync(World.Bob, "pause", AbiValue.Number(1));
    }

    [Fact]
    public async Task OrdersAreProvenLikeWithdrawals()
    {
        var action = BridgeAction.SetGuardian(World.NextActionId(), World.Bob, true, VaultWorld.Far);
        var index = Chain.Leaves.Append(BridgeLeaf.Action(World.VaultAddress, action));
        var proof = Chain.Leaves.Prove(index);

        Assert.Equal("NoQuorum", await World.RefusalAsync(VaultCalls.Act(Chain.Certify(signers: [0, 1]), action, proof)));
        Assert.Equal("EmptyRoot", await World.RefusalAsync(VaultCalls.Act(Chain.Certify(bridgeRoot: Hash256.Zero), action, proof)));
        BridgeAction[] changed =
        [
            action with { ActionId = Words.Of(1) },
            action with { Kind = BridgeActionKind.Retire },
            action with { DeadlineSeconds = VaultWorld.Far + 1 },
            action with { Arguments = action.Arguments.SetItem(31, 1) },
        ];
        foreach (var other in changed) Assert.Equal("WrongPath", await World.RefusalAsync(VaultCalls.Act(Chain.Certify(), other, proof)));
        foreach (var other in new[] { World.VaultAddress with { Address = World.Bob }, World.VaultAddress with { EthereumChainId = 1 } })
        {
            var foreign = Chain.Leaves.Append(BridgeLeaf.Action(other, action));
            Assert.Equal("WrongPath", await World.RefusalAsync(VaultCalls.Act(Chain.Certify(), action, Chain.Leaves.Prove(foreign))));
        }
    }

    [Fact]
    public async Task AWithdrawalIsNoOrderAndAnOrderNoWithdrawal()
    {
        await World.LockAsync(1000);
        // The members of both have the same forms: only the type hash keeps them apart.
        var release = World.Burn(1);
        var asAction = new BridgeAction(release.Withdrawal.BurnId, (BridgeActionKind)1, [], release.Withdrawal.DeadlineSeconds);
        Assert.Equal("WrongPath", await World.RefusalAsync(VaultCalls.Act(Chain.Certify(), asAction, Chain.Leaves.Prove(release.Index))));

        var action = BridgeAction.Retire(World.NextActionId(), Vault.Address, VaultWorld.Far);
        var index = Chain.Leaves.Append(BridgeLeaf.Action(World.VaultAddress, action));
        var asRelease = new BridgeWithdrawal(action.ActionId, World.Bob, Amount.FromNtk(1), VaultWorld.Far);
        Assert.Equal("WrongPath", await World.RefusalAsync(VaultCalls.Release(Chain.Certify(), asRelease, Chain.Leaves.Prove(index))));
    }

    [Fact]
    public async Task UnknownKindsAndShortArgumentsAreRefused()
    {
        foreach (var kind in new byte[] { 0, 7, 255 })
            Assert.Equal("UnknownAction", await World.RefusalAsync(World.ActCall(new BridgeAction(World.NextActionId(), (BridgeActionKind)kind, [], VaultWorld.Far))));
        for (byte kind = 1; kind <= 6; kind++)
            Assert.Equal("BadArguments", await World.RefusalAsync(World.ActCall(new BridgeAction(World.NextActionId(), (BridgeActionKind)kind, [1, 2, 3], VaultWorld.Far))));
    }

    [Theory]
    [InlineData(1, "IsPaused", KnownErrors.None)]
    [InlineData(2, KnownErrors.None, "IsPaused")]
    [InlineData(3, "IsPaused", "IsPaused")]
    public async Task AGuardianStopsLocksOrReleasesOrBoth(byte what, string lockRefusal, string releaseRefusal)
    {
        await World.LockAsync(1000);
        await World.PauseAsync(what);
        var release = World.Burn(1);
        Assert.Equal(lockRefusal, await Vault.RefusalAsync(World.Alice, World.LockCall(1)));
        Assert.Equal(releaseRefusal, await World.RefusalAsync(World.ReleaseCall(release)));

        await World.UnpauseAsync(1);
        await World.LockAsync(1);
        await World.ReleaseAsync(release);
    }

    [Fact]
    public async Task AnOldOrderDoesNotEndALaterPause()
    {
        await World.PauseAsync(1);
        var first = World.ActCall(BridgeAction.Unpause(World.NextActionId(), 1, VaultWorld.Far));
        await World.PauseAsync(2);
        Assert.Equal("StalePauseCount", await World.RefusalAsync(first));
        await World.UnpauseAsync(2);
        var slots = await VaultSlots.ReadAsync(Vault);
        Assert.Equal((VaultFlags.None, 2u), (slots.Flags, slots.PauseCount));
    }

    /// <summary>A quorum that turned cannot undo a pause in the transaction that pays it: a guardian has a day for the next one.</summary>
    [Fact]
    public async Task APauseEndsADayAfterTheOrderUnlessAnotherCame()
    {
        await World.LockAsync(1000);
        Assert.Equal("NothingPending", await World.RefusalAsync(World.ActCall(BridgeAction.Unpause(World.NextActionId(), 0, VaultWorld.Far))));
        await World.PauseAsync(3);
        Assert.Equal("NothingPending", await World.RefusalAsync(Vault.Artifact.Call("completeUnpause")));
        await World.ActAsync(BridgeAction.Unpause(World.NextActionId(), 1, VaultWorld.Far));
        var due = await Ethereum.TimeAsync() + VaultWorld.UnpauseDelay;
        Assert.Equal((UInt128)due, Words.Field(await Vault.SlotAsync(6), 12, 5));
        Assert.Equal("TooEarly", await World.RefusalAsync(Vault.Artifact.Call("completeUnpause")));

        await World.PauseAsync(1); // it takes the order's effect away
        await Ethereum.WarpToAsync(due);
        Assert.Equal("NothingPending", await World.RefusalAsync(Vault.Artifact.Call("completeUnpause")));
        Assert.Equal("IsPaused", await World.RefusalAsync(World.ReleaseCall(World.Burn(1))));

        await World.ActAsync(BridgeAction.Unpause(World.NextActionId(), 2, VaultWorld.Far));
        due = await Ethereum.TimeAsync() + VaultWorld.UnpauseDelay;
        await Ethereum.WarpToAsync(due - 2);
        await World.ActAsync(BridgeAction.Unpause(World.NextActionId(), 2, VaultWorld.Far)); // a second order puts nothing off
        Assert.Equal("TooEarly", await World.RefusalAsync(Vault.Artifact.Call("completeUnpause")));
        await Ethereum.WarpToAsync(due);
        await Vault.SendAsync(World.Stranger, "completeUnpause");
        await World.ReleaseAsync(World.Burn(1));
    }

    /// <summary>Orders that were given in one order are carried out in it, or the later ones alone.</summary>
    [Fact]
    public async Task AnEarlierOrderIsNotCarriedOutAfterALaterOne()
    {
        var (first, second) = (World.ActCall(Limits(400_000, 5, 1)), World.ActCall(Limits(300_000, 5, 1)));
        await Vault.SendAsync(World.Stranger, second);
        Assert.Equal("StaleOrder", await World.RefusalAsync(first));
        Assert.Equal(Ntk(300_000), (await VaultSlots.ReadAsync(Vault)).Capacity);

        var (token, vault) = (World.Token.Address, Vault.Address);
        var (toToken, toVault) = (World.ActCall(BridgeAction.Retire(World.NextActionId(), token, VaultWorld.Far)), World.ActCall(BridgeAction.Retire(World.NextActionId(), vault, VaultWorld.Far)));
        await Vault.SendAsync(World.Stranger, toVault);
        Assert.Equal("StaleOrder", await World.RefusalAsync(toToken));

        var (come, go) = (World.ActCall(Guard(World.Bob, true)), World.ActCall(Guard(World.Bob, false)));
        await Vault.SendAsync(World.Stranger, go);
        Assert.Equal("StaleOrder", await World.RefusalAsync(come));
        Assert.Equal("NotGuardian", await Vault.RefusalAsync(World.Bob, "pause", AbiValue.Number(1)));
        await World.ActAsync(Guard(World.Bob, true)); // a later one again
        await Vault.SendAsync(World.Bob, "pause", AbiValue.Number(1));
    }

    [Fact]
    public async Task InTheirOrderAllAreCarriedOut()
    {
        var calls = new[] { Limits(400_000, 5, 1), Guard(World.Bob, true), Limits(300_000, 5, 1), Guard(World.Bob, false), Limits(200_000, 5, 1) }.Select(World.ActCall).ToArray();
        foreach (var call in calls) await Vault.SendAsync(World.Stranger, call);
        Assert.Equal(Ntk(200_000), (await VaultSlots.ReadAsync(Vault)).Capacity);
    }

    /// <summary>An order that cannot be carried out, and one that nobody brings, hold no other up; and other subjects have an order of their own.</summary>
    [Fact]
    public async Task NoOrderWaitsForAnother()
    {
        var limits = World.ActCall(Limits(400_000, 5, 1));
        var guardian = World.ActCall(Guard(World.Bob, true));
        var other = World.ActCall(Guard(World.Alice, true));
        Assert.Equal("AboveSurplus", await World.RefusalAsync(World.ActCall(Rescue(World.Token.Address, 50))));
        Assert.Equal("BadLimits", await World.RefusalAsync(World.ActCall(Limits(0, 5, 1))));
        foreach (var call in new[] { other, guardian, limits }) await Vault.SendAsync(World.Stranger, call);
        Assert.Equal(Ntk(400_000), (await VaultSlots.ReadAsync(Vault)).Capacity);

        // Payments out of what was mis-sent are each for itself.
        var rescues = new[] { Rescue(World.Token.Address, 20), Rescue(World.Token.Address, 30) }.Select(World.ActCall).ToArray();
        await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(Vault.Address), AbiValue.Amount(Amount.FromNtk(50)));
        await Vault.SendAsync(World.Stranger, rescues[1]);
        await Vault.SendAsync(World.Stranger, rescues[0]);
        Assert.Equal(Amount.FromNtk(50), await World.BalanceAsync(World.Bob));
    }

    [Fact]
    public async Task AGuardianComesAtOnceAndGoesAfterTwoDays()
    {
        await World.ActAsync(Guard(World.Bob, true));
        await World.ActAsync(Guard(World.Bob, false));
        var gone = await Ethereum.TimeAsync() + VaultWorld.LoosenDelay;
        Assert.Equal(Words.Of(gone), await Ethereum.SlotAsync(Vault.Address, Words.Entry(Words.Of(World.Bob), 12)));
        await Ethereum.WarpByAsync(3600);
        await World.ActAsync(Guard(World.Bob, false)); // said twice, it is not later
        Assert.Equal(Words.Of(gone), await Ethereum.SlotAsync(Vault.Address, Words.Entry(Words.Of(World.Bob), 12)));

        await Ethereum.SetNextTimeAsync(gone - 1);
        await Vault.SendAsync(World.Bob, "pause", AbiValue.Number(1));
        await Ethereum.WarpToAsync(gone);
        Assert.Equal("NotGuardian", await Vault.RefusalAsync(World.Bob, "pause", AbiValue.Number(1)));
        await World.ActAsync(Guard(World.Alice, false)); // who is none stays none
        Assert.Equal("NotGuardian", await Vault.RefusalAsync(World.Alice, "pause", AbiValue.Number(1)));
    }

    [Fact]
    public async Task NobodyElsePausesAndNothingElseIsPaused()
    {
        Assert.Equal("NotGuardian", await Vault.RefusalAsync(World.Alice, "pause", AbiValue.Number(1)));
        Assert.Equal("BadPause", await Vault.RefusalAsync(World.Guardian, "pause", AbiValue.Number(0)));
        Assert.Equal("BadPause", await Vault.RefusalAsync(World.Guardian, "pause", AbiValue.Number(4)));
        Assert.Equal("BadGuardian", await World.RefusalAsync(World.ActCall(BridgeAction.SetGuardian(World.NextActionId(), Address.Zero, true, VaultWorld.Far))));
    }

    [Fact]
    public async Task LowerLimitsHoldAtOnceAndHigherOnesAfterTwoDays()
    {
        await World.ActAsync(Limits(400_000, 9, 7));
        var slots = await VaultSlots.ReadAsync(Vault);
        Assert.Equal((Ntk(400_000), Ntk(5), Ntk(7)), (slots.Capacity, slots.PerSecond, slots.MinLock));
        var ordered = await Ethereum.TimeAsync();

        Assert.Equal("TooEarly", await World.RefusalAsync(Vault.Artifact.Call("applyLimits")));
        await Ethereum.SetNextTimeAsync(ordered + RaiseDelay);
        await Vault.SendAsync(World.Stranger, "applyLimits");
        slots = await VaultSlots.ReadAsync(Vault);
        Assert.Equal((Ntk(400_000), Ntk(9), Ntk(7)), (slots.Capacity, slots.PerSecond, slots.MinLock));
        Assert.Equal("NothingPending", await World.RefusalAsync(Vault.Artifact.Call("applyLimits")));
    }

    [Fact]
    public async Task ANewOrderReplacesAPendingRaise()
    {
        await World.ActAsync(Limits(900_000, 5, 1));
        await World.ActAsync(Limits(300_000, 5, 1));
        Assert.Equal("NothingPending", await World.RefusalAsync(Vault.Artifact.Call("applyLimits")));
        Assert.Equal(Ntk(300_000), (await VaultSlots.ReadAsync(Vault)).Capacity);
    }

    [Fact]
    public async Task ALowerCapacityCutsTheLevelAndAHigherOneDoesNotFillIt()
    {
        await World.LockAsync(900_000);
        await World.ActAsync(Limits(100_000, 1, 1));
        Assert.Equal("LimitReached", await World.RefusalAsync(World.ReleaseCall(World.Burn(100_001))));
        await World.ActAsync(Limits(500_000, 1, 1));
        await Ethereum.WarpByAsync(RaiseDelay);
        await Vault.SendAsync(World.Stranger, "applyLimits");
        Assert.Equal("LimitReached", await World.RefusalAsync(World.ReleaseCall(World.Burn(101_000))));
    }

    [Fact]
    public async Task LimitsThatStopTheVaultOrNeverBindAreRefused()
    {
        foreach (var (capacity, perSecond, minimum) in new[] { (0UL, 1UL, 1UL), (100_000_001UL, 1UL, 1UL), (1UL, 100_000_001UL, 1UL), (1UL, 1UL, 0UL), (1UL, 1UL, 100_000_001UL) })
        {
            Assert.Equal("BadLimits", await World.RefusalAsync(World.ActCall(Limits(capacity, perSecond, minimum))));
            var config = World.Config with { Capacity = Amount.FromNtk(capacity), PerSecond = Amount.FromNtk(perSecond), MinLock = Amount.FromNtk(minimum) };
            Assert.Equal("BadLimits", await World.RefusalAsync(config));
        }
    }

    [Fact]
    public async Task MisSentTokensAreRescuedAndLockedOnesAreNot()
    {
        await World.LockAsync(1000);
        await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(Vault.Address), AbiValue.Amount(Amount.FromNtk(50)));
        Assert.Equal("AboveSurplus", await World.RefusalAsync(World.ActCall(Rescue(World.Token.Address, 51))));
        await World.ActAsync(Rescue(World.Token.Address, 50));
        Assert.Equal(Amount.FromNtk(50), await World.BalanceAsync(World.Bob));
        Assert.Equal("AboveSurplus", await World.RefusalAsync(World.ActCall(BridgeAction.Rescue(World.NextActionId(), World.Token.Address, World.Bob, new Amount(1), VaultWorld.Far))));

        var other = await Contract.DeployAsync(Ethereum, World.Owner, "test/RichToken");
        await other.SendAsync(World.Owner, "mint", AbiValue.Address(Vault.Address), AbiValue.Amount(Amount.FromNtk(7)));
        await World.ActAsync(Rescue(other.Address, 7));
        Assert.Equal(Ntk(7), await other.NumberAsync("balanceOf", AbiValue.Address(World.Bob)));
        Assert.Equal("BadTarget", await World.RefusalAsync(World.ActCall(BridgeAction.Rescue(World.NextActionId(), other.Address, Vault.Address, Amount.Zero, VaultWorld.Far))));
    }

    private static UInt128 Ntk(ulong ntk) => Amount.FromNtk(ntk).Units;

    private BridgeAction Guard(Address account, bool isGuardian) => BridgeAction.SetGuardian(World.NextActionId(), account, isGuardian, VaultWorld.Far);

    private BridgeAction Limits(ulong capacity, ulong perSecond, ulong minimum) => BridgeAction.SetLimits(
        World.NextActionId(), Amount.FromNtk(capacity), Amount.FromNtk(perSecond), Amount.FromNtk(minimum), VaultWorld.Far);

    private BridgeAction Rescue(Address token, ulong ntk) =>
        BridgeAction.Rescue(World.NextActionId(), token, World.Bob, Amount.FromNtk(ntk), VaultWorld.Far);
}
