using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Chain.Tests;

public sealed class PrimitiveTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("1", "1000000000000000000")]
    [InlineData("0.5", "500000000000000000")]
    [InlineData("100000000", "100000000000000000000000000")]
    [InlineData("0.000000000000000001", "1")]
    public void AmountsAreReadAsDecimalNtk(string text, string units)
    {
        Assert.True(Amount.TryParseNtk(text, out var amount));
        Assert.Equal(units, amount.Units.ToString());
        Assert.Equal(text, amount.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.")]
    [InlineData(".")]
    [InlineData("1e3")]
    [InlineData(" 1")]
    [InlineData("1,0")]
    [InlineData("0.0000000000000000001")]
    [InlineData("340282366920938463463374607431768211456")]
    public void OtherTextIsNoAmount(string? text) => Assert.False(Amount.TryParseNtk(text, out _));

    [Fact]
    public void AmountsNeverWrap()
    {
        var most = new Amount(UInt128.MaxValue);
        Assert.Throws<OverflowException>(() => most + new Amount(1));
        Assert.Throws<OverflowException>(() => Amount.Zero - new Amount(1));
        Assert.Throws<OverflowException>(() => most * 2);
        Assert.False(Amount.TryAdd(most, new Amount(1), out _));
    }

    [Fact]
    public void AmountTextIsItsOwnInverse() =>
        Prop.ForAll<ulong, ulong>((high, low) =>
        {
            var amount = new Amount(new UInt128(high >> 8, low));
            return Amount.TryParseNtk(amount.ToString(), out var back) && back == amount;
        }).QuickCheckThrowOnFailure();

    // The examples of ERC-55 itself.
    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    public void AddressesAreWrittenWithTheirChecksum(string text)
    {
        Assert.True(Address.TryParse(text, out var address));
        Assert.Equal(text, address.ToString());
        Assert.True(Address.TryParse(text.ToLowerInvariant(), out var lower));
        Assert.Equal(address, lower);
    }

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg")]
    public void AWrongChecksumLengthOrDigitIsNoAddress(string text) => Assert.False(Address.TryParse(text, out _));

    [Fact]
    public void HashesKeepTheirBytesAndOrder() =>
        Prop.ForAll<ulong, ulong>((a, b) =>
        {
            var x = new SeededStream(a).NextHash();
            var y = new SeededStream(b).NextHash();
            return Hash256.FromBytes(x.ToArray()) == x && Math.Sign(x.CompareTo(y)) == Math.Sign(x.ToArray().AsSpan().SequenceCompareTo(y.ToArray()));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void DrawsBelowABoundAreFlat()
    {
        var stream = new SeededStream(7);
        var counts = new int[5];
        for (var i = 0; i < 10_000; i++) counts[stream.NextBelow(5)]++;
        Assert.All(counts, count => Assert.InRange(count, 1_850, 2_150));
    }
}
