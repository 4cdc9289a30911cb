using System.Collections.Immutable;

namespace NeuroChain.Chain.Tests;

/// <summary>What a light client believes of an honest server, and what it refuses of a hostile one.</summary>
public sealed class LightClientTests
{
    private static readonly LightOptions Options = new() { TrustingPeriodMs = 100_000, ClockDriftMs = 5_000 };

    // Four equal validators for ever.
    private readonly LightChain _chain = new((chain, _) => chain.Equal(0, 4));

    private LightClient FromGenesis => LightClient.FromGenesis(_chain.Genesis, Options);

    [Fact]
    public void FromGenesisOneFarHeaderIsEnoughWhileTheSetStays()
    {
        var client = FromGenesis;
        Assert.Equal([50UL], _chain.Follow(client, 50, out var fault));
        Assert.Equal(LightFault.None, fault);
        Assert.Equal(_chain[50].Header.Hash, client.Latest.Hash);
        Assert.Null(client.Next(new Height(50)));
    }

    [Fact]
    public void NeighboursFollowEachOther()
    {
        var client = FromGenesis;
        for (ulong height = 1; height <= 5; height++) Assert.Equal(LightFault.None, client.Accept(_chain[height], _chain.TimeOf(6)));
        Assert.Equal(5UL, client.Latest.Height.Value);
    }

    [Fact]
    public void ATrustedHeightAndHashAreABeginning()
    {
        Assert.True(LightClient.TryStart(_chain[7], new Height(7), _chain[7].Header.Hash, Options, out var client, out _));
        Assert.Equal([20UL], _chain.Follow(client, 20, out _));
        Assert.False(LightClient.TryStart(_chain[7], new Height(7), _chain[8].Header.Hash, Options, out _, out var fault));
        Assert.Equal(LightFault.NotTheTrustedHeader, fault);
        Assert.False(LightClient.TryStart(_chain[7], new Height(8), _chain[7].Header.Hash, Options, out _, out fault));
        Assert.Equal(LightFault.NotTheTrustedHeader, fault);
        var another = _chain[7] with { Validators = _chain.Equal(10, 4) };
        Assert.False(LightClient.TryStart(another, new Height(7), _chain[7].Header.Hash, Options, out _, out fault));
        Assert.Equal(LightFault.WrongValidators, fault);
    }

    [Fact]
    public void OlderHeadersAreTrustedByTheirHashes()
    {
        Assert.True(LightClient.TryStart(_chain[9], new Height(9), _chain[9].Header.Hash, Options, out var client, out _));
        Assert.Equal([8UL, 7, 6, 5], _chain.Follow(client, 5, out var fault));
        Assert.Equal(LightFault.None, fault);
        Assert.Equal(_chain[5].Header.StateRoot, client.At(new Height(5))!.Header!.StateRoot);
        Assert.Equal([10UL], _chain.Follow(client, 10, out _));
        Assert.Equal([4UL, 3], _chain.Follow(client, 3, out _));
    }

    [Fact]
    public void AnOlderHeaderThatIsNotTheParentIsRefused()
    {
        Assert.True(LightClient.TryStart(_chain[9], new Height(9), _chain[9].Header.Hash, Options, out var client, out _));
        var other = _chain.Forge(8, header => header with { StateRoot = new StateRoot(Hash256.Zero) });
        Assert.Equal(LightFault.WrongParent, client.AcceptParent(other.Header));
        Assert.Equal(LightFault.NotTheParent, client.AcceptParent(_chain[7].Header));
        Assert.Equal(LightFault.NotTheParent, client.Accept(_chain[8], _chain.TimeOf(10)));
        Assert.Null(client.At(new Height(8)));
        Assert.Equal(LightFault.NotTheParent, FromGenesis.AcceptParent(_chain[1].Header));
    }

    [Fact]
    public void NothingLeadsToGenesis() => Assert.Null(FromGenesis.Next(Height.Genesis));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AnotherSetThanTheKnownOneIsRefused(ulong height)
    {
        var strangers = _chain.Equal(20, 4);
        Assert.Equal(LightFault.WrongValidators, FromGenesis.Accept(_chain.Forge(height, h => h, strangers), _chain.TimeOf(3)));
        var most = _chain.Equal(0, 3);
        Assert.Equal(LightFault.WrongValidators, FromGenesis.Accept(_chain.Forge(height, h => h, most), _chain.TimeOf(3)));
    }

    [Fact]
    public void GenesisFixesTheSecondSetToo() =>
        Assert.Equal(
            LightFault.WrongNextValidators,
            FromGenesis.Accept(_chain.Forge(1, header => header with { NextValidatorsRoot = _chain.Equal(20, 4).Root }), _chain.TimeOf(2)));

    [Fact]
    public void ASetThatIsNotTheHeadersIsRefused() =>
        Assert.Equal(LightFault.WrongValidators, FromGenesis.Accept(_chain[9] with { Validators = _chain.Equal(20, 4) }, _chain.TimeOf(10)));

    [Fact]
    public void TwoThirdsAreNotFinalAndOneUnitMoreIs()
    {
        var chain = new LightChain((c, _) => c.SetOf((0, 100), (1, 100), (2, 99), (3, 1)));
        var (a, b, d) = (chain.AddressOf(0), chain.AddressOf(1), chain.AddressOf(3));
        var client = LightClient.FromGenesis(chain.Genesis, Options);
        Assert.Equal(LightFault.NotFinal, client.Accept(chain.Forge(9, h => h, null, who => who == a || who == b), chain.TimeOf(10)));
        Assert.Equal(LightFault.None, client.Accept(chain.Forge(9, h => h, null, who => who == a || who == b || who == d), chain.TimeOf(10)));
    }

    // The trusted set has 300; those of it who stay sign for a new set in which they are few.
    [Theory]
    [InlineData(0, LightFault.NotEnoughTrust)]
    [InlineData(1, LightFault.None)]
    public void AThirdOfTheTrustedPowerIsRefusedAndOneUnitMoreIsAccepted(int helper, LightFault expected)
    {
        var chain = new LightChain((c, _) => c.SetOf((0, 100), (1, 1), (2, 199)));
        var next = chain.SetOf([(0, 5), .. helper == 1 ? new[] { (1, 5UL) } : [], (30, 500)]);
        var client = LightClient.FromGenesis(chain.Genesis, Options);
        var far = chain.Forge(9, header => header, next);
        Assert.Equal(100UL + (ulong)helper, far.PowerIn(chain[1].Validators));
        Assert.Equal(expected, client.Accept(far, chain.TimeOf(10)));
    }

    // Overlap is of those who signed, not of those who stand in the new set.
    [Fact]
    public void MembersWhoDidNotSignLendNoTrust()
    {
        var next = _chain.SetOf((0, 1), (1, 1), (30, 100));
        var unsigned = _chain.Forge(9, header => header, next, who => who == _chain.AddressOf(30));
        Assert.Equal(LightFault.NotEnoughTrust, FromGenesis.Accept(unsigned, _chain.TimeOf(10)));
        Assert.Equal(LightFault.None, FromGenesis.Accept(_chain.Forge(9, header => header, next), _chain.TimeOf(10)));
    }

    [Fact]
    public void ASignerWhoStandsTwiceIsFound()
    {
        var honest = _chain[9];
        var signatures = honest.Certificate.Signatures;
        var twice = honest with { Certificate = honest.Certificate with { Signatures = [signatures[0], signatures[1], signatures[1]] } };
        Assert.Equal(LightFault.DuplicateSigner, FromGenesis.Accept(twice, _chain.TimeOf(10)));
        Assert.False(LightBlock.TryDecode(twice.Encode(), out _));
    }

    [Fact]
    public void SignersWhoAreNoneAreFound()
    {
        var honest = _chain[9];
        var signatures = honest.Certificate.Signatures;
        var stranger = honest with { Certificate = honest.Certificate with { Signatures = signatures.Add(new IndexedSignature(4, signatures[0].Signature)) } };
        Assert.Equal(LightFault.UnknownSigner, FromGenesis.Accept(stranger, _chain.TimeOf(10)));
        var swapped = honest with { Certificate = honest.Certificate with { Signatures = signatures.SetItem(1, new IndexedSignature(1, signatures[0].Signature)) } };
        Assert.Equal(LightFault.WrongSignature, FromGenesis.Accept(swapped, _chain.TimeOf(10)));
    }

    [Fact]
    public void ACertificateOfAnotherHeightOrBlockIsFound()
    {
        Assert.Equal(LightFault.CertificateOfAnotherBlock, FromGenesis.Accept(_chain[9] with { Certificate = _chain[8].Certificate }, _chain.TimeOf(10)));
        var other = _chain.Forge(9, header => header with { TransactionsRoot = Hash256.Sha256([1]) });
        Assert.Equal(LightFault.CertificateOfAnotherBlock, FromGenesis.Accept(_chain[9] with { Certificate = other.Certificate }, _chain.TimeOf(10)));
        var renamed = _chain[9].Certificate with { Height = new Height(8) };
        Assert.Equal(LightFault.CertificateOfAnotherBlock, FromGenesis.Accept(_chain[9] with { Certificate = renamed }, _chain.TimeOf(10)));
    }

    [Fact]
    public void OtherHeadersAreRefusedByName()
    {
        Assert.Equal(LightFault.WrongVersion, FromGenesis.Accept(_chain.Forge(9, h => h with { Version = 2 }), _chain.TimeOf(10)));
        Assert.Equal(LightFault.WrongGenesis, FromGenesis.Accept(_chain.Forge(9, h => h with { Genesis = new GenesisHash(Hash256.Zero) }), _chain.TimeOf(10)));
        Assert.Equal(LightFault.DecidedBeforeBuilt, FromGenesis.Accept(_chain.Forge(9, h => h with { BuiltRound = new Round(1) }), _chain.TimeOf(10)));
        Assert.Equal(LightFault.WrongParent, FromGenesis.Accept(_chain.Forge(1, h => h with { Parent = _chain[3].Header.Hash }), _chain.TimeOf(10)));
        var author = _chain[9].Header with { Author = _chain.AddressOf(77) };
        Assert.Equal(LightFault.AuthorNotAValidator, FromGenesis.Accept(_chain.Certify(author, _chain[9].Validators), _chain.TimeOf(10)));
    }

    [Fact]
    public void ExpiredTrustCarriesNothing()
    {
        var last = new Timestamp(LightChain.StartMs + Options.TrustingPeriodMs - 1);
        Assert.Equal(LightFault.None, FromGenesis.Accept(_chain[9], last));
        Assert.Equal(LightFault.TrustExpired, FromGenesis.Accept(_chain[9], last.Plus(1)));
        Assert.Equal(LightFault.TrustExpired, FromGenesis.Accept(_chain[1], last.Plus(1)));
        var client = FromGenesis;
        Assert.Equal(LightFault.None, client.Accept(_chain[9], last));
        Assert.Equal(LightFault.None, client.Accept(_chain[20], last.Plus(5_000)));
    }

    [Fact]
    public void AHeaderFromTheFutureIsRefused()
    {
        var header = _chain.TimeOf(9);
        Assert.Equal(LightFault.None, FromGenesis.Accept(_chain[9], new Timestamp(header.Milliseconds - Options.ClockDriftMs)));
        Assert.Equal(LightFault.FromTheFuture, FromGenesis.Accept(_chain[9], new Timestamp(header.Milliseconds - Options.ClockDriftMs - 1)));
        Assert.Equal(LightFault.FromTheFuture, FromGenesis.Accept(_chain.Forge(9, h => h with { Time = new Timestamp(ulong.MaxValue) }), header));
    }

    [Fact]
    public void TimesAscendWithHeights()
    {
        var client = FromGenesis;
        _chain.Follow(client, 5, out _);
        _chain.Follow(client, 20, out _);
        Assert.Equal(LightFault.TimeNotAscending, client.Accept(_chain.Forge(9, h => h with { Time = _chain.TimeOf(5) }), _chain.TimeOf(21)));
        Assert.Equal(LightFault.TimeNotAscending, client.Accept(_chain.Forge(9, h => h with { Time = _chain.TimeOf(20) }), _chain.TimeOf(21)));
        Assert.Equal(LightFault.WrongParent, client.Accept(_chain.Forge(6, h => h with { Parent = _chain[3].Header.Hash }), _chain.TimeOf(21)));
        Assert.Equal(LightFault.WrongParent, client.Accept(_chain.Forge(19, h => h with { StateRoot = default }), _chain.TimeOf(21)));
        Assert.Equal(LightFault.None, client.Accept(_chain[9], _chain.TimeOf(21)));
    }

    // One of four leaves every ten blocks: after forty, nobody of the first set is left.
    [Fact]
    public void ASetThatWasReplacedWhollyNeedsHeadersBetween()
    {
        var chain = new LightChain((c, height) => c.Equal((int)(height / 10), 4));
        var client = LightClient.FromGenesis(chain.Genesis, Options);
        var fetched = chain.Follow(client, 60, out var fault);
        Assert.Equal(LightFault.None, fault);
        Assert.Equal(60UL, fetched[0]);
        Assert.InRange(fetched.Count, 3, 20);
        Assert.Equal(chain[60].Header.Hash, client.Latest.Hash);
    }

    // All at once: only the neighbour knows the new set.
    [Fact]
    public void ASetThatIsReplacedAtOnceIsFollowedThroughTheVeryHeight()
    {
        var chain = new LightChain((c, height) => c.Equal(height < 37 ? 0 : 50, 4));
        var client = LightClient.FromGenesis(chain.Genesis, Options);
        var fetched = chain.Follow(client, 60, out var fault);
        Assert.Equal(LightFault.None, fault);
        Assert.Contains(36UL, fetched);
        Assert.Contains(37UL, fetched);
        Assert.InRange(fetched.Count, 4, 14);
    }

    [Fact]
    public void ADifferentChainOfStrangersEndsInARefusal()
    {
        var strangers = _chain.Equal(40, 4);
        var client = FromGenesis;
        _chain.Follow(client, 60, out var fault, height => height < 30 ? _chain[height] : _chain.Forge(height, h => h, strangers));
        Assert.Equal(LightFault.WrongValidators, fault);
        Assert.Equal(29UL, client.Latest.Height.Value);
    }

    [Fact]
    public void AForkIsEvidenceAndTheEnd()
    {
        var client = FromGenesis;
        _chain.Follow(client, 20, out _);
        var other = _chain.Forge(20, header => header with { StateRoot = default }, null, who => who != _chain.AddressOf(2));
        Assert.Equal(LightFault.Fork, client.Accept(other, _chain.TimeOf(21)));
        var fork = client.Fork!;
        Assert.Equal(_chain[20].Certificate, fork.Trusted.Certificate);
        Assert.Equal(other.Certificate, fork.Other.Certificate);
        Assert.True(fork.IsEquivocation);
        Assert.Equal(3, fork.SignersOfBoth.Length);
        Assert.DoesNotContain(_chain.AddressOf(2), fork.SignersOfBoth);
        Assert.Equal(LightFault.Fork, client.Accept(_chain[21], _chain.TimeOf(21)));
    }

    // More than a third of the trusted set made up a set of their own.
    [Fact]
    public void AForkOfASetThatIsNotTheChainsIsEvidenceToo()
    {
        var client = FromGenesis;
        _chain.Follow(client, 20, out _);
        var made = _chain.SetOf((0, 1), (1, 1), (70, 1));
        Assert.Equal(LightFault.Fork, client.Accept(_chain.Forge(20, h => h with { StateRoot = default }, made), _chain.TimeOf(21)));
        Assert.Equal(2, client.Fork!.SignersOfBoth.Length);
    }

    [Fact]
    public void AnUncertifiedContradictionIsNoFork()
    {
        var client = FromGenesis;
        _chain.Follow(client, 20, out _);
        var two = _chain.Forge(20, h => h with { StateRoot = default }, null, who => who == _chain.AddressOf(0) || who == _chain.AddressOf(1));
        Assert.Equal(LightFault.NotFinal, client.Accept(two, _chain.TimeOf(21)));
        Assert.Equal(LightFault.NotEnoughTrust, client.Accept(_chain.Forge(20, h => h with { StateRoot = default }, _chain.Equal(40, 4)), _chain.TimeOf(21)));
        Assert.Null(client.Fork);
        Assert.Equal(LightFault.None, client.Accept(_chain[21], _chain.TimeOf(21)));
    }

    [Fact]
    public void WhatIsTrustedIsAcceptedAgain()
    {
        var client = FromGenesis;
        _chain.Follow(client, 20, out _);
        Assert.Equal(LightFault.None, client.Accept(_chain[20], new Timestamp(ulong.MaxValue)));
    }

    [Fact]
    public void ALightBlockHasOneBoundedEncoding()
    {
        var bytes = _chain[3].Encode();
        Assert.True(LightBlock.TryDecode(bytes, out var block));
        Assert.Equal(_chain[3], block);
        Assert.Equal(bytes, block.Encode());
        for (var length = 0; length < bytes.Length; length++) Assert.False(LightBlock.TryDecode(bytes.AsSpan(0, length), out _));
        Assert.False(LightBlock.TryDecode([.. bytes, 0], out _));
        Assert.False(LightBlock.TryDecode(new byte[LightBlock.SizeMax + 1], out _));
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            if (LightBlock.TryDecode(bytes, out var other)) Assert.Equal(bytes, other.Encode());
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void TheGreatestLightBlockFits()
    {
        var chain = new LightChain((c, _) => c.Equal(0, Limits.ValidatorsMax));
        var bytes = chain[1].Encode();
        Assert.Equal(10_062, LightBlock.SizeMax);
        Assert.Equal(LightBlock.SizeMax, bytes.Length);
        Assert.True(LightBlock.TryDecode(bytes, out _));
    }
}
