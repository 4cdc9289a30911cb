using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class ForkTests(VaultFixture fixture) : VaultTest(fixture)
{
    private const ulong Window = 30 * 24 * 3600;

    private readonly ValidatorKeys _next = ValidatorKeys.Of(4, 30);

    [Fact]
    public async Task TwoCertificatesOfOneHeightStopTheVaultForGood()
    {
        await World.LockAsync(1000);
        var release = World.ReleaseCall(World.Burn(1));
        var unpause = World.ActCall(BridgeAction.Unpause(World.NextActionId(), 0, VaultWorld.Far));
        var follow = VaultCalls.Follow(Chain.Certify(next: _next.Set.Root));
        var (a, b) = World.Fork();

        await Vault.SendAsync(World.Stranger, VaultCalls.ProveFork(a, b, 0));

        Assert.Equal(VaultFlags.Forked, (await VaultSlots.ReadAsync(Vault)).Flags);
        foreach (var call in new[] { release, unpause, follow, VaultCalls.ProveFork(a, b, 0), World.LockCall(1), Vault.Artifact.Call("applyLimits"), Vault.Artifact.Call("completeRetire") })
            Assert.Equal("IsForked", await Vault.RefusalAsync(World.Alice, call));
    }

    [Theory]
    [InlineData("block")]
    [InlineData("bridge root")]
    [InlineData("next validators")]
    public async Task AnyDifferentFieldIsAFork(string field)
    {
        var a = Chain.Certify();
        var b = field switch
        {
            "block" => Chain.Certify(height: a.Height, round: 3, block: Words.Of(1)),
            "bridge root" => Chain.Certify(height: a.Height, bridgeRoot: Words.Of(1)),
            _ => Chain.Certify(height: a.Height, next: Words.Of(1)),
        };
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(VaultCalls.ProveFork(a, b, 0)));
    }

    [Fact]
    public async Task WhatIsNoForkIsRefused()
    {
        var (a, b) = World.Fork();
        Assert.Equal("NoFork", await World.RefusalAsync(VaultCalls.ProveFork(a, Chain.Certify(height: a.Height, round: 9), 0)));
        Assert.Equal("DifferentHeights", await World.RefusalAsync(VaultCalls.ProveFork(a, Chain.Certify(), 0)));
        Assert.Equal("UnknownSet", await World.RefusalAsync(VaultCalls.ProveFork(a, b, 1)));
        Assert.Equal("NoQuorum", await World.RefusalAsync(VaultCalls.ProveFork(a, Chain.Certify(height: a.Height, block: Words.Of(1), signers: [0, 1]), 0)));
        Assert.Equal("WrongSignature", await World.RefusalAsync(VaultCalls.ProveFork(a, b with { BlockHash = Words.Of(1) }, 0)));
    }

    [Fact]
    public async Task APastSetAnswersForItsOwnHeightsAndForThirtyDays()
    {
        Chain.Height = 9;
        var (a, b) = World.Fork(); // at 10, by the first set
        var old = Chain.Keys;
        await World.FollowAsync(_next); // at 11
        var replaced = await Ethereum.TimeAsync();
        await World.FollowAsync(ValidatorKeys.Of(4, 31)); // at 12

        Chain.Keys = old;
        var beyond = (A: Chain.Certify(height: 12), B: Chain.Certify(height: 12, block: Words.Of(1)));
        Assert.Equal("HeightOutsideSet", await World.RefusalAsync(VaultCalls.ProveFork(beyond.A, beyond.B, 0)));
        Assert.Equal("WrongValidators", await World.RefusalAsync(VaultCalls.ProveFork(a, b, 2)));
        Chain.Keys = _next;
        var before = (A: Chain.Certify(height: 11), B: Chain.Certify(height: 11, block: Words.Of(1)));
        Assert.Equal("HeightTooLow", await World.RefusalAsync(VaultCalls.ProveFork(before.A, before.B, 1)));
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(VaultCalls.ProveFork(a, b, 0)));

        await Ethereum.WarpToAsync(replaced + Window);
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(VaultCalls.ProveFork(a, b, 0)));
        await Ethereum.WarpToAsync(replaced + Window + 1);
        Assert.Equal("ForkTooOld", await World.RefusalAsync(VaultCalls.ProveFork(a, b, 0)));
    }

    [Fact]
    public async Task ThePresentSetAnswersAtAnyAge()
    {
        var (a, b) = World.Fork();
        await Ethereum.WarpByAsync(10 * Window);
        await Vault.SendAsync(World.Stranger, VaultCalls.ProveFork(a, b, 0));
    }
}
