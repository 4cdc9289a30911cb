using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class ForkTests(VaultFixture fixture) : VaultTest(fixture)
{
    private const ulong Window = VaultWorld.ForkWindow;

    private readonly ValidatorKeys _next = ValidatorKeys.Of(4, 30);

    [Fact]
    public async Task TwoCertificatesOfOneHeightStopTheVaultForGood()
    {
        await World.LockAsync(1000);
        var release = World.ReleaseCall(World.Burn(1));
        var unpause = World.ActCall(BridgeAction.Unpause(World.NextActionId(), 0, VaultWorld.Far));
        var follow = Chain.End(_next.Set.Root).Follow;
        var (a, b) = World.Fork();

        await Vault.SendAsync(World.Stranger, VaultCalls.ProveFork(a, b, 0));

        Assert.Equal(VaultFlags.Forked, (await VaultSlots.ReadAsync(Vault)).Flags);
        foreach (var call in new[] { release, unpause, follow, VaultCalls.ProveFork(a, b, 0), Chain.End(Words.Of(1)).Evidence(0), World.LockCall(1), Vault.Artifact.Call("applyLimits"), Vault.Artifact.Call("completeRetire"), Vault.Artifact.Call("completeUnpause") })
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
    public async Task APastSetAnswersForItsOwnHeightsAndForTwelveDays()
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

    /// <summary>Sets A, B, A: each A has its own heights and its own time.</summary>
    [Fact]
    public async Task ASetThatComesBackIsTwoSets()
    {
        var first = Chain.Keys;
        Chain.Height = 9;
        await World.FollowAsync(_next); // A up to 10
        var replaced = await Ethereum.TimeAsync();
        Chain.Height = 19;
        await Ethereum.WarpByAsync(Window / 2);
        await World.FollowAsync(first); // B up to 20
        (VaultCertificate A, VaultCertificate B) At(ulong height) => (Chain.Certify(height: height), Chain.Certify(height: height, block: Words.Of(1)));

        var (early, late) = (At(5), At(25));
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(VaultCalls.ProveFork(early.A, early.B, 0)));
        Assert.Equal("HeightTooLow", await World.RefusalAsync(VaultCalls.ProveFork(early.A, early.B, 2)));
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(VaultCalls.ProveFork(late.A, late.B, 2)));
        Assert.Equal("HeightOutsideSet", await World.RefusalAsync(VaultCalls.ProveFork(late.A, late.B, 0)));
        var between = At(15); // those keys were not the chain's then
        Assert.Equal("HeightOutsideSet", await World.RefusalAsync(VaultCalls.ProveFork(between.A, between.B, 0)));
        Assert.Equal("WrongValidators", await World.RefusalAsync(VaultCalls.ProveFork(between.A, between.B, 1)));
        Assert.Equal("HeightTooLow", await World.RefusalAsync(VaultCalls.ProveFork(between.A, between.B, 2)));
        Assert.Equal("UnknownSet", await World.RefusalAsync(VaultCalls.ProveFork(late.A, late.B, 3))); // of sets to come nothing is heard

        await Ethereum.WarpToAsync(replaced + Window + 1);
        Assert.Equal("ForkTooOld", await World.RefusalAsync(VaultCalls.ProveFork(early.A, early.B, 0)));
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(VaultCalls.ProveFork(late.A, late.B, 2)));
    }

    /// <summary>Whoever has the keys of a set leads the vault away at a height of which the chain will have no block for ages.</summary>
    [Fact]
    public async Task AVaultThatWasLedAwayAtAFarHeightIsStoppedByTheTrueEndOfTheSet()
    {
        const ulong far = 1UL << 60;
        var (keys, thieves) = (Chain.Keys, ValidatorKeys.Of(4, 33));
        var theirs = new SideChain(keys, Chain.Genesis);
        await Vault.SendAsync(World.Stranger, theirs.End(thieves.Set.Root, height: far).Follow);
        (theirs.Keys, theirs.SetNumber) = (thieves, 1);

        Chain.Height = 40;
        Assert.Equal("WrongValidators", await World.RefusalAsync(World.ReleaseCall(World.Burn(1)))); // the chain is cut off
        var end = Chain.Change(_next); // it changes the keys that were stolen
        Assert.Equal("WrongValidators", await World.RefusalAsync(end.Follow));
        Assert.Equal("UnknownSet", await World.RefusalAsync(end.Evidence(1)));
        Assert.Equal("WrongPath", await World.RefusalAsync(VaultCalls.ProveOtherEnd(end.Certificate, end.Proof with { Index = end.Proof.Index - 1 }, 0)));
        await Vault.SendAsync(World.Stranger, end.Evidence(0));

        Assert.Equal(VaultFlags.Forked, (await VaultSlots.ReadAsync(Vault)).Flags);
        Assert.Equal("IsForked", await World.RefusalAsync(theirs.End(Words.Of(1)).Follow));
    }

    /// <summary>The same set's keys, after the chain had changed it and before anybody brought that change.</summary>
    [Fact]
    public async Task AVaultThatOldKeysLedAwayIsStoppedToo()
    {
        Chain.Height = 9;
        var (old, end) = (Chain.Keys, Chain.Change(_next)); // at 10, and not brought
        var theirs = new SideChain(old, Chain.Genesis) { Height = 20 };
        await Vault.SendAsync(World.Stranger, theirs.End(Words.Of(1)).Follow);
        await Vault.SendAsync(World.Stranger, end.Evidence(0));
        Assert.Equal(VaultFlags.Forked, (await VaultSlots.ReadAsync(Vault)).Flags);
    }

    [Fact]
    public async Task TheEndThatWasFollowedIsNoEvidence()
    {
        var first = Chain.Keys;
        var end = Chain.Change(_next);
        Assert.Equal("UnknownSet", await World.RefusalAsync(end.Evidence(0))); // it is to be followed
        await Vault.SendAsync(World.Stranger, end.Follow);
        var replaced = await Ethereum.TimeAsync();
        Assert.Equal("NoFork", await World.RefusalAsync(end.Evidence(0)));
        Assert.Equal("UnknownSet", await World.RefusalAsync(end.Evidence(1)));

        var other = new SideChain(first, Chain.Genesis).End(Words.Of(1), height: end.Certificate.Height);
        var few = new SideChain(first, Chain.Genesis).End(Words.Of(1), height: end.Certificate.Height, signers: [0, 1]);
        Assert.Equal("NoQuorum", await World.RefusalAsync(few.Evidence(0)));
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(other.Evidence(0)));
        var later = new SideChain(first, Chain.Genesis).End(Words.Of(1), height: end.Certificate.Height + 1);
        Assert.Equal("HeightOutsideSet", await World.RefusalAsync(later.Evidence(0)));
        await Ethereum.WarpToAsync(replaced + Window + 1);
        Assert.Equal("ForkTooOld", await World.RefusalAsync(other.Evidence(0)));
    }

    /// <summary>Bonds are locked for longer: a key whose bond is back stops nothing.</summary>
    [Fact]
    public async Task TheWindowIsTheOneThatBondsAreHeldAgainst()
    {
        Assert.Equal((UInt128)(BridgeTimes.ForkWindowMs / 1000), await Vault.NumberAsync("FORK_WINDOW"));
        Assert.Equal((UInt128)Window, await Vault.NumberAsync("FORK_WINDOW"));
    }

    [Fact]
    public async Task ThePresentSetAnswersAtAnyAge()
    {
        var (a, b) = World.Fork();
        await Ethereum.WarpByAsync(10 * Window);
        await Vault.SendAsync(World.Stranger, VaultCalls.ProveFork(a, b, 0));
    }
}
