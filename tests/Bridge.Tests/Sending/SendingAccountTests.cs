using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>An account on a real node: what is sent, what it costs, and what a crash leaves.</summary>
public sealed class SendingAccountTests(VaultFixture fixture) : VaultTest(fixture)
{
    private static readonly PrivateKey Receiver = PrivateKey.FromSeed(Words.Of(4_711));

    [Fact]
    public async Task ACallIsSentMinedAndSettled()
    {
        using var sender = await SendingWorld.OnAsync(Ethereum);
        await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(sender.Address), AbiValue.Amount(Amount.FromNtk(5)));
        var sent = Assert.IsType<SendingReport.Sent>(await sender.StepAsync(Transfer(sender, 3)));
        Assert.False(sent.IsReplacement);
        Assert.Equal(SubmitVerdict.Taken, sent.Outcome.Verdict);
        Assert.Equal("transfer", sender.Account.Open!.Purpose);

        var settled = Assert.IsType<SendingReport.Settled>(await sender.StepAsync());
        Assert.True(settled.IsDone);
        Assert.Equal(sent.Attempt.Hash, settled.Receipt.Hash);
        Assert.Equal(World.Token.Address, Assert.Single(settled.Receipt.Logs).Address);
        Assert.Equal(Amount.FromNtk(3), await World.BalanceAsync(Receiver.Address));
        Assert.IsType<SendingReport.Nothing>(await sender.StepAsync());
    }

    [Fact]
    public async Task ARevertIsNamedByTheContractsOwnErrorAndCostsNothing()
    {
        using var sender = await SendingWorld.OnAsync(Ethereum);
        var before = await sender.BalanceAsync();
        var refused = Assert.IsType<SendingReport.WouldRevert>(await sender.StepAsync(sender.Call("unpause", Vault.Address, BridgeContracts.CompleteUnpause())));
        Assert.Equal("NothingPending", refused.Reason.Name);
        refused = Assert.IsType<SendingReport.WouldRevert>(await sender.StepAsync(sender.Call("lock", Vault.Address, BridgeContracts.Lock(new Amount(1), Words.Of(1)))));
        Assert.Equal(("BelowMinimum", (ulong)Amount.UnitsPerNtk), (refused.Reason.Name, refused.Reason.Number(0)));
        // The token knows no reasons.
        refused = Assert.IsType<SendingReport.WouldRevert>(await sender.StepAsync(Transfer(sender, 3)));
        Assert.Equal(Revert.Silent, refused.Reason.Name);
        Assert.Equal(before, await sender.BalanceAsync());
        Assert.Null(sender.Account.Open);
    }

    [Fact]
    public async Task F18_WithoutEtherItSaysSoAndGoesOnWhenThereIsSome()
    {
        using var sender = await SendingWorld.OnAsync(Ethereum, ether: 0);
        var wish = sender.Call("approve", World.Token.Address, BridgeContracts.Approve(Vault.Address, Amount.FromNtk(1)));
        for (var i = 0; i < 3; i++) Assert.Equal(SendingWait.EmptyBalance, Assert.IsType<SendingReport.Waits>(await sender.StepAsync(wish)).Why);
        Assert.Null(sender.Account.Open);
        await sender.FundAsync(Amount.UnitsPerNtk);
        Assert.True((await sender.SettleAsync(wish)).IsDone);
    }

    [Fact]
    public async Task WhatIsOfNoUseAnyMoreIsCancelledForLessThanItsRevert()
    {
        using var sender = await SendingWorld.OnAsync(Ethereum);
        await Ethereum.CallAsync("evm_setAutomine", false);
        try
        {
            await sender.StepAsync(sender.Call("approve", World.Token.Address, BridgeContracts.Approve(Vault.Address, Amount.FromNtk(1))));
            Assert.True(Assert.IsType<SendingReport.Sent>(await sender.StepAsync(new SendingWish.Cancel())).IsReplacement);
            await Ethereum.CallAsync("evm_mine");
        }
        finally
        {
            await Ethereum.CallAsync("evm_setAutomine", true);
        }

        var settled = Assert.IsType<SendingReport.Settled>(await sender.StepAsync());
        Assert.True(settled.IsCancelled);
        Assert.False(settled.IsDone);
        Assert.Equal(21_000UL, settled.Receipt.GasUsed);
        Assert.Equal(UInt128.Zero, await World.Token.NumberAsync("allowance", AbiValue.Address(sender.Address), AbiValue.Address(Vault.Address)));
    }

    [Fact]
    public async Task ANonceThatAnotherProgramUsedIsLostAndSaid()
    {
        using var sender = await SendingWorld.OnAsync(Ethereum);
        await Ethereum.CallAsync("evm_setAutomine", false);
        try
        {
            var sent = Assert.IsType<SendingReport.Sent>(await sender.StepAsync(sender.Call("approve", World.Token.Address, BridgeContracts.Approve(Vault.Address, Amount.FromNtk(1)))));
            var foreign = (sent.Attempt.Transaction with { To = Receiver.Address, Data = default, MaxFeePerGas = new UInt256(50 * (UInt128)SendingWorld.Gwei), MaxPriorityFeePerGas = new UInt256(5 * (UInt128)SendingWorld.Gwei) }).Sign(sender.Key);
            await Ethereum.CallAsync("eth_sendRawTransaction", Hex.Encode(foreign.Encode()));
            await Ethereum.CallAsync("evm_mine");
            Assert.Equal(SendingWait.NonceUsed, Assert.IsType<SendingReport.Waits>(await sender.StepAsync()).Why);
            await Ethereum.CallAsync("anvil_mine", "0x7");
            sender.Restart();
            Assert.Equal(SendingWait.NonceUsed, Assert.IsType<SendingReport.Waits>(await sender.StepAsync()).Why);
            await Ethereum.CallAsync("evm_mine");
            Assert.Equal("approve", Assert.IsType<SendingReport.Lost>(await sender.StepAsync()).Purpose);
        }
        finally
        {
            await Ethereum.CallAsync("evm_setAutomine", true);
        }

        Assert.Null(sender.Account.Open);
    }

    [Fact]
    public async Task ATransactionThatAReorganisationTakesIsSentAgainAndCountsOnce()
    {
        using var sender = await SendingWorld.OnAsync(Ethereum);
        await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(sender.Address), AbiValue.Amount(Amount.FromNtk(5)));
        await Ethereum.CallAsync("evm_mine");
        Assert.True((await sender.SettleAsync(Transfer(sender, 2))).IsDone);
        await Ethereum.CallAsync("anvil_reorg", 1, Array.Empty<object>());
        Assert.Equal(Amount.Zero, await World.BalanceAsync(Receiver.Address));

        Assert.IsType<SendingReport.Repeated>(await sender.StepAsync());
        while (await sender.StepAsync() is SendingReport.Waits waits) Assert.Equal(SendingWait.Reorganised, waits.Why); // it is mined just after it was taken
        Assert.IsType<SendingReport.Nothing>(await sender.StepAsync());
        Assert.Equal(Amount.FromNtk(2), await World.BalanceAsync(Receiver.Address));
        Assert.Equal(1, await NonceAsync(sender));
    }

    // A crash at each write, and one between writes: what was sent is noted, and what was noted is sent once.
    [Fact]
    public async Task F17_ACrashAtAnyWriteNeitherLosesNorDoublesATransaction()
    {
        for (var calls = 0L; calls < 8; calls++)
        {
            using var sender = await SendingWorld.OnAsync(Ethereum);
            await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(sender.Address), AbiValue.Amount(Amount.FromNtk(5)));
            var before = await World.BalanceAsync(Receiver.Address);
            sender.Folder.CrashAfter(calls, new SeededStream((ulong)calls));
            try
            {
                for (var i = 0; i < 3; i++) await sender.StepAsync(i == 0 ? Transfer(sender, 1) : null);
            }
            catch (SimulatedCrashException)
            {
                // That is what is tried.
            }

            sender.Folder.Disarm();
            sender.Restart(new SeededStream((ulong)calls + 100));
            // Whoever wants something done looks first whether it is, as a relayer asks the vault.
            if (sender.Account.Open is null && await World.BalanceAsync(Receiver.Address) == before) await sender.SettleAsync(Transfer(sender, 1));
            while (sender.Account.Open is not null) await sender.StepAsync();
            Assert.Equal(before + Amount.FromNtk(1), await World.BalanceAsync(Receiver.Address));
            Assert.Equal(1, await NonceAsync(sender));
        }
    }

    [Fact]
    public async Task AnEndpointOfAnotherNetworkIsSentNothing()
    {
        using var sender = await SendingWorld.OnAsync(Ethereum);
        using var store = new SendingStore(new MemoryFolder(), 1, sender.Address);
        var account = new SendingAccount(sender.Key, 1, sender.Endpoint, store, sender.Options);
        var waits = Assert.IsType<SendingReport.Waits>(await account.StepAsync(Transfer(sender, 1), TestContext.Current.CancellationToken));
        Assert.Equal((SendingWait.OtherChain, "the endpoint is of chain 31337, wanted is 1"), (waits.Why, waits.Detail));
    }

    private SendingWish.Send Transfer(SendingWorld sender, ulong ntk) =>
        sender.Call("transfer", World.Token.Address, World.Token.Artifact.Call("transfer", AbiValue.Address(Receiver.Address), AbiValue.Amount(Amount.FromNtk(ntk))));

    private async Task<int> NonceAsync(SendingWorld sender) => (int)LocalEthereum.Number(await Ethereum.CallAsync("eth_getTransactionCount", sender.Address.ToString(), "latest"));
}
