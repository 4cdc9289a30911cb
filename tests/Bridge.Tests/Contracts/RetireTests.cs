using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class RetireTests(VaultFixture fixture) : VaultTest(fixture)
{
    private const ulong RetireDelay = VaultWorld.RetireDelay;
    private const ulong RecoveryDelay = VaultWorld.RecoveryDelay;

    [Fact]
    public async Task ARetiredVaultHandsWhatItOwesToTheNext()
    {
        await World.LockAsync(1000);
        await World.ReleaseAsync(World.Burn(200));
        var next = await SuccessorAsync();
        await World.ActAsync(Retire(next));
        var ordered = await Ethereum.TimeAsync();
        Assert.Equal("IsRetiring", await Vault.RefusalAsync(World.Alice, World.LockCall(1)));
        await World.ReleaseAsync(World.Burn(100)); // what was promised is paid while there is time

        await Ethereum.WarpToAsync(ordered + RetireDelay - 1);
        Assert.Equal("TooEarly", await World.RefusalAsync(Vault.Artifact.Call("completeRetire")));
        await Ethereum.WarpToAsync(ordered + RetireDelay);
        await Vault.SendAsync(World.Stranger, "completeRetire");

        var (old, taken) = (await VaultSlots.ReadAsync(Vault), await VaultSlots.ReadAsync(next));
        Assert.Equal((UInt128.Zero, Amount.Zero), (old.Outstanding, await World.BalanceAsync(Vault.Address)));
        Assert.Equal(Amount.FromNtk(700), await World.BalanceAsync(next.Address));
        Assert.Equal(Amount.FromNtk(700).Units, taken.Outstanding);
        Assert.Equal(VaultFlags.Inherited, taken.Flags);
        foreach (var call in new[] { World.LockCall(1), World.ReleaseCall(World.Burn(1)), Chain.End(Words.Of(1)).Follow, Vault.Artifact.Call("completeRetire") })
            Assert.Equal("IsRetired", await Vault.RefusalAsync(World.Alice, call));
        Assert.Equal("IsRetired", await Vault.RefusalAsync(World.Recovery, "startRecovery", AbiValue.Address(next.Address)));
        Assert.Equal("IsRetired", await Vault.RefusalAsync(World.Recovery, "finishRecovery"));
    }

    [Fact]
    public async Task TheNextVaultPaysWhatItTookOver()
    {
        await World.LockAsync(1000);
        var next = await SuccessorAsync();
        await World.ActAsync(Retire(next));
        await Ethereum.WarpByAsync(RetireDelay);
        await Vault.SendAsync(World.Stranger, "completeRetire");

        var world = World.Anew() with { Vault = next };
        await world.ReleaseAsync(world.Burn(1000));
        Assert.Equal(Amount.FromNtk(1000), await world.BalanceAsync(world.Bob));
    }

    [Fact]
    public async Task AnotherOrderNamesAnotherVaultAndBeginsTheTimeAnew()
    {
        await World.ActAsync(Retire(await SuccessorAsync()));
        await Ethereum.WarpByAsync(RetireDelay);
        var next = await SuccessorAsync();
        await World.ActAsync(Retire(next));
        Assert.Equal("TooEarly", await World.RefusalAsync(Vault.Artifact.Call("completeRetire")));
        await Ethereum.WarpByAsync(RetireDelay);
        await Vault.SendAsync(World.Stranger, "completeRetire");
        Assert.Equal(VaultFlags.Inherited, (await VaultSlots.ReadAsync(next)).Flags);
    }

    [Fact]
    public async Task OnlyAVaultThatTakesTheTokensFollows()
    {
        await World.LockAsync(1000);
        Assert.Equal("NothingPending", await World.RefusalAsync(Vault.Artifact.Call("completeRetire")));
        Assert.Equal("NoCode", await World.RefusalAsync(World.ActCall(BridgeAction.Retire(World.NextActionId(), World.Bob, VaultWorld.Far))));
        var stranger = await World.WithVaultAsync(config => config with { Predecessor = World.Bob });
        var idle = await Contract.DeployAsync(Ethereum, World.Owner, "test/IdleSuccessor");
        foreach (var (successor, refusal) in new[] { (stranger.Vault, "NotPredecessor"), (idle, "NotMoved"), (Vault, "ReentrancyGuardReentrantCall") })
        {
            await World.ActAsync(Retire(successor));
            await Ethereum.WarpByAsync(RetireDelay);
            Assert.Equal(refusal, await World.RefusalAsync(Vault.Artifact.Call("completeRetire")));
        }

        Assert.Equal(Amount.FromNtk(1000), await World.BalanceAsync(Vault.Address));
    }

    [Fact]
    public async Task AVaultInheritsOnceFromItsPredecessorAlone()
    {
        var next = await World.WithVaultAsync(config => config with { Predecessor = World.Alice });
        Assert.Equal("NotPredecessor", await next.Vault.RefusalAsync(World.Bob, "inherit", AbiValue.Number(5)));
        await next.Vault.SendAsync(World.Alice, "inherit", AbiValue.Number(5));
        Assert.Equal("AlreadyInherited", await next.Vault.RefusalAsync(World.Alice, "inherit", AbiValue.Number(5)));
        Assert.Equal("NotPredecessor", await Vault.RefusalAsync(World.Alice, "inherit", AbiValue.Number(5)));
    }

    [Fact]
    public async Task StrayTokensOfARetiredVaultGoToTheNext()
    {
        Assert.Equal("NotRetired", await World.RefusalAsync(Vault.Artifact.Call("forward", AbiValue.Address(World.Token.Address))));
        var next = await SuccessorAsync();
        await World.ActAsync(Retire(next));
        await Ethereum.WarpByAsync(RetireDelay);
        await Vault.SendAsync(World.Stranger, "completeRetire");
        await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(Vault.Address), AbiValue.Amount(Amount.FromNtk(5)));
        await Vault.SendAsync(World.Stranger, "forward", AbiValue.Address(World.Token.Address));
        Assert.Equal(Amount.FromNtk(5), await World.BalanceAsync(next.Address));
        Assert.Equal(UInt128.Zero, (await VaultSlots.ReadAsync(next)).Outstanding);
    }

    [Fact]
    public async Task AfterAForkTheRecoveryAddressMovesTheTokensInThirtyDays()
    {
        await World.LockAsync(1000);
        var (a, b) = World.Fork();
        await Vault.SendAsync(World.Stranger, VaultCalls.ProveFork(a, b, 0));
        var next = await SuccessorAsync();

        Assert.Equal("NotRecovery", await Vault.RefusalAsync(World.Guardian, "startRecovery", AbiValue.Address(next.Address)));
        Assert.Equal("NotRecovery", await Vault.RefusalAsync(World.Guardian, "finishRecovery"));
        Assert.Equal("NothingPending", await Vault.RefusalAsync(World.Recovery, "finishRecovery"));
        Assert.Equal("NoCode", await Vault.RefusalAsync(World.Recovery, "startRecovery", AbiValue.Address(World.Bob)));
        await Vault.SendAsync(World.Recovery, "startRecovery", AbiValue.Address(next.Address));
        var started = await Ethereum.TimeAsync();
        Assert.Equal("TooEarly", await Vault.RefusalAsync(World.Recovery, "finishRecovery"));
        await Ethereum.WarpToAsync(started + RecoveryDelay);
        await Vault.SendAsync(World.Recovery, "finishRecovery");

        Assert.Equal(Amount.FromNtk(1000), await World.BalanceAsync(next.Address));
        Assert.Equal(VaultFlags.Forked | VaultFlags.Retired, (await VaultSlots.ReadAsync(Vault)).Flags);
        await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(Vault.Address), AbiValue.Amount(Amount.FromNtk(5)));
        await Vault.SendAsync(World.Stranger, "forward", AbiValue.Address(World.Token.Address));
        Assert.Equal(Amount.FromNtk(1005), await World.BalanceAsync(next.Address));
    }

    [Fact]
    public async Task ValidatorsThatDidNotForkCancelARecovery()
    {
        var next = await SuccessorAsync();
        Assert.Equal("NothingPending", await World.RefusalAsync(World.ActCall(Cancel(0))));
        await Vault.SendAsync(World.Recovery, "startRecovery", AbiValue.Address(next.Address));
        var due = await Ethereum.TimeAsync() + RecoveryDelay;
        await World.ActAsync(Cancel(due));
        await Ethereum.WarpByAsync(RecoveryDelay);
        Assert.Equal("NothingPending", await Vault.RefusalAsync(World.Recovery, "finishRecovery"));
    }

    /// <summary>One that nobody brought in its time would take the last way out of a quorum that is lost since.</summary>
    [Fact]
    public async Task AnOldOrderDoesNotCancelALaterRecovery()
    {
        var next = await SuccessorAsync();
        await Vault.SendAsync(World.Recovery, "startRecovery", AbiValue.Address(next.Address));
        var cancel = World.ActCall(Cancel(await Ethereum.TimeAsync() + RecoveryDelay));
        await Ethereum.WarpByAsync(60);
        await Vault.SendAsync(World.Recovery, "startRecovery", AbiValue.Address(next.Address));
        Assert.Equal("StaleRecovery", await World.RefusalAsync(cancel));
    }

    /// <summary>A set that forked orders the retirement; a guardian sees it on the last day and stops the vault.</summary>
    [Fact]
    public async Task APauseOfReleasesHoldsARetirementUpAndItWaitsAnewAfterIt()
    {
        await World.LockAsync(1000);
        var (a, b) = World.Fork();
        var next = await SuccessorAsync();
        await World.ActAsync(Retire(next));
        await Ethereum.WarpByAsync(RetireDelay - 1);
        await World.PauseAsync(2);
        await Ethereum.WarpByAsync(RetireDelay);
        Assert.Equal("IsPaused", await World.RefusalAsync(Vault.Artifact.Call("completeRetire")));

        await World.UnpauseAsync(1); // the same quorum orders it
        var unpaused = await Ethereum.TimeAsync();
        Assert.Equal("TooEarly", await World.RefusalAsync(Vault.Artifact.Call("completeRetire")));
        Assert.Equal((UInt128)(unpaused + RetireDelay), Words.Field(await Vault.SlotAsync(8), 20, 5));
        await Ethereum.WarpToAsync(unpaused + RetireDelay - 1);
        Assert.Equal("TooEarly", await World.RefusalAsync(Vault.Artifact.Call("completeRetire")));
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(VaultCalls.ProveFork(a, b, 0))); // two weeks more in which somebody brings this
        await Ethereum.WarpToAsync(unpaused + RetireDelay);
        await Vault.SendAsync(World.Stranger, "completeRetire");
        Assert.Equal(Amount.FromNtk(1000), await World.BalanceAsync(next.Address));
    }

    [Fact]
    public async Task APauseOfLocksHoldsNothingUp()
    {
        await World.ActAsync(Retire(await SuccessorAsync()));
        var due = await Ethereum.TimeAsync() + RetireDelay;
        await World.PauseAsync(1);
        await World.UnpauseAsync(1);
        await World.PauseAsync(1);
        await Ethereum.WarpToAsync(due);
        await Vault.SendAsync(World.Stranger, "completeRetire");
    }

    /// <summary>Where no quorum can be had nobody could end the pause either, and all would be lost.</summary>
    [Fact]
    public async Task NoPauseHoldsARecoveryUp()
    {
        await World.LockAsync(1000);
        await World.PauseAsync(3);
        var next = await SuccessorAsync();
        await Vault.SendAsync(World.Recovery, "startRecovery", AbiValue.Address(next.Address));
        await Ethereum.WarpByAsync(RecoveryDelay);
        await Vault.SendAsync(World.Recovery, "finishRecovery");
        Assert.Equal(Amount.FromNtk(1000), await World.BalanceAsync(next.Address));
    }

    private BridgeAction Cancel(ulong due) => BridgeAction.CancelRecovery(World.NextActionId(), due, VaultWorld.Far);

    private BridgeAction Retire(Contract successor) => BridgeAction.Retire(World.NextActionId(), successor.Address, VaultWorld.Far);

    private async Task<Contract> SuccessorAsync() => (await World.WithVaultAsync(config => config with { Predecessor = Vault.Address })).Vault;
}
