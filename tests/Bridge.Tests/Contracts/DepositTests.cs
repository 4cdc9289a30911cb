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
    public async Task OtherTokensGoToTheOwnerOfTheRecipient()
    {
        var deposit = await DepositAsync(Words.Of(World.Bob));
        var other = await Contract.DeployAsync(Ethereum, World.Owner, "test/RichToken");
        await other.SendAsync(World.Owner, "mint", AbiValue.Address(deposit.Address), AbiValue.Number(7));
        await deposit.SendAsync(World.Stranger, "sweep", AbiValue.Address(other.Address));
        Assert.Equal((UInt128)7, await other.NumberAsync("balanceOf", AbiValue.Address(World.Bob)));

        var stubborn = await Contract.DeployAsync(Ethereum, World.Owner, "test/FalseToken");
        Assert.Equal("SafeERC20FailedOperation", await deposit.RefusalAsync(World.Stranger, "sweep", AbiValue.Address(stubborn.Address)));
        var ownerless = await DepositAsync(Words.Greatest);
        Assert.Equal("NoOwner", await ownerless.RefusalAsync(World.Stranger, "sweep", AbiValue.Address(other.Address)));
    }

    [Fact]
    public async Task NtkIsSweptOnlyWhereTheVaultTakesNoneAnyMore()
    {
        var deposit = await DepositAsync(Words.Of(World.Bob));
        await PayAsync(deposit.Address, 10);
        await World.PauseAsync(3);
        Assert.Equal("VaultIsOpen", await deposit.RefusalAsync(World.Stranger, "sweep", AbiValue.Address(World.Token.Address)));

        var (a, b) = World.Fork();
        await Vault.SendAsync(World.Stranger, VaultCalls.ProveFork(a, b, 0));
        await deposit.SendAsync(World.Stranger, "sweep", AbiValue.Address(World.Token.Address));
        Assert.Equal(Amount.FromNtk(10), await World.BalanceAsync(World.Bob));
    }

    [Fact]
    public async Task TheImplementationItselfIsNobodysAddress()
    {
        var factory = await FactoryAsync();
        var implementation = DepositAt(await factory.AddressAsync("implementation"));
        Assert.Equal("NotAClone", await implementation.RefusalAsync(World.Stranger, "flush"));
        Assert.Equal("NotAClone", await implementation.RefusalAsync(World.Stranger, "sweep", AbiValue.Address(World.Token.Address)));
    }

    private Task<Contract> FactoryAsync() => Contract.DeployAsync(Ethereum, World.Owner, "DepositFactory", AbiValue.Address(Vault.Address));

    private async Task<Contract> DepositAsync(Hash256 recipient)
    {
        var factory = await FactoryAsync();
        await factory.SendAsync(World.Stranger, "deploy", AbiValue.Word(recipient));
        return DepositAt(await factory.AddressAsync("addressOf", AbiValue.Word(recipient)));
    }

    private Contract DepositAt(Address address) => new(Ethereum, ContractArtifact.Load("Deposit"), address);

    private Task PayAsync(Address to, ulong ntk) =>
        World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(to), AbiValue.Amount(Amount.FromNtk(ntk)));
}
