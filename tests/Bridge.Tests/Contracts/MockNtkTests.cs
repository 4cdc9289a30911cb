using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>The mock has the manners of the real token: what is tested with it is tested with them.</summary>
public sealed class MockNtkTests(VaultFixture fixture) : VaultTest(fixture)
{
    private static readonly Hash256 TransferTopic = Eip712.TypeHash("Transfer(address,address,uint256)");
    private static readonly Hash256 BurnTopic = Eip712.TypeHash("Burn(address,uint256)");

    [Fact]
    public async Task ABurnIsNoTransfer()
    {
        var receipt = await World.Token.SendAsync(World.Alice, "burn", AbiValue.Number(5));
        Assert.Equal([BurnTopic, Words.Of(World.Alice)], Assert.Single(receipt.Logs).Topics);
        Assert.Equal(Amount.FromNtk(100_000_000).Units - 5, await World.Token.NumberAsync("totalSupply"));
    }

    [Fact]
    public async Task BalancesAreInSlotOne()
    {
        Assert.Equal(Words.Of(Amount.FromNtk(100_000_000).Units), await World.Token.SlotAsync(0));
        Assert.Equal(Words.Of(Amount.FromNtk(1_000_000).Units), await Ethereum.SlotAsync(World.Token.Address, Words.Entry(Words.Of(World.Alice), 1)));
        Assert.Equal(Words.Of(World.Owner), await World.Token.SlotAsync(3));
    }

    [Fact]
    public async Task RefusalsHaveNoReason()
    {
        foreach (var call in new[]
        {
            World.Token.Artifact.Call("transfer", AbiValue.Address(Address.Zero), AbiValue.Number(1)),
            World.Token.Artifact.Call("transfer", AbiValue.Address(World.Bob), AbiValue.Word(Words.Greatest)),
            World.Token.Artifact.Call("transferFrom", AbiValue.Address(World.Owner), AbiValue.Address(World.Bob), AbiValue.Number(1)),
            World.Token.Artifact.Call("burn", AbiValue.Number(0)),
            World.Token.Artifact.Call("transferOwnership", AbiValue.Address(World.Bob)),
            World.Token.Artifact.Call("reclaimEther"),
            World.Token.Artifact.Call("multiTransfer", AbiValue.Array([AbiValue.Address(World.Bob)]), AbiValue.Array([])),
        })
            Assert.Equal(KnownErrors.NoData, await World.Token.RefusalAsync(World.Alice, call));
    }

    [Fact]
    public async Task UntilTheDateOnlyTheOwnerTransfers()
    {
        var token = await Contract.DeployAsync(Ethereum, World.Owner, "test/MockNtk", AbiValue.Number(await Ethereum.TimeAsync() + 10_000));
        AbiValue[] arguments = [AbiValue.Address(World.Alice), AbiValue.Number(10)];
        await token.SendAsync(World.Owner, "transfer", arguments);
        Assert.Equal(KnownErrors.NoData, await token.RefusalAsync(World.Alice, "transfer", arguments));
        await Ethereum.WarpByAsync(10_000);
        await token.SendAsync(World.Alice, "transfer", arguments);
    }

    [Fact]
    public async Task ManyAreServedAtOnceAndApprovalsAreOldStyle()
    {
        var recipients = AbiValue.Array([AbiValue.Address(World.Bob), AbiValue.Address(World.Stranger)]);
        var receipt = await World.Token.SendAsync(World.Alice, "multiTransfer", recipients, AbiValue.Array([AbiValue.Number(1), AbiValue.Number(2)]));
        Assert.All(receipt.Logs, log => Assert.Equal(TransferTopic, log.Topics[0]));
        Assert.Equal(2, receipt.Logs.Length);

        await World.Token.SendAsync(World.Bob, "increaseApproval", AbiValue.Address(World.Alice), AbiValue.Number(5));
        await World.Token.SendAsync(World.Bob, "decreaseApproval", AbiValue.Address(World.Alice), AbiValue.Number(2));
        Assert.Equal((UInt128)3, await World.Token.NumberAsync("allowance", AbiValue.Address(World.Bob), AbiValue.Address(World.Alice)));
        await World.Token.SendAsync(World.Bob, "decreaseApproval", AbiValue.Address(World.Alice), AbiValue.Number(9));
        Assert.Equal(UInt128.Zero, await World.Token.NumberAsync("allowance", AbiValue.Address(World.Bob), AbiValue.Address(World.Alice)));
    }

    [Fact]
    public async Task TokensSentToTheTokenAreGone()
    {
        await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(World.Token.Address), AbiValue.Number(5));
        Assert.Equal(new Amount(5), await World.BalanceAsync(World.Token.Address));
    }
}
