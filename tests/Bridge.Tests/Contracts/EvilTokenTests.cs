using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>NTK does none of this. That the vault would not be harmed by it is what the checks of its balance are for.</summary>
public sealed class EvilTokenTests(VaultFixture fixture) : VaultTest(fixture)
{
    [Theory]
    [InlineData("FeeToken", "AmountNotReceived")]
    [InlineData("IdleToken", "AmountNotReceived")]
    [InlineData("FalseToken", "SafeERC20FailedOperation")]
    [InlineData("RevertingToken", "Refused")]
    public async Task ALockCountsWhatArrived(string token, string refusal)
    {
        var evil = await World.WithTokenAsync($"test/{token}");
        Assert.Equal(refusal, await evil.Vault.RefusalAsync(evil.Alice, evil.LockCall(1000)));
    }

    [Fact]
    public async Task ATokenThatTurnsEvilPaysNobodyTwice()
    {
        var evil = await World.WithTokenAsync("test/ReentrantToken");
        await evil.LockAsync(1000);
        var first = evil.ReleaseCall(evil.Burn(100));
        var second = evil.ReleaseCall(evil.Burn(100));
        byte[][] payloads =
        [
            second,
            evil.LockCall(1),
            evil.ActCall(BridgeAction.CancelRecovery(evil.NextActionId(), 0, VaultWorld.Far)),
            evil.Vault.Artifact.Call("completeRetire"),
            evil.Vault.Artifact.Call("inherit", AbiValue.Number(1)),
            evil.Vault.Artifact.Call("forward", AbiValue.Address(evil.Token.Address)),
        ];
        foreach (var payload in payloads)
        {
            await evil.Token.SendAsync(evil.Alice, "arm", AbiValue.Address(evil.Vault.Address), AbiValue.Bytes(payload));
            Assert.Equal("ReentrancyGuardReentrantCall", await evil.RefusalAsync(first));
            Assert.Equal("ReentrancyGuardReentrantCall", await evil.Vault.RefusalAsync(evil.Alice, evil.LockCall(1)));
        }

        await evil.Token.SendAsync(evil.Alice, "arm", AbiValue.Address(Address.Zero), AbiValue.Bytes([]));
        await evil.Vault.SendAsync(evil.Stranger, first);
        await evil.Vault.SendAsync(evil.Stranger, second);
        Assert.Equal(Amount.FromNtk(200), await evil.BalanceAsync(evil.Bob));
    }

    [Fact]
    public async Task TheGateCountsWhatWasBurned()
    {
        var idle = await World.WithTokenAsync("test/IdleToken");
        var gate = await Contract.DeployAsync(Ethereum, World.Owner, "BurnGate", AbiValue.Address(idle.Token.Address), AbiValue.Number(1));
        await idle.ApproveAsync(gate.Address);
        Assert.Equal("AmountNotBurned", await gate.RefusalAsync(idle.Alice, "burn", AbiValue.Number(5), AbiValue.Word(Words.Of(idle.Alice))));
    }
}
