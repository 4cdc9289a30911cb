using System.Collections.Immutable;

namespace NeuroChain.Chain.Tests;

/// <summary>A signature of a certificate is checked once: what was verified is believed, and nothing else is.</summary>
public sealed class VerifiedCommitTests
{
    private static readonly GenesisHash Genesis = ChainFormats.Genesis;
    private static readonly Precommit Precommit = new(new Height(9), new Round(2), new BlockRef(new BlockHash(Hash256.Sha256([1])), Hash256.Sha256([2]), Hash256.Sha256([3])));
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(0, 5).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i]))).OrderBy(key => key.Address)];
    private static readonly ValidatorSet Set = SetOf(1, 1, 1, 1);

    [Theory]
    [InlineData("0 1 2", "0 1 2", 0)]
    [InlineData("0 1 2 3", "0 1 2", 0)]
    [InlineData("0 1 2", "0 1 2 3", 1)]
    [InlineData("0 2 3", "1 2 3", 1)]
    [InlineData("1 2 3", "0 1 2", 1)]
    public void OnlyWhatIsNewIsChecked(string known, string signers, int checks) => Assert.Equal((CertificateFault.None, checks), Check(Commit(signers), Verified(known)));

    [Fact]
    public void ASignatureThatDiffersIsCheckedWhoeverSignedBefore()
    {
        var whole = Commit("0 1 2 3");
        var forged = whole with { Signatures = whole.Signatures.SetItem(2, new IndexedSignature(2, Keys[0].Sign(Precommit.Digest(Genesis)))) };
        Assert.Equal((CertificateFault.WrongSignature, 1), Check(forged, Verified("0 1 2 3")));
        var moved = whole with { Signatures = whole.Signatures.SetItem(2, new IndexedSignature(2, whole.Signatures[1].Signature)) };
        Assert.Equal((CertificateFault.WrongSignature, 1), Check(moved, Verified("0 1 2 3")));
    }

    /// <summary>The rest of the rules is asked for however much is known.</summary>
    [Fact]
    public void WhatIsKnownIsNotEnoughByItself()
    {
        var whole = Commit("0 1 2 3");
        Assert.Equal((CertificateFault.NotEnoughPower, 0), Check(whole with { Signatures = whole.Signatures[..2] }, Verified("0 1 2 3")));
        Assert.Equal((CertificateFault.DuplicateValidator, 0), Check(whole with { Signatures = [whole.Signatures[0], .. whole.Signatures] }, Verified("0 1 2 3")));
        Assert.Equal((CertificateFault.DuplicateValidator, 0), Check(whole with { Signatures = [.. whole.Signatures.Reverse()] }, Verified("0 1 2 3")));
    }

    [Fact]
    public void WhatIsKnownOfAnotherPrecommitOrSetIsOfNoUse()
    {
        var later = Precommit with { Round = new Round(3) };
        Assert.Equal((CertificateFault.None, 4), Check(Commit("0 1 2 3", later), Verified("0 1 2 3")));
        Assert.True(Commit("0 1 2 3").TryVerify(Genesis, Set, out var known, out _));
        var (fault, checks) = Check(Commit("0 1 2 3"), known, SetOf(1, 1, 1, 2));
        Assert.Equal((CertificateFault.None, 4), (fault, checks));
    }

    [Fact]
    public void SingleVotesMakeTheSameCertificateWithoutACheck()
    {
        var votes = Enumerable.Range(0, 4).Select(i => VoteOf(i)).ToList();
        using var memo = SignatureMemo.Open();
        var commit = VerifiedCommit.Of([votes[3], votes[0], votes[1]], Set);
        Assert.Equal(0, memo.Recalls + memo.Count);
        Assert.True(Commit("0 1 3").TryVerify(Genesis, Set, out var verified, out _));
        Assert.Equal(verified, commit);
        Assert.Equal(Set.Root, commit.ValidatorsRoot);
        Assert.NotEqual(Verified("0 1 2"), commit);
    }

    [Fact]
    public void VotesThatAreNoCertificateMakeNone()
    {
        Assert.Throws<InvariantException>(() => VerifiedCommit.Of([], Set));
        Assert.Throws<InvariantException>(() => VerifiedCommit.Of([VoteOf(0), VoteOf(1)], Set));
        Assert.Throws<InvariantException>(() => VerifiedCommit.Of([VoteOf(0), VoteOf(1), VoteOf(1)], Set));
        Assert.Throws<InvariantException>(() => VerifiedCommit.Of([VoteOf(0), VoteOf(1), VoteOf(4)], Set)); // a stranger
        Assert.Throws<InvariantException>(() => VerifiedCommit.Of([VoteOf(0), VoteOf(1), VoteOf(2, Precommit with { Round = Round.Zero })], Set));
        Assert.Throws<InvariantException>(() => VerifiedCommit.Of([.. Enumerable.Range(0, 4).Select(i => VoteOf(i, Precommit with { Block = null }))], Set));
    }

    // The fault, and how many signatures it took to find it.
    private static (CertificateFault Fault, int Checks) Check(CommitCertificate certificate, VerifiedCommit known, ValidatorSet? set = null)
    {
        using var memo = SignatureMemo.Open();
        var fault = certificate.Check(Genesis, set ?? Set, known);
        return (fault, (int)memo.Recalls + memo.Count);
    }

    private static VerifiedCommit Verified(string signers)
    {
        Assert.True(Commit(signers).TryVerify(Genesis, Set, out var verified, out var fault), fault.ToString());
        return verified;
    }

    private static CommitCertificate Commit(string signers, Precommit? precommit = null)
    {
        precommit ??= Precommit;
        var signatures = signers.Split(' ').Select(i => int.Parse(i, System.Globalization.CultureInfo.InvariantCulture)).Select(i => new IndexedSignature((ushort)i, Keys[i].Sign(precommit.Digest(Genesis))));
        return new CommitCertificate(precommit.Height, precommit.Round, precommit.Block!.Value, signatures.ToImmutableArray());
    }

    private static VerifiedVote VoteOf(int validator, Precommit? precommit = null)
    {
        precommit ??= Precommit;
        return new SignedVote(precommit, Keys[validator].Address, Keys[validator].Sign(precommit.Digest(Genesis))).Verify(Genesis)!;
    }

    private static ValidatorSet SetOf(params ulong[] powers)
    {
        Assert.True(ValidatorSet.TryCreate(powers.Select((power, i) => new Validator(Keys[i].Address, power)), out var set));
        return set;
    }
}
