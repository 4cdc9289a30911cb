using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class ReleaseTests(VaultFixture fixture) : VaultTest(fixture)
{
    private const uint OtherRound = 7;

    [Fact]
    public async Task AWithdrawalIsPaidByTheCertificateOfALaterBlock()
    {
        await World.LockAsync(1000);
        var first = World.Burn(300);
        var second = World.Burn(200);

        var receipt = await World.ReleaseAsync(second);
        await World.ReleaseAsync(first);

        Assert.Equal(Amount.FromNtk(500), await World.BalanceAsync(World.Bob));
        Assert.Equal(Amount.FromNtk(500), await World.BalanceAsync(Vault.Address));
        var log = Assert.Single(receipt.Logs, log => log.Contract == Vault.Address);
        Assert.Equal([Words.Of(3), second.Withdrawal.BurnId, Words.Of(World.Bob)], log.Topics[1..]);
        Assert.Equal(new AbiWriter().Hash(Words.Of(Amount.FromNtk(200).Units)).UInt64(1).Hash(Words.Of(Amount.FromNtk(200).Units)).ToArray(), log.Data);
    }

    [Fact]
    public async Task EveryLeafOfARangeIsPaidByItsOwnPath()
    {
        await World.LockAsync(1000);
        var releases = Enumerable.Range(0, 13).Select(i => World.Burn((ulong)i + 1)).ToArray();
        foreach (var release in releases) await World.ReleaseAsync(release);
        Assert.Equal(Amount.FromNtk(91), await World.BalanceAsync(World.Bob));
    }

    [Fact]
    public async Task TheRoundDoesNotMatterAndTheSameLeafIsPaidOnce()
    {
        await World.LockAsync(1000);
        var release = World.Burn(300);
        var proof = Chain.Leaves.Prove(release.Index);
        await Vault.SendAsync(World.Stranger, VaultCalls.Release(Chain.Certify(round: OtherRound), release.Withdrawal, proof));

        Assert.Equal("AlreadyReleased", await World.RefusalAsync(World.ReleaseCall(release)));
        Assert.Equal(Words.Of(1), await Vault.ReadAsync("isReleased", AbiValue.Word(release.Withdrawal.BurnId)));
        Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
    }

    [Fact]
    public async Task OfTwoRelayersInOneBlockOnePays()
    {
        await World.LockAsync(1000);
        var call = World.ReleaseCall(World.Burn(300));
        await Ethereum.CallAsync("evm_setAutomine", false);
        foreach (var relayer in new[] { World.Stranger, World.Alice })
        {
            var request = new { from = relayer.ToString(), to = Vault.Address.ToString(), data = Hex.Encode(call), gas = "0x7a1200" };
            await Ethereum.CallAsync("eth_sendTransaction", request);
        }

        await Ethereum.CallAsync("evm_mine");
        await Ethereum.CallAsync("evm_setAutomine", true);

        var block = await Ethereum.CallAsync("eth_getBlockReceipts", "latest");
        Assert.Equal([false, true], block.EnumerateArray().Select(receipt => LocalReceipt.Read(receipt).Succeeded).Order());
        Assert.Equal(Amount.FromNtk(300), await World.BalanceAsync(World.Bob));
    }

    [Fact]
    public async Task NoMoreSignersThanAQuorumAreTakenAndOneLessIsTooFew()
    {
        await World.LockAsync(1000);
        var release = World.Burn(300);
        var proof = Chain.Leaves.Prove(release.Index);

        Assert.Equal(3, (int)UInt128.PopCount(Chain.Certify().Signers));
        Assert.Equal("NoQuorum", await World.RefusalAsync(VaultCalls.Release(Chain.Certify(signers: [1, 3]), release.Withdrawal, proof)));
        await Vault.SendAsync(World.Stranger, VaultCalls.Release(Chain.Certify(signers: [0, 1, 3]), release.Withdrawal, proof));
    }

    [Theory]
    [InlineData(4UL, false)] // exactly two thirds
    [InlineData(5UL, true)]
    public async Task MoreThanTwoThirdsOfThePowerMustSign(ulong signed, bool isEnough)
    {
        var keys = ValidatorKeys.Of(2, 9, i => i == 0 ? signed : 2UL);
        await World.LockAsync(1000);
        await World.FollowAsync(keys);
        var release = World.Burn(300);
        var call = VaultCalls.Release(Chain.Certify(signers: [0]), release.Withdrawal, Chain.Leaves.Prove(release.Index));
        Assert.Equal(isEnough ? KnownErrors.None : "NoQuorum", await World.RefusalAsync(call));
    }

    [Fact]
    public async Task PowerCountsAndNotHeads()
    {
        var keys = ValidatorKeys.Of(4, 10, i => i == 2 ? 100UL : 1UL);
        await World.LockAsync(1000);
        await World.FollowAsync(keys);
        var release = World.Burn(300);
        var proof = Chain.Leaves.Prove(release.Index);

        Assert.Equal("NoQuorum", await World.RefusalAsync(VaultCalls.Release(Chain.Certify(signers: [0, 1, 3]), release.Withdrawal, proof)));
        var certificate = Chain.Certify();
        Assert.Equal((UInt128)4, certificate.Signers); // the heavy one is enough
        await Vault.SendAsync(World.Stranger, VaultCalls.Release(certificate, release.Withdrawal, proof));
    }

    [Fact]
    public async Task ASignatureOfASignerCountsOnceAndInItsOwnPlace()
    {
        await World.LockAsync(1000);
        var release = World.Burn(300);
        var proof = Chain.Leaves.Prove(release.Index);
        var good = Chain.Certify(signers: [0, 1, 3]);
        var pairs = good.Signatures.Chunk(2).ToArray();

        Task<string> Refusal(VaultCertificate certificate) => World.RefusalAsync(VaultCalls.Release(certificate, release.Withdrawal, proof));

        Assert.Equal("WrongSignature", await Refusal(good with { Signatures = [.. pairs[1], .. pairs[0], .. pairs[2]] }));
        Assert.Equal("WrongSignature", await Refusal(good with { Signatures = [.. pairs[0], .. pairs[0], .. pairs[2]] }));
        Assert.Equal("WrongSignature", await Refusal(good with { Signers = 0b0111 }));
        Assert.Equal("SignatureCount", await Refusal(good with { Signatures = [.. pairs[0], .. pairs[1]] }));
        Assert.Equal("SignatureCount", await Refusal(good with { Signatures = [.. good.Signatures, .. pairs[2]] }));
        Assert.Equal("SignatureCount", await Refusal(good with { Signatures = good.Signatures[..^1] }));
        Assert.Equal("WrongSignature", await Refusal(good with { Signers = 0b1111 }));
        Assert.Equal("UnknownSigner", await Refusal(good with { Signers = 0b11011 }));
        Assert.Equal("NoQuorum", await Refusal(good with { Signers = 0, Signatures = [] }));
        Assert.Equal(KnownErrors.None, await Refusal(good));
    }

    [Fact]
    public async Task ASignatureHasOneForm()
    {
        await World.LockAsync(1000);
        var release = World.Burn(300);
        var good = Chain.Certify();

        Task<string> Refusal(Hash256 r, Hash256 vs) => World.RefusalAsync(VaultCalls.Release(
            good with { Signatures = good.Signatures.SetItem(0, r).SetItem(1, vs) }, release.Withdrawal, Chain.Leaves.Prove(release.Index)));

        // The lowest of the high s that still leaves room for v: half the order, and one.
        Assert.True(Hash256.TryParse("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1", out var high));
        Assert.Equal("WrongSignature", await Refusal(good.Signatures[0], high));
        Assert.Equal("WrongSignature", await Refusal(good.Signatures[0], FlipV(good.Signatures[1])));
        Assert.Equal("WrongSignature", await Refusal(good.Signatures[0], Hash256.Zero));
        Assert.Equal("WrongSignature", await Refusal(Hash256.Zero, good.Signatures[1]));
        Assert.Equal("WrongSignature", await Refusal(Words.Greatest, Words.Greatest));
        Assert.Equal(KnownErrors.None, await Refusal(good.Signatures[0], good.Signatures[1]));
    }

    [Fact]
    public async Task SignaturesOfAnotherDomainOrChainAreWorthNothing()
    {
        await World.LockAsync(1000);
        var release = World.Burn(300);
        var proof = Chain.Leaves.Prove(release.Index);
        var good = Chain.Certify();

        Task<string> Refusal(VaultCertificate certificate) => World.RefusalAsync(VaultCalls.Release(certificate, release.Withdrawal, proof));

        var otherChain = Precommit(good).Digest(new GenesisHash(Words.Of(0x0f0f)));
        Assert.Equal("WrongSignature", await Refusal(Chain.SignedOver(good, otherChain)));
        var prevote = new Prevote(new Height(good.Height), new Round(good.Round), new BlockHash(good.BlockHash), null).Digest(Chain.Genesis);
        Assert.Equal("WrongSignature", await Refusal(Chain.SignedOver(good, prevote)));
        var nil = new Precommit(new Height(good.Height), new Round(good.Round), null).Digest(Chain.Genesis);
        Assert.Equal("WrongSignature", await Refusal(Chain.SignedOver(good, nil)));
        Assert.Equal("WrongSignature", await Refusal(good with { Round = good.Round + 1 }));
        Assert.Equal("WrongSignature", await Refusal(good with { Height = good.Height + 1 }));
        Assert.Equal("WrongSignature", await Refusal(good with { BlockHash = Words.Of(1) }));
        Assert.Equal("WrongSignature", await Refusal(good with { BridgeRoot = Words.Of(1) }));
        Assert.Equal("WrongSignature", await Refusal(good with { NextValidators = Words.Of(1) }));
        Assert.Equal("NoBlock", await Refusal(Chain.Certify(block: Hash256.Zero)));
        Assert.Equal(KnownErrors.None, await Refusal(Chain.SignedOver(good, Precommit(good).Digest(Chain.Genesis))));
    }

    [Fact]
    public async Task TheSetIsTheOneBehindTheRoot()
    {
        var keys = ValidatorKeys.Of(4, 11, i => (ulong)i + 1);
        await World.LockAsync(1000);
        await World.FollowAsync(keys);
        var release = World.Burn(300);
        var proof = Chain.Leaves.Prove(release.Index);
        var good = Chain.Certify();

        Task<string> Refusal(VaultCertificate certificate) => World.RefusalAsync(VaultCalls.Release(certificate, release.Withdrawal, proof));

        Assert.Equal("WrongValidators", await Refusal(good with { Powers = [.. good.Powers.Reverse()] }));
        Assert.Equal("WrongValidators", await Refusal(good with { Validators = [.. good.Validators.Reverse()] }));
        Assert.Equal("WrongValidators", await Refusal(good with { Validators = good.Validators[..3], Powers = good.Powers[..3] }));
        Assert.Equal("WrongValidators", await Refusal(good with { Validators = [], Powers = [], Signers = 0, Signatures = [] }));
        Assert.Equal(KnownErrors.None, await Refusal(good));
    }

    [Fact]
    public async Task APathLeadsFromItsOwnLeafToTheCertifiedRoot()
    {
        await World.LockAsync(1000);
        var releases = Enumerable.Range(0, 6).Select(_ => World.Burn(10)).ToArray();
        var release = releases[2];
        var proof = Chain.Leaves.Prove(release.Index);
        var certificate = Chain.Certify();

        Task<string> Refusal(MountainProof path) => World.RefusalAsync(VaultCalls.Release(certificate, release.Withdrawal, path));

        Assert.Equal("WrongPath", await Refusal(proof with { Index = proof.Index + 1 }));
        Assert.Equal("WrongPath", await Refusal(proof with { Count = proof.Count - 1 }));
        Assert.Equal("OutsideRange", await Refusal(proof with { Index = proof.Count }));
        Assert.Equal("OutsideRange", await Refusal(proof with { Index = 0, Count = 0, Path = [] }));
        Assert.Equal("PathLength", await Refusal(proof with { Path = proof.Path[..^1] }));
        Assert.Equal("PathLength", await Refusal(proof with { Path = proof.Path.Add(Hash256.Zero) }));
        for (var i = 0; i < proof.Path.Length; i++)
            Assert.Equal("WrongPath", await Refusal(proof with { Path = proof.Path.SetItem(i, Words.Of(1)) }));
        Assert.Equal("WrongPath", await Refusal(Chain.Leaves.Prove(releases[3].Index)));
        Assert.Equal("EmptyRoot", await World.RefusalAsync(VaultCalls.Release(Chain.Certify(bridgeRoot: Hash256.Zero), release.Withdrawal, proof)));
        Assert.Equal(KnownErrors.None, await Refusal(proof));
    }

    [Fact]
    public async Task ALeafBelongsToOneVaultAndOneEthereum()
    {
        await World.LockAsync(1000);
        var withdrawal = World.Burn(10).Withdrawal;
        var otherVault = Chain.Leaves.Append(BridgeLeaf.Release(World.VaultAddress with { Address = World.Bob }, withdrawal));
        var otherEthereum = Chain.Leaves.Append(BridgeLeaf.Release(World.VaultAddress with { EthereumChainId = 1 }, withdrawal));
        foreach (var index in new[] { otherVault, otherEthereum })
            Assert.Equal("WrongPath", await World.RefusalAsync(VaultCalls.Release(Chain.Certify(), withdrawal, Chain.Leaves.Prove(index))));
    }

    [Fact]
    public async Task NothingOfALeafCanBeChanged()
    {
        await World.LockAsync(1000);
        var release = World.Burn(10);
        var withdrawal = release.Withdrawal;
        BridgeWithdrawal[] changed =
        [
            withdrawal with { Amount = Amount.FromNtk(11) },
            withdrawal with { To = World.Alice },
            withdrawal with { BurnId = Words.Of(1) },
            withdrawal with { DeadlineSeconds = withdrawal.DeadlineSeconds + 1 },
        ];
        foreach (var other in changed)
            Assert.Equal("WrongPath", await World.RefusalAsync(VaultCalls.Release(Chain.Certify(), other, Chain.Leaves.Prove(release.Index))));
    }

    [Fact]
    public async Task ADeadlineIsTheLastSecond()
    {
        await World.LockAsync(1000);
        var deadline = await Ethereum.TimeAsync() + 100_000;
        var inTime = World.Burn(10, deadline: deadline);
        var late = World.Burn(10, deadline: deadline - 1);

        await Ethereum.SetNextTimeAsync(deadline);
        await World.ReleaseAsync(inTime);
        Assert.Equal("Expired", await World.RefusalAsync(World.ReleaseCall(late)));
    }

    [Fact]
    public async Task TheBucketBoundsWhatLeavesInAnyTime()
    {
        await World.LockAsync(900_000);
        await World.ReleaseAsync(World.Burn(500_000));
        var emptied = await Ethereum.TimeAsync();
        var next = World.Burn(50_000);
        Assert.Equal("LimitReached", await World.RefusalAsync(World.ReleaseCall(next)));
        Assert.Equal((UInt128)(emptied + 10_000), await Vault.NumberAsync("availableAt", AbiValue.Amount(Amount.FromNtk(50_000))));

        await Ethereum.WarpToAsync(emptied + 9_990);
        Assert.Equal("LimitReached", await World.RefusalAsync(World.ReleaseCall(next)));
        await Ethereum.SetNextTimeAsync(emptied + 10_000);
        await World.ReleaseAsync(next);
        Assert.Equal(Words.Greatest, await Vault.ReadAsync("availableAt", AbiValue.Amount(Amount.FromNtk(500_001))));
        Assert.Equal("LimitReached", await World.RefusalAsync(World.ReleaseCall(World.Burn(500_001))));
    }

    [Fact]
    public async Task NobodyIsPaidWhatNobodyLocked()
    {
        await World.LockAsync(1000);
        await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(Vault.Address), AbiValue.Amount(Amount.FromNtk(5000)));
        Assert.Equal("AboveOutstanding", await World.RefusalAsync(World.ReleaseCall(World.Burn(1001))));
        await World.ReleaseAsync(World.Burn(1000));
        Assert.Equal("AboveOutstanding", await World.RefusalAsync(World.ReleaseCall(World.Burn(new Amount(1)))));
    }

    [Fact]
    public async Task NeitherNobodyNorTheVaultNorTheTokenIsPaid()
    {
        await World.LockAsync(1000);
        foreach (var to in new[] { Address.Zero, Vault.Address, World.Token.Address })
            Assert.Equal("BadTarget", await World.RefusalAsync(World.ReleaseCall(World.Burn(10, to))));
    }

    private static Precommit Precommit(VaultCertificate certificate) => new(
        new Height(certificate.Height),
        new Round(certificate.Round),
        new BlockRef(new BlockHash(certificate.BlockHash), certificate.BridgeRoot, certificate.NextValidators));

    private static Hash256 FlipV(Hash256 vs)
    {
        var bytes = vs.ToArray();
        bytes[0] ^= 0x80;
        return Hash256.FromBytes(bytes);
    }
}
