using System.Buffers.Binary;
using System.Globalization;

namespace NeuroChain.Chain;

/// <summary>
/// A word of the EVM as a number. It is read, compared and narrowed to what the chain counts in; the chain itself never computes with 256 bits,
/// except for places in storage, which wrap as the EVM's do.
/// </summary>
public readonly record struct UInt256(UInt128 High, UInt128 Low) : IComparable<UInt256>
{
    public const int Size = 32;

    public static readonly UInt256 Zero;

    public static readonly UInt256 MaxValue = new(UInt128.MaxValue, UInt128.MaxValue);

    public UInt256(UInt128 value) : this(UInt128.Zero, value) { }

    public bool IsZero => High == UInt128.Zero && Low == UInt128.Zero;

    /// <summary>Bytes of the shortest big-endian form; none for zero.</summary>
    public int ByteCount => Size - ((int)(High == UInt128.Zero ? 128 + UInt128.LeadingZeroCount(Low) : UInt128.LeadingZeroCount(High)) / 8);

    /// <exception cref="ArgumentException">Not exactly 32 bytes; a length from outside is checked with <see cref="TryFromBytes"/>.</exception>
    public static UInt256 FromBytes(ReadOnlySpan<byte> bytes) =>
        TryFromBytes(bytes, out var value) ? value : throw new ArgumentException($"a word has {Size} bytes, not {bytes.Length}");

    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, out UInt256 value)
    {
        value = default;
        if (bytes.Length != Size) return false;
        value = new UInt256(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
        return true;
    }

    /// <summary>Up to 32 bytes, big-endian, as RLP and JSON-RPC write numbers.</summary>
    internal static UInt256 FromShortest(ReadOnlySpan<byte> bytes)
    {
        Span<byte> word = stackalloc byte[Size];
        word.Clear();
        bytes.CopyTo(word[(Size - bytes.Length)..]);
        return FromBytes(word);
    }

    public static UInt256 FromHash(Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Size];
        hash.CopyTo(bytes);
        return FromBytes(bytes);
    }

    public Hash256 ToHash()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Hash256.FromBytes(bytes);
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], Low);
    }

    public bool TryToUInt128(out UInt128 value)
    {
        value = High == UInt128.Zero ? Low : default;
        return High == UInt128.Zero;
    }

    public bool TryToUInt64(out ulong value)
    {
        var fits = High == UInt128.Zero && Low <= ulong.MaxValue;
        value = fits ? (ulong)Low : 0;
        return fits;
    }

    /// <summary>False where it is more than the cap of NTK: no sum of tokens is.</summary>
    public bool TryToAmount(Amount cap, out Amount amount)
    {
        amount = TryToUInt128(out var units) && units <= cap.Units ? new Amount(units) : default;
        return High == UInt128.Zero && Low <= cap.Units;
    }

    /// <summary>The sum modulo 2^256, as the EVM adds.</summary>
    public UInt256 AddWrapping(UInt256 other)
    {
        unchecked
        {
            var low = Low + other.Low;
            return new UInt256(High + other.High + (low < Low ? UInt128.One : UInt128.Zero), low);
        }
    }

    public int CompareTo(UInt256 other) => High == other.High ? Low.CompareTo(other.Low) : High.CompareTo(other.High);

    public static bool operator <(UInt256 a, UInt256 b) => a.CompareTo(b) < 0;

    public static bool operator >(UInt256 a, UInt256 b) => a.CompareTo(b) > 0;

    public static bool operator <=(UInt256 a, UInt256 b) => a.CompareTo(b) <= 0;

    public static bool operator >=(UInt256 a, UInt256 b) => a.CompareTo(b) >= 0;

    /// <summary>A QUANTITY of Ethereum's JSON-RPC: 0x and hexadecimal digits without leading zeros.</summary>
    public override string ToString()
    {
        if (High == UInt128.Zero) return "0x" + Low.ToString("x", CultureInfo.InvariantCulture);
        return "0x" + High.ToString("x", CultureInfo.InvariantCulture) + Low.ToString("x32", CultureInfo.InvariantCulture);
    }
}
