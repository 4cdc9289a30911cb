namespace NeuroChain.Chain.Tests;

public sealed class EciesTests
{
    private static readonly PrivateKey Key = PrivateKey.FromSeed(Hash256.Sha256([1]));
    private static readonly PrivateKey Ephemeral = PrivateKey.FromSeed(Hash256.Sha256([4]));
    private static readonly byte[] Text = Hash256.Sha256([2]).ToArray();

    [Fact]
    public void TheKeyOpensWhatWasSealedToIt()
    {
        Assert.True(Ecies.TrySeal(Key.PublicKey.Bytes, Text, Domain.CustodianSecret, Ephemeral, out var box));
        Assert.Equal(Text.Length + Ecies.Overhead, box.Length);
        Assert.True(Ecies.TryOpen(Key, box, Domain.CustodianSecret, out var text));
        Assert.Equal(Text, text);
        Assert.True(Ecies.TrySeal(Key.PublicKey.Bytes, Text, Domain.CustodianSecret, PrivateKey.Generate(), out var other));
        Assert.NotEqual(box, other);
        // All that is drawn comes from outside.
        Assert.True(Ecies.TrySeal(Key.PublicKey.Bytes, Text, Domain.CustodianSecret, Ephemeral, out var again));
        Assert.Equal(box, again);
    }

    [Fact]
    public void NobodyElseOpensItAndNoBitMayChange()
    {
        Assert.True(Ecies.TrySeal(Key.PublicKey.Bytes, Text, Domain.CustodianSecret, Ephemeral, out var box));
        Assert.False(Ecies.TryOpen(PrivateKey.FromSeed(Hash256.Sha256([3])), box, Domain.CustodianSecret, out _));
        Assert.False(Ecies.TryOpen(Key, box, Domain.SealedKey, out _));
        for (var i = 0; i < box.Length; i++)
        {
            var changed = box.ToArray();
            changed[i] ^= 1;
            Assert.False(Ecies.TryOpen(Key, changed, Domain.CustodianSecret, out _));
        }

        for (var length = 0; length < Ecies.Overhead; length++) Assert.False(Ecies.TryOpen(Key, box.AsSpan(0, length), Domain.CustodianSecret, out _));
    }

    [Fact]
    public void WhatIsNoPointOfTheCurveIsRefused()
    {
        var point = Key.PublicKey.Bytes.ToArray();
        point[63] ^= 1;
        Assert.False(Ecies.TrySeal(point, Text, Domain.CustodianSecret, Ephemeral, out _));
        Assert.False(Ecies.TrySeal(new byte[64], Text, Domain.CustodianSecret, Ephemeral, out _));
        Assert.False(Ecies.TrySeal(point.AsSpan(1), Text, Domain.CustodianSecret, Ephemeral, out _));
    }
}
