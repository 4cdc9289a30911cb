using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace NeuroChain.Chain.Tests;

/// <summary>What a certificate proves and what it does not. Powers 1, 2, 3, 3: six of nine are no quorum, three no honest third.</summary>
public sealed class CertificateTests
{
    private static readonly GenesisHash Genesis = ChainFormats.Genesis;
    private static readonly GenesisHash OtherGenesis = new(Hash256.Sha256("another chain"u8));
    private static readonly Height Here = new(9);
    private static readonly Round Second = new(2);
    private static readonly BlockRef Block = new(new BlockHash(Hash256.Sha256([1])), Hash256.Sha256([2]), Hash256.Sha256([3]));

    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(0, 4).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i]))).OrderBy(key => key.Address)];

    private static readonly ValidatorSet Set = SetOf(1, 2, 3, 3);

    [Theory]
    [InlineData("0 1 2 3", CertificateFault.None)]
    [InlineData("1 2 3", CertificateFault.None)]
    [InlineData("0 2 3", CertificateFault.None)]
    [InlineData("2 3", CertificateFault.NotEnoughPower)]
    [InlineData("0 1 3", CertificateFault.NotEnoughPower)]
    [InlineData("3", CertificateFault.NotEnoughPower)]
    [InlineData("", CertificateFault.NotEnoughPower)]
    public void MoreThanTwoThirdsOfThePowerAreWanted(string signers, CertificateFault fault)
    {
        Assert.Equal(fault, Commit(signers).Check(Genesis, Set));
        Assert.Equal(fault, Polka(signers).Check(Genesis, Set));
        Assert.Equal(fault == CertificateFault.None, Polka(signers).Verify(Genesis, Set) is not null);
        Assert.Equal(fault == CertificateFault.None, Commit(signers).TryVerify(Genesis, Set, out var verified, out var named));
        Assert.Equal((fault, fault == CertificateFault.None), (named, verified is not null));
    }

    [Fact]
    public void ACertificateIsOfItsChain()
    {
        Assert.Equal(CertificateFault.WrongSignature, Commit("0 1 2 3").Check(OtherGenesis, Set));
        Assert.Equal(CertificateFault.WrongSignature, Polka("0 1 2 3").Check(OtherGenesis, Set));
        Assert.Equal(CertificateFault.WrongSignature, RoundOf("0 1 2 3").Check(OtherGenesis, Set, out _));
    }

    [Fact]
    public void ACertificateIsOfItsSet()
    {
        Assert.Equal(CertificateFault.NotEnoughPower, Commit("1 2 3").Check(Genesis, SetOf(9, 1, 1, 1)));
        Assert.True(ValidatorSet.TryCreate(Set.Validators.Take(3), out var smaller));
        Assert.Equal(CertificateFault.UnknownValidator, Commit("1 2 3").Check(Genesis, smaller));
        Assert.Equal(CertificateFault.UnknownValidator, RoundOf("1 2 3").Check(Genesis, smaller, out _));
        Assert.True(ValidatorSet.TryCreate(Set.Validators.Skip(1), out var shifted));
        Assert.Equal(CertificateFault.WrongSignature, Commit("0 1 2").Check(Genesis, shifted));
    }

    [Fact]
    public void EveryFieldIsSigned()
    {
        var commit = Commit("0 1 2 3");
        CommitCertificate[] changed =
        [
            commit with { Height = Here.Next() },
            commit with { Round = Second.Next() },
            commit with { Block = Block with { Hash = new BlockHash(Hash256.Sha256([9])) } },
            commit with { Block = Block with { BridgeRoot = Hash256.Zero } },
            commit with { Block = Block with { NextValidatorsRoot = Hash256.Zero } },
        ];
        Assert.All(changed, c => Assert.Equal(CertificateFault.WrongSignature, c.Check(Genesis, Set)));
        var polka = Polka("0 1 2 3");
        PolkaCertificate[] changedPolkas =
        [
            polka with { Height = Here.Next() },
            polka with { Round = Second.Next() },
            polka with { ValidRound = Round.Zero },
            polka with { ValidRound = null },
            polka with { Block = new BlockHash(Hash256.Sha256([9])) },
        ];
        Assert.All(changedPolkas, c => Assert.Equal(CertificateFault.WrongSignature, c.Check(Genesis, Set)));
    }

    [Fact]
    public void ASignatureStandsForItsOwnValidatorOnly()
    {
        var commit = Commit("1 2 3");
        var swapped = commit with { Signatures = [commit.Signatures[0] with { Index = 0 }, .. commit.Signatures[1..]] };
        Assert.Equal(CertificateFault.WrongSignature, swapped.Check(Genesis, Set));
    }

    [Fact]
    public void OneWrongSignatureSpoilsACertificateThatNeedsItNot()
    {
        var commit = Commit("0 1 2 3");
        var spoiled = commit with { Signatures = commit.Signatures.SetItem(0, new IndexedSignature(0, ChainFormats.AnySignature(new SeededStream(1)))) };
        Assert.Equal(CertificateFault.WrongSignature, spoiled.Check(Genesis, Set));
    }

    [Fact]
    public void NobodyCountsTwice()
    {
        foreach (var signers in new[] { "3 3 3", "2 3 3", "3 2 1" }) // repeated, and out of order
        {
            Assert.False(CommitCertificate.TryDecode(Commit(signers).Encode(), out _));
            Assert.False(PolkaCertificate.TryDecode(Polka(signers).Encode(), out _));
            Assert.False(RoundCertificate.TryDecode(RoundOf(signers).Encode(), out _));
            // Nor where the list did not come through a decoder.
            Assert.Equal(CertificateFault.DuplicateValidator, Commit(signers).Check(Genesis, Set));
            Assert.Equal(CertificateFault.DuplicateValidator, Polka(signers).Check(Genesis, Set));
            Assert.Equal(CertificateFault.DuplicateValidator, RoundOf(signers).Check(Genesis, Set, out _));
        }
    }

    [Fact]
    public void AHighSIsRefusedWhereverItStands()
    {
        foreach (var bytes in new[] { Commit("0 1 2 3").Encode(), Polka("0 1 2 3").Encode(), RoundOf("0 1 2 3").Encode() })
        {
            // The last signature: r 32, s 32, v 1.
            var order = BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var high = (order - new BigInteger(bytes.AsSpan(bytes.Length - 33, 32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
            high.CopyTo(bytes, bytes.Length - 1 - high.Length);
            bytes[^1] ^= 1;
            Assert.Null(CommitCertificate.TryDecode(bytes, out var commit) ? commit : null);
            Assert.Null(PolkaCertificate.TryDecode(bytes, out var polka) ? polka : null);
            Assert.Null(RoundCertificate.TryDecode(bytes, out var round) ? round : null);
        }
    }

    [Fact]
    public void ACountBeyondTheBytesOrTheBoundIsRefused()
    {
        var bytes = new CommitCertificate(Here, Second, Block, []).Encode();
        Assert.True(CommitCertificate.TryDecode(bytes, out _));
        (bytes[^2], bytes[^1]) = (0xff, 0xff);
        Assert.False(CommitCertificate.TryDecode(bytes, out _));
        ImmutableArray<IndexedSignature> many = [.. Enumerable.Range(0, Limits.ValidatorsMax + 1).Select(i => new IndexedSignature((ushort)i, ChainFormats.AnySignature(new SeededStream(1))))];
        Assert.True(CommitCertificate.TryDecode(new CommitCertificate(Here, Second, Block, many[1..]).Encode(), out _));
        Assert.False(CommitCertificate.TryDecode(new CommitCertificate(Here, Second, Block, many).Encode(), out _));
    }

    [Theory]
    [InlineData("2", CertificateFault.NotEnoughPower, 3)]
    [InlineData("0 1", CertificateFault.NotEnoughPower, 3)]
    [InlineData("0 2", CertificateFault.None, 4)]
    [InlineData("1 3", CertificateFault.None, 5)]
    [InlineData("0 1 2 3", CertificateFault.None, 9)]
    public void MoreThanAThirdJustifiesARound(string signers, CertificateFault fault, ulong power)
    {
        Assert.Equal(fault, RoundOf(signers).Check(Genesis, Set, out var counted));
        Assert.Equal(power, counted);
    }

    [Fact]
    public void ARoundIsOneRoundOfOneHeight()
    {
        var other = RoundOf("0 1 2 3", Second.Next());
        var mixed = new RoundCertificate([.. RoundOf("0 1").Votes, .. other.Votes[2..]]);
        Assert.Equal(CertificateFault.MixedRounds, mixed.Check(Genesis, Set, out _));
        Assert.False(RoundCertificate.TryDecode(new RoundCertificate([]).Encode(), out _));
    }

    [Fact]
    public void TheVotesOfACertificateAreItsSigners()
    {
        var commit = Commit("1 2 3");
        Assert.True(commit.TryVerify(Genesis, Set, out var verified, out _));
        Assert.Equal(Keys[1..].Select(key => key.Address), commit.Votes(verified, Set).Select(vote => vote.Validator));
        Assert.All(commit.Votes(verified, Set), vote => Assert.NotNull(vote.Signed.Verify(Genesis)));
        Assert.Throws<InvariantException>(() => Commit("0 1 2 3").Votes(verified, Set).ToList());
        Assert.All(Polka("1 2 3").Verify(Genesis, Set)!, vote => Assert.NotNull(vote.Signed.Verify(Genesis)));
    }

    private static ValidatorSet SetOf(params ulong[] powers)
    {
        Assert.True(ValidatorSet.TryCreate(Keys.Select((key, i) => new Validator(key.Address, powers[i])), out var set));
        return set;
    }

    private static CommitCertificate Commit(string signers) =>
        new(Here, Second, Block, SignaturesOf(signers, new Precommit(Here, Second, Block).Digest(Genesis)));

    private static PolkaCertificate Polka(string signers) =>
        new(Here, Second, new Round(1), Block.Hash, SignaturesOf(signers, new Prevote(Here, Second, Block.Hash, new Round(1)).Digest(Genesis)));

    private static RoundCertificate RoundOf(string signers) => RoundOf(signers, Second);

    // Votes of both kinds: whatever they say, they are there.
    private static RoundCertificate RoundOf(string signers, Round round) => new([.. IndicesOf(signers).Select(i =>
    {
        Vote vote = i % 2 == 0 ? new Prevote(Here, round, Block.Hash, null) : new Precommit(Here, round, null);
        return new SignedVote(vote, Keys[i].Address, Keys[i].Sign(vote.Digest(Genesis)));
    })]);

    private static ImmutableArray<IndexedSignature> SignaturesOf(string signers, Hash256 digest) =>
        [.. IndicesOf(signers).Select(i => new IndexedSignature((ushort)i, Keys[i].Sign(digest)))];

    private static IEnumerable<int> IndicesOf(string signers) =>
        signers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => int.Parse(word, CultureInfo.InvariantCulture));
}
