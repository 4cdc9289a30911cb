using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class DepositTests(VaultFixture fixture) : VaultTest(fixture)
{
    [Fact]
    public async Task APlainTransferToADepositAddressIsLockedAgainAndAgain()
    {
        var factory = await FactoryAsync();
        var recipient = Words.Of(World.Bob);
        var address = await factory.AddressAsync("addressOf", AbiValue.Word(recipient));
        await PayAsync(address, 10); // before anything is there

        await factory.SendAsync(World.Stranger, "deploy", AbiValue.Word(recipient));
        var deposit = DepositAt(address);
        Assert.Equal(recipient, await deposit.ReadAsync("recipient"));
        var receipt = await deposit.SendAsync(World.Stranger, "flush");
        await PayAsync(address, 5);
        await deposit.SendAsync(World.Stranger, "flush");

        Assert.Equal(Amount.FromNtk(15), await World.BalanceAsync(Vault.Address));
        var log = Assert.Single(receipt.Logs, log => log.Contract == Vault.Address);
        Assert.Equal([Words.Of(address), recipient], log.Topics[2..]);
    }

    [Fact]
    public async Task EachRecipientHasOneAddress()
    {
        var factory = await FactoryAsync();
        await factory.SendAsync(World.Stranger, "deploy", AbiValue.Word(Words.Of(World.Bob)));
        Assert.Equal("FailedDeployment", await factory.RefusalAsync(World.Stranger, "deploy", AbiValue.Word(Words.Of(World.Bob))));
        Assert.Equal("NoRecipient", await factory.RefusalAsync(World.Stranger, "deploy", AbiValue.Word(Hash256.Zero)));
        Assert.NotEqual(
            await factory.AddressAsync("addressOf", AbiValue.Word(Words.Of(World.Bob))),
            await factory.AddressAsync("addressOf", AbiValue.Word(Words.Of(World.Alice))));
    }

    [Fact]
    public async Task TooLittleWaits()
    {
        var deposit = await DepositAsync(Words.Of(World.Bob));
        await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(deposit.Address), AbiValue.Number(1));
        Assert.Equal("BelowMinimum", await deposit.RefusalAsync(World.Stranger, "flush"));
    }

    [Fact]
    public async Task OnlyTheOwnerOfTheRecipientTakesTokensOut()
    {
        var deposit = await DepositAsync(Words.Of(World.Bob));
        var other = await Contract.DeployAsync(Ethereum, World.Owner, "test/RichToken");
        await other.SendAsync(World.Owner, "mint", AbiValue.Address(deposit.Address), AbiValue.Number(7));
        await PayAsync(deposit.Address, 10);
        Assert.Equal("NotOwner", await SweepAsync(deposit, World.Stranger, other, World.Bob));
        await deposit.SendAsync(World.Bob, "sweep", AbiValue.Address(other.Address), AbiValue.Address(World.Alice));
        Assert.Equal((UInt128)7, await other.NumberAsync("balanceOf", AbiValue.Address(World.Alice)));
        Assert.Equal(Amount.FromNtk(10), await World.BalanceAsync(deposit.Address));

        var stubborn = await Contract.DeployAsync(Ethereum, World.Owner, "test/FalseToken");
        Assert.Equal("SafeERC20FailedOperation", await SweepAsync(deposit, World.Bob, stubborn, World.Bob));
        // The last 20 bytes are not enough: another form of recipient is another owner.
        var bytes = Words.Of(World.Bob).ToArray();
        bytes[0] = 1;
        Assert.Equal("NotOwner", await SweepAsync(await DepositAsync(Hash256.FromBytes(bytes)), World.Bob, other, World.Bob));
    }

    /// <summary>An account of several keys, or a contract: nobody holds its address on Ethereum, and what was sent there would be lost.</summary>
    [Fact]
    public async Task AfterTheEndNoStrangerSendsTokensToWhereNobodyIs()
    {
        var deposit = await DepositAsync(Words.Of(World.Token.Address));
        await PayAsync(deposit.Address, 10);
        var (a, b) = World.Fork();
        await Vault.SendAsync(World.Stranger, VaultCalls.ProveFork(a, b, 0));
        Assert.Equal("NotOwner", await SweepAsync(deposit, World.Stranger, World.Token, World.Token.Address));
        Assert.Equal("IsForked", await deposit.RefusalAsync(World.Stranger, "flush"));
        Assert.Equal(Amount.FromNtk(10), await World.BalanceAsync(deposit.Address)); // it waits for the recovery

        var next = await World.WithVaultAsync(config => config with { Predecessor = Vault.Address });
        await Vault.SendAsync(World.Recovery, "startRecovery", AbiValue.Address(next.Vault.Address));
        await Ethereum.WarpByAsync(VaultWorld.RecoveryDelay);
        await Vault.SendAsync(World.Recovery, "finishRecovery");
        await deposit.SendAsync(World.Stranger, "flush");
        Assert.Equal(Amount.FromNtk(10), await World.BalanceAsync(next.Vault.Address));
    }

    [Fact]
    public async Task WhatComesAfterARetirementIsLockedInTheVaultThatFollowed()
    {
        var deposit = await DepositAsync(Words.Of(World.Bob));
        var vaults = new List<Contract> { Vault };
        for (var i = 0; i < 2; i++)
        {
            var next = await World.WithVaultAsync(config => config with { Predecessor = vaults[^1].Address });
            var world = World.Anew() with { Vault = vaults[^1] };
            await world.ActAsync(BridgeAction.Retire(Words.Of((UInt128)(0x9e7 + i)), next.Vault.Address, VaultWorld.Far));
            await PayAsync(deposit.Address, 10);
            Assert.Equal("IsRetiring", await deposit.RefusalAsync(World.Stranger, "flush"));
            await Ethereum.WarpByAsync(VaultWorld.RetireDelay);
            await world.Vault.SendAsync(World.Stranger, "completeRetire");
            vaults.Add(next.Vault);
            Assert.Equal(next.Vault.Address, await deposit.AddressAsync("presentVault"));
        }

        var receipt = await deposit.SendAsync(World.Stranger, "flush");
        var log = Assert.Single(receipt.Logs, log => log.Contract == vaults[^1].Address);
        Assert.Equal([Words.Of(deposit.Address), Words.Of(World.Bob)], log.Topics[2..]);
        Assert.Equal(Amount.FromNtk(20), await World.BalanceAsync(vaults[^1].Address));
    }

    [Fact]
    public async Task TheImplementationItselfIsNobodysAddress()
    {
        var factory = await FactoryAsync();
        var implementation = DepositAt(await factory.AddressAsync("implementation"));
        Assert.Equal("NotAClone", await implementation.RefusalAsync(World.Stranger, "flush"));
        Assert.Equal("NotAClone", await SweepAsync(implementation, World.Stranger, World.Token, World.Stranger));
    }

    private Task<Contract> FactoryAsync() => Contract.DeployAsync(Ethereum, World.Owner, "DepositFactory", AbiValue.Address(Vault.Address));

    private async Task<Contract> DepositAsync(Hash256 recipient)
    {
        var factory = await FactoryAsync();
        await factory.SendAsync(World.Stranger, "deploy", AbiValue.Word(recipient));
        return DepositAt(await factory.AddressAsync("addressOf", AbiValue.Word(recipient)));
    }

    private static Task<string> SweepAsync(Contract deposit, Address by, Contract token, Address to) =>
        deposit.RefusalAsync(by, "sweep", AbiValue.Address(token.Address), AbiValue.Address(to));

    private Contract DepositAt(Address address) => new(Ethereum, ContractArtifact.Load("Deposit"), address);

    private Task PayAsync(Address to, ulong ntk) =>
        World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(to), AbiValue.Amount(Amount.FromNtk(ntk)));
}
