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
        Assert.Equal((UInt128)1, await Vault.NumberAsync("setNumber"));
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
            Assert.Equal("HeightTooLow", await World.RefusalAsync(VaultWorld.FollowCall(Chain.Certify(height: height_, next: Words.Of(1)))));
        }

        await Vault.SendAsync(World.Stranger, VaultCalls.Release(Chain.Certify(height: height + 1), release.Withdrawal, proof));
    }

    [Fact]
    public async Task TheSameSetAndNoSetAreRefused()
    {
        Assert.Equal("SameValidators", await World.RefusalAsync(VaultWorld.FollowCall(Chain.Certify())));
        Assert.Equal("NoValidators", await World.RefusalAsync(VaultWorld.FollowCall(Chain.Certify(next: Hash256.Zero))));
        Assert.Equal("NoQuorum", await World.RefusalAsync(Chain.End(_next.Set.Root, signers: [0, 1]).Follow));
    }

    [Fact]
    public async Task ThereAndBackIsTwoChanges()
    {
        var first = Chain.Keys;
        await World.FollowAsync(_next);
        await World.FollowAsync(first);
        await World.FollowAsync(_next);
        Assert.Equal((UInt128)3, await Vault.NumberAsync("setNumber"));
    }

    /// <summary>Sets A, B, A, C: the second A's last certificate is good under the first A's root, and names C.</summary>
    [Fact]
    public async Task ASetThatComesBackIsNotTakenForItsFirstTime()
    {
        var (a, c) = (Chain.Keys, ValidatorKeys.Of(4, 22));
        var (b, again, last) = (Chain.Change(_next), Chain.Change(a), Chain.Change(c));

        Assert.Equal("WrongPath", await World.RefusalAsync(last.Follow));
        Assert.Equal("WrongValidators", await World.RefusalAsync(again.Follow));
        await Vault.SendAsync(World.Stranger, b.Follow);
        Assert.Equal("WrongValidators", await World.RefusalAsync(last.Follow));
        await Vault.SendAsync(World.Stranger, again.Follow);
        Assert.Equal("HeightTooLow", await World.RefusalAsync(b.Follow)); // the first A's end, under the second A
        await Vault.SendAsync(World.Stranger, last.Follow);
        Assert.Equal((c.Set.Root, last.Certificate.Height), await PresentAsync());
    }

    [Fact]
    public async Task TheLeafOfAChangeIsOfItsNumberHeightAndRoot()
    {
        var change = Chain.End(_next.Set.Root);
        var (certificate, root) = (change.Certificate, _next.Set.Root);
        foreach (var leaf in new[]
        {
            BridgeLeaf.SetChange(0, new Height(certificate.Height), root), BridgeLeaf.SetChange(2, new Height(certificate.Height), root),
            BridgeLeaf.SetChange(1, new Height(certificate.Height + 1), root), BridgeLeaf.SetChange(1, new Height(certificate.Height), Words.Of(1)),
        })
        {
            var range = new MountainRange([leaf]);
            var call = VaultCalls.Follow(Chain.Certify(next: root, bridgeRoot: range.Root, height: certificate.Height), range.Prove(0));
            Assert.Equal("WrongPath", await World.RefusalAsync(call));
        }

        Assert.Equal("EmptyRoot", await World.RefusalAsync(VaultCalls.Follow(Chain.Certify(next: root, bridgeRoot: Hash256.Zero), change.Proof)));
        Assert.Equal(KnownErrors.None, await World.RefusalAsync(change.Follow));
    }

    /// <summary>A vault that is made when the chain is old counts as the chain does.</summary>
    [Fact]
    public async Task AVaultBeginsWithTheSetThatItIsMadeFor()
    {
        var world = await World.WithVaultAsync(config => config with { SetNumber = 5, SetHeight = 70 });
        var chain = world.Chain;
        (chain.Height, chain.SetNumber) = (99, 5);
        var (a, b) = world.Fork();
        Assert.Equal("UnknownSet", await world.RefusalAsync(VaultCalls.ProveFork(a, b, 4)));
        Assert.Equal(KnownErrors.None, await world.RefusalAsync(VaultCalls.ProveFork(a, b, 5)));
        await world.FollowAsync(_next);
        Assert.Equal((UInt128)6, await world.Vault.NumberAsync("setNumber"));
        Assert.Equal("UnknownSet", await world.RefusalAsync(VaultCalls.ProveFork(a, b, 4)));
        Assert.Equal(KnownErrors.None, await world.RefusalAsync(VaultCalls.ProveFork(a, b, 5)));
    }

    [Fact]
    public async Task APausedVaultFollows()
    {
        await World.LockAsync(1000);
        await World.PauseAsync(3);
        await World.FollowAsync(_next);
        await World.UnpauseAsync(1);
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
        await Vault.SendAsync(World.Stranger, Chain.End(RootOf(keys, powers)).Follow);
        Assert.Equal("TooManyValidators", await World.RefusalAsync(VaultWorld.FollowCall(Unsigned(keys, powers))));
    }

    [Fact]
    public async Task ASetWithoutPowerOrWithUnevenListsCanDoNothing()
    {
        var snapshot = await Ethereum.SnapshotAsync();
        await Vault.SendAsync(World.Stranger, Chain.End(RootOf([], [])).Follow);
        Assert.Equal("NoQuorum", await World.RefusalAsync(VaultWorld.FollowCall(Unsigned([], []))));
        await Ethereum.RevertAsync(snapshot);

        await Vault.SendAsync(World.Stranger, Chain.End(RootOf([World.Alice], [1, 1])).Follow);
        Assert.Equal("PowersMismatch", await World.RefusalAsync(VaultWorld.FollowCall(Unsigned([World.Alice], [1, 1]))));
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

    private async Task<(Hash256 Root, ulong Height)> PresentAsync()
    {
        var slots = await VaultSlots.ReadAsync(Vault);
        return (slots.ValidatorsRoot, slots.SetHeight);
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
