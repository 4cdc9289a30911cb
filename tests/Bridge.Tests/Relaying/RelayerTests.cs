using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Relayers over a real node and the real vault.</summary>
public sealed class RelayerTests(VaultFixture fixture) : VaultTest(fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AWithdrawalIsBroughtAndNothingIsLeft()
    {
        await World.LockAsync(1_000);
        var (chain, world) = await NewAsync();
        var relayer = RelayerOf(chain, world);
        var release = chain.Burn(300);
        var notes = await ToIdleAsync(relayer);
        Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
        Assert.Contains(notes, note => note.Subject == "account" && note.Text.StartsWith($"release {release.Withdrawal.BurnId}: sent 0x", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Text.StartsWith($"release {release.Withdrawal.BurnId}: done in block", StringComparison.Ordinal));
        Assert.Contains(new RelayNote($"release {release.Withdrawal.BurnId}", "the vault has it"), notes);

        // What was said is not said again, and nothing is asked for.
        var calls = chain.Calls;
        Assert.Empty(await relayer.PassAsync(Cancelled));
        Assert.Equal(calls, chain.Calls);
    }

    [Fact]
    public async Task F14_OfTwoRelayersOnePaysAndTheOtherSaysThatItIsThere()
    {
        await World.LockAsync(1_000);
        var (chain, first) = await NewAsync();
        using var second = await SendingWorld.OnAsync(Ethereum);
        var (one, other) = (RelayerOf(chain, first), RelayerOf(chain, second));
        var release = chain.Burn(300);
        var (before, otherBefore) = (await first.BalanceAsync(), await second.BalanceAsync());
        await ToIdleAsync(one);
        Assert.Contains(new RelayNote($"release {release.Withdrawal.BurnId}", "the vault has it"), await ToIdleAsync(other));
        Assert.True(await first.BalanceAsync() < before);
        Assert.Equal(otherBefore, await second.BalanceAsync());
        Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
    }

    [Fact]
    public async Task F14_WhatAnotherRelayerHasInThePoolIsNotSentASecondTime()
    {
        await World.LockAsync(1_000);
        var (chain, first) = await NewAsync();
        using var second = await SendingWorld.OnAsync(Ethereum);
        chain.Burn(300);
        await Ethereum.CallAsync("evm_setAutomine", false);
        try
        {
            await RelayerOf(chain, first).PassAsync(Cancelled);
            var note = Assert.Single(await RelayerOf(chain, second).PassAsync(Cancelled));
            Assert.Equal("not sent: another relayer brought it (AlreadyReleased)", note.Text);
            Assert.Null(second.Account.Open);
        }
        finally
        {
            await Ethereum.CallAsync("evm_setAutomine", true);
        }
    }

    [Fact]
    public async Task F14_OfTwoRelayersInOneBlockOnePaysTheWithdrawalAndTheOtherNamesTheRevert()
    {
        await World.LockAsync(1_000);
        var (chain, first) = await NewAsync();
        using var second = await SendingWorld.OnAsync(Ethereum);
        var (one, other) = (RelayerOf(chain, first), RelayerOf(chain, second));
        var release = chain.Burn(300);
        await Ethereum.CallAsync("evm_setAutomine", false);
        try
        {
            // Two nodes of Ethereum that have not heard of each other's transactions yet: what a pool has, an estimate sees.
            await one.PassAsync(Cancelled);
            var sent = first.Account.Open!.Last;
            await Ethereum.CallAsync("anvil_dropTransaction", sent.Hash.ToString());
            await other.PassAsync(Cancelled);
            Assert.NotNull(second.Account.Open);
            await Ethereum.CallAsync("eth_sendRawTransaction", Hex.Encode(sent.Signed.Encode()));
            await Ethereum.CallAsync("evm_mine");
        }
        finally
        {
            await Ethereum.CallAsync("evm_setAutomine", true);
        }

        RelayNote[] notes = [.. await ToIdleAsync(one), .. await ToIdleAsync(other)];
        Assert.Single(notes, note => note.Text.Contains(": done in block", StringComparison.Ordinal));
        Assert.Single(notes, note => note.Text.Contains("REVERTED (AlreadyReleased", StringComparison.Ordinal));
        Assert.Equal(2, notes.Count(note => note == new RelayNote($"release {release.Withdrawal.BurnId}", "the vault has it")));
        Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
    }

    // The other one's is in a block first: this one's would revert, and is taken back for a fifth of the gas.
    [Fact]
    public async Task F14_ARelayThatAnotherOvertookIsCancelled()
    {
        await World.LockAsync(1_000);
        var (chain, slow) = await NewAsync();
        var relayer = RelayerOf(chain, slow);
        var release = chain.Burn(300);
        await Ethereum.CallAsync("evm_setAutomine", false);
        try
        {
            await relayer.PassAsync(Cancelled);
            var hash = slow.Account.Open!.Last.Hash;
            // A transaction that pays too little for this block waits, and the other one's goes by.
            await Ethereum.CallAsync("anvil_dropTransaction", hash.ToString());
            var paid = new { from = World.Stranger.ToString(), to = Vault.Address.ToString(), data = Hex.Encode(World.ReleaseCall(release)), gas = "0x7a1200" };
            await Ethereum.CallAsync("eth_sendTransaction", paid);
            await Ethereum.CallAsync("evm_mine");
            Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
            await relayer.PassAsync(Cancelled);
            Assert.True(slow.Account.Open!.Last.Transaction.Data.IsEmpty);
            await Ethereum.CallAsync("evm_mine");
        }
        finally
        {
            await Ethereum.CallAsync("evm_setAutomine", true);
        }

        Assert.Contains(await ToIdleAsync(relayer), note => note.Text.StartsWith($"release {release.Withdrawal.BurnId}: cancelled in block", StringComparison.Ordinal));
    }

    [Fact]
    public async Task F16_ReleasesThatWaitWhileTheSetChangesArePaidOnceUnderTheNewSet()
    {
        await World.LockAsync(1_000);
        var (chain, world) = await NewAsync();
        var relayer = RelayerOf(chain, world);
        var (first, second) = (chain.Burn(300), chain.Burn(200));
        var old = World.ReleaseCall(first); // signed by the set that goes
        chain.Change(ValidatorKeys.Of(7, 55));
        chain.Change(ValidatorKeys.Of(4, 56));

        var notes = new List<RelayNote>([.. await relayer.PassAsync(Cancelled), .. await relayer.PassAsync(Cancelled)]);
        Assert.Equal("WrongValidators", await World.RefusalAsync(old)); // what the old set signed is worth nothing any more
        notes.AddRange(await ToIdleAsync(relayer));
        Assert.Equal(Amount.FromNtk(500), await World.BalanceAsync(World.Bob));
        Assert.Equal((UInt128)2, await Vault.NumberAsync("setNumber"));
        var order = notes.Where(note => note.Text.Contains(": done in block", StringComparison.Ordinal)).Select(note => note.Text.Split(':')[0]);
        Assert.Equal(["set 1", "set 2", $"release {first.Withdrawal.BurnId}", $"release {second.Withdrawal.BurnId}"], order);
        Assert.Equal("AlreadyReleased", await World.RefusalAsync(old));
    }

    [Fact]
    public async Task F18_ARelayerWithoutEtherSaysSoAndAnotherOneBringsIt()
    {
        await World.LockAsync(1_000);
        var (chain, poor) = await NewAsync(ether: 0);
        var relayer = RelayerOf(chain, poor);
        var release = chain.Burn(300);
        var notes = await relayer.PassAsync(Cancelled);
        Assert.Contains(notes, note => note.Subject == "account" && note.Text.StartsWith("waits: EmptyBalance", StringComparison.Ordinal));
        Assert.True(relayer.IsBlocked);
        Assert.Empty(await relayer.PassAsync(Cancelled)); // once
        Assert.Equal(Words.Of(0), await Vault.ReadAsync("isReleased", AbiValue.Word(release.Withdrawal.BurnId)));

        using var rich = await SendingWorld.OnAsync(Ethereum);
        await ToIdleAsync(RelayerOf(chain, rich));
        Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
        Assert.Contains(new RelayNote($"release {release.Withdrawal.BurnId}", "the vault has it"), await relayer.PassAsync(Cancelled));
        Assert.False(relayer.IsBlocked);
    }

    [Fact]
    public async Task OrdersAreCarriedOutAndEndedWhenTheyAreDue()
    {
        await World.LockAsync(1_000);
        var (chain, world) = await NewAsync();
        var relayer = RelayerOf(chain, world);
        await World.PauseAsync(3);
        var release = chain.Burn(300);
        chain.Order(id => BridgeAction.Unpause(id, 1, VaultWorld.Far));
        chain.Order(id => BridgeAction.SetLimits(id, Amount.FromNtk(600_000), Amount.FromNtk(5), Amount.FromNtk(2), VaultWorld.Far));
        var notes = await ToIdleAsync(relayer);
        Assert.Equal(2, notes.Count(note => note.Text.Contains(": done in block", StringComparison.Ordinal)));
        Assert.Contains(new RelayNote($"release {release.Withdrawal.BurnId}", "waits: a guardian stopped releases"), notes);
        Assert.Equal(Amount.FromNtk(500_000), new Amount(await Vault.NumberAsync("bucketCapacity")));

        await Ethereum.WarpByAsync(VaultWorld.UnpauseDelay);
        await ToIdleAsync(relayer);
        Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
        Assert.Equal(UInt128.Zero, await Vault.NumberAsync("flags"));

        await Ethereum.WarpByAsync(VaultWorld.LoosenDelay);
        await ToIdleAsync(relayer);
        Assert.Equal(Amount.FromNtk(600_000), new Amount(await Vault.NumberAsync("bucketCapacity")));
    }

    [Fact]
    public async Task ARetirementIsCompletedWhenItIsDueAndThenNothingMoreIsBrought()
    {
        await World.LockAsync(1_000);
        var next = await World.WithVaultAsync(config => config with { Predecessor = Vault.Address });
        var (chain, world) = await NewAsync();
        var relayer = RelayerOf(chain, world);
        chain.Order(id => BridgeAction.Retire(id, next.Vault.Address, VaultWorld.Far));
        await ToIdleAsync(relayer);
        Assert.Equal(Amount.Zero, await World.BalanceAsync(next.Vault.Address));
        await Ethereum.WarpByAsync(VaultWorld.RetireDelay);
        var notes = await ToIdleAsync(relayer);
        Assert.Equal(Amount.FromNtk(1_000), await World.BalanceAsync(next.Vault.Address));
        Assert.Contains(notes, note => note.Subject == "vault" && note.Text.Contains("retired", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TwoCertificatesForOneHeightStopTheVault()
    {
        await World.LockAsync(1_000);
        var (chain, world) = await NewAsync();
        chain.Burn(300);
        var (a, b) = World.Fork();
        var relayer = RelayerOf(chain, world, forks: [new RelayItem.Fork(0, VaultCalls.ProveFork(a, b, 0))]);
        var notes = await ToIdleAsync(relayer);
        Assert.Equal((UInt128)4, await Vault.NumberAsync("flags"));
        Assert.Contains(notes, note => note.Subject == "vault" && note.Text.StartsWith("a fork was proven", StringComparison.Ordinal));
        Assert.Equal(Amount.Zero, await World.BalanceAsync(World.Bob));
    }

    [Fact]
    public async Task WhatTheVaultRefusesRestsAndHoldsNothingElseUp()
    {
        await World.LockAsync(1_000);
        var (chain, world) = await NewAsync();
        var relayer = RelayerOf(chain, world);
        chain.Order(id => BridgeAction.Unpause(id, 9, VaultWorld.Far)); // of a pause that there never was
        chain.Burn(300);
        var notes = await ToIdleAsync(relayer);
        Assert.Contains(new RelayNote("order 1", "not sent: the vault refuses it: StalePauseCount(0x0)"), notes);
        Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
        var calls = chain.Calls;
        await relayer.PassAsync(Cancelled);
        Assert.Equal(calls, chain.Calls); // it rests
    }

    [Fact]
    public async Task WhatIsOpenIsFollowedWhileTheChainIsSilent()
    {
        await World.LockAsync(1_000);
        var (chain, world) = await NewAsync();
        var relayer = RelayerOf(chain, world);
        chain.Burn(300);
        await relayer.PassAsync(Cancelled);
        Assert.NotNull(world.Account.Open);
        chain.Silence = "no node answers";
        Assert.Contains(new RelayNote("chain", "no node answers"), await relayer.PassAsync(Cancelled));
        Assert.Null(world.Account.Open);
    }

    /// <summary>A node that is busy says nothing about a withdrawal: it is still to be brought, and the pass did not bring it.</summary>
    [Fact]
    public async Task ASlowAnswerIsNoWordThatNothingIsToBeBrought()
    {
        await World.LockAsync(1_000);
        var (chain, world) = await NewAsync();
        var relayer = RelayerOf(chain, world);
        chain.Burn(300);
        chain.SlowCalls = 1;
        Assert.Contains(new RelayNote("chain", "the node does not answer in time"), await relayer.PassAsync(Cancelled));
        Assert.Equal((true, true, true), (relayer.IsIdle, relayer.IsBlocked, relayer.IsUnheard));
        await ToIdleAsync(relayer);
        Assert.Equal((false, false), (relayer.IsBlocked, relayer.IsUnheard));
        Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
    }

    [Fact]
    public async Task OneWhoseTurnIsLaterLeavesItToTheFirst()
    {
        await World.LockAsync(1_000);
        var (chain, first) = await NewAsync();
        using var second = await SendingWorld.OnAsync(Ethereum);
        chain.Change(ValidatorKeys.Of(4, 57));
        var later = RelayerOf(chain, second, turns: new RelayerTurns(0, 4, TimeSpan.FromHours(1))); // set 1: place 1 is the first
        var mine = RelayerOf(chain, first, turns: new RelayerTurns(1, 4, TimeSpan.FromHours(1)));
        var before = await second.BalanceAsync();
        Assert.Empty(await later.PassAsync(Cancelled));
        await ToIdleAsync(mine);
        await ToIdleAsync(later);
        Assert.Equal(before, await second.BalanceAsync());
        Assert.Equal((UInt128)1, await Vault.NumberAsync("setNumber"));
    }

    private async Task<(SideRelayChain Chain, SendingWorld Account)> NewAsync(ulong ether = 10) => (new SideRelayChain(World), await SendingWorld.OnAsync(Ethereum, ether));

    private Relayer RelayerOf(SideRelayChain chain, SendingWorld world, RelayerTurns? turns = null, RelayItem.Fork[]? forks = null) =>
        new(chain, world.Account, Vault.Address, RelayScope.Everything, () => turns ?? RelayerTurns.Alone) { Forks = [.. forks ?? []] };

    private static async Task<List<RelayNote>> ToIdleAsync(Relayer relayer)
    {
        var notes = new List<RelayNote>();
        for (var i = 0; i < 40; i++)
        {
            notes.AddRange(await relayer.PassAsync(Cancelled));
            if (relayer.IsIdle) return notes;
        }

        Assert.Fail($"never idle: {string.Join('\n', notes)}");
        return notes;
    }
}
