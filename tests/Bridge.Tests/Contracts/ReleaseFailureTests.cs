using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Releases that nobody owes, by the names of the failure cases; <see cref="ReleaseTests"/> has each part alone.</summary>
public sealed class ReleaseFailureTests(VaultFixture fixture) : VaultTest(fixture)
{
    [Fact]
    public async Task F13_TooFewDoubledUnsortedHighForeignOrOldSignaturesPayNothing()
    {
        await World.LockAsync(1_000);
        var release = World.Burn(300);
        var proof = Chain.Leaves.Prove(release.Index);
        var good = Chain.Certify(signers: [0, 1, 3]);
        var pairs = good.Signatures.Chunk(2).ToArray();
        Task<string> Refusal(VaultCertificate certificate) => World.RefusalAsync(VaultCalls.Release(certificate, release.Withdrawal, proof));

        // Half the order of the group, and one: the lowest of the high s.
        Assert.True(Hash256.TryParse("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1", out var high));
        Assert.Equal("NoQuorum", await Refusal(Chain.Certify(signers: [0, 1])));
        Assert.Equal("WrongSignature", await Refusal(good with { Signatures = [.. pairs[0], .. pairs[0], .. pairs[2]] }));
        Assert.Equal("WrongSignature", await Refusal(good with { Signatures = [.. pairs[1], .. pairs[0], .. pairs[2]] }));
        Assert.Equal("WrongSignature", await Refusal(good with { Signatures = [pairs[0][0], high, .. pairs[1], .. pairs[2]] }));
        var prevote = new Prevote(new Height(good.Height), new Round(good.Round), new BlockHash(good.BlockHash), null).Digest(Chain.Genesis);
        Assert.Equal("WrongSignature", await Refusal(Chain.SignedOver(good, prevote)));
        await World.FollowAsync(ValidatorKeys.Of(4, 60));
        Assert.Equal("WrongValidators", await Refusal(good));
        Assert.Equal(Amount.Zero, await World.BalanceAsync(World.Bob));
        await World.ReleaseAsync(release);
        Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
    }

    // No validator is ever asked to sign a release: it signs blocks whose bridge root its own ledger made. So what was not burned has no path.
    [Fact]
    public async Task F15_AWithdrawalThatWasNeverBurnedHasNoPathUnderAnyCertificate()
    {
        await World.LockAsync(1_000);
        var burned = World.Burn(1);
        var unknown = burned.Withdrawal with { BurnId = Words.Of(15), Amount = Amount.FromNtk(300) };
        var certificate = Chain.Certify();
        Task<string> Refusal(VaultCertificate under, MountainProof proof) => World.RefusalAsync(VaultCalls.Release(under, unknown, proof));

        Assert.Equal("WrongPath", await Refusal(certificate, Chain.Leaves.Prove(burned.Index)));
        Assert.Equal("OutsideRange", await Refusal(certificate, new MountainProof(1, 1, [])));
        var own = new MountainRange();
        own.Append(BridgeLeaf.Release(World.VaultAddress, unknown));
        Assert.Equal("WrongPath", await Refusal(certificate, own.Prove(0)));
        Assert.Equal("WrongSignature", await Refusal(certificate with { BridgeRoot = own.Root }, own.Prove(0)));
        Assert.Equal("EmptyRoot", await Refusal(Chain.Certify(bridgeRoot: Hash256.Zero), own.Prove(0)));
        Assert.Equal(Amount.Zero, await World.BalanceAsync(World.Bob));
    }
}
