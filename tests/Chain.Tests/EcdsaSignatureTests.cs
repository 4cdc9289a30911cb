namespace NeuroChain.Chain.Tests;

/// <summary>A signature without a recovery id: with the key and without it, every question has one answer.</summary>
public sealed class EcdsaSignatureTests
{
    [Fact]
    public void AKnownKeyAndAnUnknownOneAnswerAlike()
    {
        var stream = new SeededStream(31);
        var asked = new List<(Address Signer, Hash256 Digest, EcdsaSignature Signature, bool IsGood)>();
        for (var i = 0; i < 40; i++)
        {
            var (key, other, digest) = (PrivateKey.FromSeed(stream.NextHash()), PrivateKey.FromSeed(stream.NextHash()), stream.NextHash());
            var signature = key.Sign(digest).WithoutRecoveryId;
            asked.Add((key.Address, digest, signature, true));
            asked.Add((other.Address, digest, signature, false));
            asked.Add((key.Address, stream.NextHash(), signature, false));
            var spoilt = signature.Bytes.ToArray();
            spoilt[stream.NextBelow(64)] ^= 1;
            if (EcdsaSignature.TryFromBytes(spoilt, out var altered)) asked.Add((key.Address, digest, altered, false));
        }

        // At first no key is known, then those of the good ones, at last with a memo open that asks by recovery alone.
        foreach (var (signer, digest, signature, isGood) in asked) Assert.Equal(isGood, signature.IsBy(signer, digest));
        var key0 = new byte[Secp256k1.ParsedKeySize];
        Assert.All(asked.Where(one => one.IsGood), one => Assert.True(KnownKeys.TryFind(one.Signer, key0)));
        foreach (var (signer, digest, signature, isGood) in asked) Assert.Equal(isGood, signature.IsBy(signer, digest));
        using (SignatureMemo.Open())
            foreach (var (signer, digest, signature, isGood) in asked.Concat(asked))
                Assert.Equal(isGood, signature.IsBy(signer, digest));
    }

    /// <summary>Both parities of the point behind r occur, and each is found without a word about it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void EitherParityIsFound(int parity)
    {
        var stream = new SeededStream((ulong)(400 + parity));
        for (var found = 0; found < 4;)
        {
            var (key, digest) = (PrivateKey.FromSeed(stream.NextHash()), stream.NextHash());
            var signature = key.Sign(digest);
            if (signature.Bytes[64] != parity) continue;
            Assert.True(signature.WithoutRecoveryId.IsBy(key.Address, digest));
            found++;
        }
    }

    [Fact]
    public void AWrongSignatureLeavesNoKeyBehind()
    {
        var stream = new SeededStream(32);
        var (key, other, digest) = (PrivateKey.FromSeed(stream.NextHash()), PrivateKey.FromSeed(stream.NextHash()), stream.NextHash());
        Assert.False(key.Sign(digest).WithoutRecoveryId.IsBy(other.Address, digest));
        Span<byte> found = stackalloc byte[Secp256k1.ParsedKeySize];
        Assert.False(KnownKeys.TryFind(other.Address, found));
        Assert.False(KnownKeys.TryFind(key.Address, found));
    }

    [Fact]
    public void TwoKeysOfOneSlotTakeTurns()
    {
        var (digest, slots, stream) = (Hash256.Sha256([9]), new Dictionary<int, PrivateKey>(), new SeededStream(33));
        while (true)
        {
            var key = PrivateKey.FromSeed(stream.NextHash());
            if (slots.TryAdd(KnownKeys.SlotOf(key.Address), key)) continue;
            var other = slots[KnownKeys.SlotOf(key.Address)];
            for (var i = 0; i < 3; i++)
            {
                Assert.True(key.Sign(digest).WithoutRecoveryId.IsBy(key.Address, digest));
                Assert.True(other.Sign(digest).WithoutRecoveryId.IsBy(other.Address, digest));
                Assert.False(key.Sign(digest).WithoutRecoveryId.IsBy(other.Address, digest));
            }

            break;
        }
    }

    [Fact]
    public void ManyThreadsAskAtOnce()
    {
        var stream = new SeededStream(34);
        var signed = Enumerable.Range(0, 64).Select(_ => (Key: PrivateKey.FromSeed(stream.NextHash()), Digest: stream.NextHash())).ToList();
        Parallel.For(0, 4, _ =>
        {
            foreach (var (key, digest) in signed) Assert.True(key.Sign(digest).WithoutRecoveryId.IsBy(key.Address, digest));
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    public void AWrongLengthIsNoSignature(int length) => Assert.False(EcdsaSignature.TryFromBytes(Enumerable.Repeat((byte)1, length).ToArray(), out _));

    [Fact]
    public void AHighSAndAZeroAreNoSignature()
    {
        byte[] one = [.. new byte[31], 1], half = [.. Secp256k1.HalfOrder];
        Assert.True(EcdsaSignature.TryFromBytes([.. one, .. half], out _));
        half[31]++;
        Assert.False(EcdsaSignature.TryFromBytes([.. one, .. half], out _));
        Assert.False(EcdsaSignature.TryFromBytes([.. one, .. new byte[32]], out _));
        Assert.False(EcdsaSignature.TryFromBytes([.. new byte[32], .. one], out _));
    }
}
