using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace NeuroChain.Chain;

/// <summary>
/// A sum of NTK in base units of 10^-18. Addition and subtraction are checked; there is no division operator on purpose,
/// because a lost remainder is lost money: use <see cref="DivRem"/> and say where the remainder goes.
/// </summary>
public readonly record struct Amount(UInt128 Units) : IComparable<Amount>
{
    /// <summary>Bytes of the fixed big-endian encoding.</summary>
    public const int Size = 16;

    public const int Decimals = 18;

    /// <summary>Characters of the longest amount: 21 digits, a point, 18 digits.</summary>
    public const int TextMax = 40;

    public static readonly Amount Zero;

    public static readonly UInt128 UnitsPerNtk = 1_000_000_000_000_000_000;

    public bool IsZero => Units == UInt128.Zero;

    public static Amount FromNtk(ulong ntk) => new(checked(ntk * UnitsPerNtk));

    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public static Amount operator +(Amount a, Amount b) => new(checked(a.Units + b.Units));

    /// <exception cref="OverflowException">More is taken than is there.</exception>
    public static Amount operator -(Amount a, Amount b) => new(checked(a.Units - b.Units));

    public static Amount operator *(Amount a, ulong factor) => new(checked(a.Units * factor));

    public static bool operator <(Amount a, Amount b) => a.Units < b.Units;

    public static bool operator >(Amount a, Amount b) => a.Units > b.Units;

    public static bool operator <=(Amount a, Amount b) => a.Units <= b.Units;

    public static bool operator >=(Amount a, Amount b) => a.Units >= b.Units;

    /// <summary>False, and nothing, where the sum does not fit: for amounts from outside.</summary>
    public static bool TryAdd(Amount a, Amount b, out Amount sum)
    {
        sum = default;
        if (a.Units > UInt128.MaxValue - b.Units) return false;
        sum = new Amount(a.Units + b.Units);
        return true;
    }

    public static (Amount Quotient, Amount Remainder) DivRem(Amount a, ulong divisor)
    {
        var (quotient, remainder) = UInt128.DivRem(a.Units, divisor);
        return (new Amount(quotient), new Amount(remainder));
    }

    public static Amount Min(Amount a, Amount b) => a < b ? a : b;

    public int CompareTo(Amount other) => Units.CompareTo(other.Units);

    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Units);

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, out Amount amount)
    {
        amount = default;
        if (bytes.Length != Size) return false;
        amount = new Amount(BinaryPrimitives.ReadUInt128BigEndian(bytes));
        return true;
    }

    /// <summary>Reads "12", "0.5" or "12.000000000000000001": plain decimal digits in NTK, at most 18 after the point, no sign.</summary>
    public static bool TryParseNtk([NotNullWhen(true)] string? text, out Amount amount)
    {
        amount = default;
        if (string.IsNullOrEmpty(text) || text.Length > 64) return false;
        if (text.AsSpan().ContainsAnyExcept("0123456789.")) return false; // the framework's parser lets zero characters pass at the end
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? "" : text[(point + 1)..];
        if (point >= 0 && fraction.Length is 0 or > Decimals) return false;
        if (!UInt128.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out var ntk)) return false;
        if (!UInt128.TryParse(fraction.PadRight(Decimals, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out var rest)) return false;
        if (ntk > (UInt128.MaxValue - rest) / UnitsPerNtk) return false;
        amount = new Amount((ntk * UnitsPerNtk) + rest);
        return true;
    }

    /// <summary>Decimal NTK without trailing zeros, as ASCII.</summary>
    /// <param name="ascii">Has room for <see cref="TextMax"/>.</param>
    /// <returns>Bytes written.</returns>
    public int Format(Span<byte> ascii)
    {
        var (whole, fraction) = UInt128.DivRem(Units, UnitsPerNtk);
        whole.TryFormat(ascii, out var written, provider: CultureInfo.InvariantCulture);
        if (fraction == UInt128.Zero) return written;
        ascii[written++] = (byte)'.';
        var digits = ascii.Slice(written, Decimals);
        ((ulong)fraction).TryFormat(digits, out _, "D18", CultureInfo.InvariantCulture);
        return written + digits.TrimEnd((byte)'0').Length;
    }

    /// <summary>Decimal NTK without trailing zeros, the inverse of <see cref="TryParseNtk"/>.</summary>
    public override string ToString()
    {
        Span<byte> ascii = stackalloc byte[TextMax];
        return Encoding.ASCII.GetString(ascii[..Format(ascii)]);
    }
}
