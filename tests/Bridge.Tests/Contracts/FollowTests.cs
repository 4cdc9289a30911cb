using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class FollowTests(VaultFixture fixture) : VaultTest(fixture)
{
    private readonly ValidatorKeys _next = ValidatorKeys.Of(7, 20, i => (ulong)i + 3);

    [Fact]
    public async Task ABlockThatNamesOthersEndsTheSet()
    {
        await World.LockAsync(1000);
        var pending = World.Burn(300);
        Chain.Height = 40;
        var old = Chain.Keys;
        await World.FollowAsync(_next);

        var slots = await VaultSlots.ReadAsync(Vault);
        Assert.Equal((_next.Set.Root, 41UL), (slots.ValidatorsRoot, slots.SetHeight));
        Assert.Equal((UInt128)1, await Vault.NumberAsync("pastSets"));
        await World.ReleaseAsync(pending); // its leaf is in every later root

        Chain.Keys = old;
        Assert.Equal("WrongValidators", await World.RefusalAsync(World.ReleaseCall(World.Burn(1))));
    }

    [Fact]
    public async Task OnlyHeightsAboveTheLastChangeCount()
    {
        await World.LockAsync(1000);
        await World.FollowAsync(_next);
        var release = World.Burn(1);
        var proof = Chain.Leaves.Prove(release.Index);
        var height = Chain.Height;

        foreach (var height_ in new[] { height, height - 1, 0UL })
        {
            Assert.Equal("HeightTooLow", await World.RefusalAsync(VaultCalls.Release(Chain.Certify(height: height_), release.Withdrawal, proof)));
            Assert.Equal("HeightTooLow", await World.RefusalAsync(VaultCalls.Follow(Chain.Certify(height: height_, next: Words.Of(1)))));
        }

        await Vault.SendAsync(World.Stranger, VaultCalls.Release(Chain.Certify(height: height + 1), release.Withdrawal, proof));
    }

    [Fact]
    public async Task TheSameSetAndNoSetAreRefused()
    {
        Assert.Equal("SameValidators", await World.RefusalAsync(VaultCalls.Follow(Chain.Certify())));
        Assert.Equal("NoValidators", await World.RefusalAsync(VaultCalls.Follow(Chain.Certify(next: Hash256.Zero))));
        Assert.Equal("NoQuorum", await World.RefusalAsync(VaultCalls.Follow(Chain.Certify(next: _next.Set.Root, signers: [0, 1]))));
    }

    [Fact]
    public async Task ThereAndBackIsTwoChanges()
    {
        var first = Chain.Keys;
        await World.FollowAsync(_next);
        await World.FollowAsync(first);
        await World.FollowAsync(_next);
        Assert.Equal((UInt128)3, await Vault.NumberAsync("pastSets"));
    }

    [Fact]
    public async Task APausedVaultFollows()
    {
        await World.LockAsync(1000);
        await World.PauseAsync(3);
        await World.FollowAsync(_next);
        await World.ActAsync(BridgeAction.Unpause(World.NextActionId(), 1, VaultWorld.Far));
        await World.ReleaseAsync(World.Burn(1));
    }

    [Fact]
    public async Task ASetOfAHundredWorksAndOneMoreDoesNot()
    {
        await World.LockAsync(10);
        await World.FollowAsync(ValidatorKeys.Of(100, 21));
        await World.ReleaseAsync(World.Burn(1));

        // No chain of ours names such a root; the bound is of the vault's own.
        var keys = Enumerable.Range(0, 101).Select(i => PrivateKey.FromSeed(Words.Of((UInt128)i + 1)).Address).Order().ToArray();
        var powers = keys.Select(_ => 1UL).ToArray();
        await Vault.SendAsync(World.Stranger, VaultCalls.Follow(Chain.Certify(next: RootOf(keys, powers))));
        Assert.Equal("TooManyValidators", await World.RefusalAsync(VaultCalls.Follow(Unsigned(keys, powers))));
    }

    [Fact]
    public async Task ASetWithoutPowerOrWithUnevenListsCanDoNothing()
    {
        var snapshot = await Ethereum.SnapshotAsync();
        await Vault.SendAsync(World.Stranger, VaultCalls.Follow(Chain.Certify(next: RootOf([], []))));
        Assert.Equal("NoQuorum", await World.RefusalAsync(VaultCalls.Follow(Unsigned([], []))));
        await Ethereum.RevertAsync(snapshot);

        await Vault.SendAsync(World.Stranger, VaultCalls.Follow(Chain.Certify(next: RootOf([World.Alice], [1, 1]))));
        Assert.Equal("PowersMismatch", await World.RefusalAsync(VaultCalls.Follow(Unsigned([World.Alice], [1, 1]))));
    }

    [Fact]
    public async Task TheFirstSetIsGivenInFullAndOrdered()
    {
        var good = World.Config;
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(good));
        Assert.Equal("BadValidators", await World.RefusalAsync(good with { Validators = [] }));
        Assert.Equal("BadValidators", await World.RefusalAsync(good with { Validators = [.. good.Validators.Reverse()] }));
        Assert.Equal("BadValidators", await World.RefusalAsync(good with { Validators = [good.Validators[0], good.Validators[0]] }));
        Assert.Equal("BadValidators", await World.RefusalAsync(good with { Validators = [new Validator(Address.Zero, 1)] }));
        Assert.Equal("BadValidators", await World.RefusalAsync(good with { Validators = [good.Validators[0] with { Power = 0 }] }));
        Assert.Equal("BadValidators", await World.RefusalAsync(good with { Validators = [good.Validators[0] with { Power = Limits.VotingPowerMax + 1 }] }));
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(good with { Validators = [good.Validators[0] with { Power = Limits.VotingPowerMax }] }));
    }

    private static Hash256 RootOf(IEnumerable<Address> addresses, IEnumerable<ulong> powers) => Keccak256.Hash(
        AbiValue.Encode(AbiValue.Array(addresses.Select(AbiValue.Address)), AbiValue.Array(powers.Select(power => AbiValue.Number(power)))));

    private VaultCertificate Unsigned(Address[] validators, ulong[] powers) => Chain.Certify(next: Words.Of(1)) with
    {
        Validators = [.. validators],
        Powers = [.. powers],
        Signers = 0,
        Signatures = [],
    };
}
