namespace NeuroChain.Chain.Tests;

/// <summary>What every decoder promises, whatever it is given: no exception, one encoding per value, nothing but whole values.</summary>
public sealed class FormatTests
{
    private const int FlipsPerFormat = 8_000;

    public static TheoryData<string> Formats => [.. ChainFormats.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void EveryCaseIsItsOwnEncoding(string name)
    {
        var format = ChainFormats.Named(name);
        for (var number = 0; number < ChainFormat.Cases; number++)
        {
            var bytes = format.Case(number);
            Assert.Equal(bytes, format.Reencode(bytes));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void NoPartOfACaseDecodes(string name)
    {
        var format = ChainFormats.Named(name);
        for (var number = 0; number < 10; number++)
        {
            var bytes = format.Case(number);
            for (var length = 0; length < bytes.Length; length++) Assert.Null(format.Reencode(bytes[..length]));
            for (var skipped = 1; skipped < Math.Min(40, bytes.Length); skipped++) Assert.Null(format.Reencode(bytes[skipped..]));
            Assert.Null(format.Reencode([.. bytes, 0]));
            Assert.Null(format.Reencode([.. bytes, .. bytes]));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void AFlippedBitIsRefusedOrAnotherValue(string name)
    {
        var format = ChainFormats.Named(name);
        var flips = 0;
        for (var number = 0; number < ChainFormat.Cases && flips < FlipsPerFormat; number++)
        {
            var bytes = format.Case(number);
            for (var bit = 0; bit < 8 * bytes.Length; bit++, flips++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                IsCanonical(format, bytes);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void RubbishIsRefusedOrCanonical(string name)
    {
        var format = ChainFormats.Named(name);
        var stream = new SeededStream(Hash256.Sha256(System.Text.Encoding.ASCII.GetBytes(name)));
        for (var i = 0; i < 3000; i++)
        {
            var bytes = new byte[stream.NextBelow(600)];
            stream.Fill(bytes);
            IsCanonical(format, bytes);
        }

        for (var i = 0; i < 3000; i++) IsCanonical(format, Mutate(stream, format.Case((int)stream.NextBelow(10)), format.Case((int)stream.NextBelow(10))));
    }

    private static void IsCanonical(ChainFormat format, byte[] bytes)
    {
        if (format.Reencode(bytes) is { } back) Assert.Equal(bytes, back);
    }

    // Cuts two cases together, repeats, drops or overwrites a stretch.
    private static byte[] Mutate(SeededStream stream, byte[] a, byte[] b)
    {
        var (x, y) = ((int)stream.NextBelow((ulong)a.Length), (int)stream.NextBelow((ulong)a.Length));
        var (from, to) = (Math.Min(x, y), Math.Max(x, y));
        switch (stream.NextBelow(5))
        {
            case 0: return [.. a[..from], .. b.Skip(to)];
            case 1: return [.. a[..to], .. a[from..]];
            case 2: return [.. a[..from], .. a[to..]];
            case 3:
                a.AsSpan(from, to - from).Fill(0xff);
                return a;
            default:
                a[from] = (byte)stream.NextBelow(256);
                a[to] = (byte)stream.NextBelow(256);
                return a;
        }
    }
}
