using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class BurnGateTests(VaultFixture fixture) : VaultTest(fixture)
{
    [Fact]
    public async Task ABurnLowersTheSupplyForGoodAndSaysForWhom()
    {
        var gate = await GateAsync();
        var receipt = await BurnAsync(gate, 30);
        var second = await BurnAsync(gate, 12);

        Assert.Equal(Amount.FromNtk(99_999_958).Units, await World.Token.NumberAsync("totalSupply"));
        Assert.Equal(Amount.Zero, await World.BalanceAsync(gate.Address));
        var first = Assert.Single(receipt.Logs, log => log.Contract == gate.Address);
        Assert.Equal([Words.Of(1), Words.Of(World.Alice), Words.Of(World.Bob)], first.Topics[1..]);
        var last = Assert.Single(second.Logs, log => log.Contract == gate.Address);
        var slot = await gate.SlotAsync(0);
        Assert.Equal((Amount.FromNtk(42).Units, (UInt128)2), (Words.Field(slot, 0, 16), Words.Field(slot, 16, 8)));
        var chain = EventChain.Fold(EventChain.Fold(Hash256.Zero, first, gate.Artifact), last, gate.Artifact);
        Assert.Equal(chain, await gate.SlotAsync(1));
    }

    [Fact]
    public async Task ABurnForNobodyOrOfTooLittleIsRefused()
    {
        var gate = await GateAsync();
        Assert.Equal("NoRecipient", await gate.RefusalAsync(World.Alice, "burn", AbiValue.Number(5), AbiValue.Word(Hash256.Zero)));
        Assert.Equal("BelowMinimum", await gate.RefusalAsync(World.Alice, "burn", AbiValue.Number(4), AbiValue.Word(Words.Of(1))));
        Assert.Equal(KnownErrors.NoData, await gate.RefusalAsync(World.Bob, "burn", AbiValue.Number(5), AbiValue.Word(Words.Of(1))));
        Assert.Equal("NoCode", await RefusalAsync(AbiValue.Address(World.Bob), AbiValue.Number(5)));
        Assert.Equal("NoMinimum", await RefusalAsync(AbiValue.Address(World.Token.Address), AbiValue.Number(0)));

        async Task<string> RefusalAsync(params AbiValue[] arguments) =>
            KnownErrors.NameOf(await Ethereum.RefusalAsync(World.Owner, null, gate.Artifact.Creation(arguments)));
    }

    [Fact]
    public async Task ATokenThatCallsBackIsRefused()
    {
        var evil = await World.WithTokenAsync("test/ReentrantToken");
        var gate = await Contract.DeployAsync(Ethereum, World.Owner, "BurnGate", AbiValue.Address(evil.Token.Address), AbiValue.Number(1));
        await evil.ApproveAsync(gate.Address);
        var call = gate.Artifact.Call("burn", AbiValue.Number(5), AbiValue.Word(Words.Of(1)));
        await evil.Token.SendAsync(evil.Alice, "arm", AbiValue.Address(gate.Address), AbiValue.Bytes(call));
        Assert.Equal("ReentrancyGuardReentrantCall", await gate.RefusalAsync(evil.Alice, call));
    }

    private static Task<LocalReceipt> BurnAsync(Contract gate, ulong ntk) => gate.SendAsync(
        gate.Ethereum.Accounts[1], "burn", AbiValue.Amount(Amount.FromNtk(ntk)), AbiValue.Word(Words.Of(gate.Ethereum.Accounts[2])));

    private async Task<Contract> GateAsync()
    {
        var gate = await Contract.DeployAsync(Ethereum, World.Owner, "BurnGate", AbiValue.Address(World.Token.Address), AbiValue.Number(5));
        await World.ApproveAsync(gate.Address);
        return gate;
    }
}
