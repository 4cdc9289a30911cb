using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;

namespace NeuroChain.Chain;

/// <summary>
/// Thirty-two bytes, read as one big-endian number: equality, ordering and hashing come for free, and zero is the default.
/// </summary>
public readonly record struct Hash256 : IComparable<Hash256>
{
    public const int Size = 32;

    public static readonly Hash256 Zero;

    private readonly ulong _a, _b, _c, _d;

    private Hash256(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <exception cref="ArgumentException">Not exactly 32 bytes; a length from outside is checked with <see cref="TryFromBytes"/>.</exception>
    public static Hash256 FromBytes(ReadOnlySpan<byte> bytes) =>
        TryFromBytes(bytes, out var hash) ? hash : throw new ArgumentException($"a hash has {Size} bytes, not {bytes.Length}");

    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, out Hash256 hash)
    {
        hash = default;
        if (bytes.Length != Size) return false;
        hash = new Hash256(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));
        return true;
    }

    /// <summary>64 hexadecimal digits, with or without 0x.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Hash256 hash)
    {
        hash = default;
        return Hex.TryDecode(text, out var bytes) && TryFromBytes(bytes, out hash);
    }

    public static Hash256 Sha256(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[Size];
        Chain.Sha256.Hash(data, digest);
        return FromBytes(digest);
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>A bit, the highest of the first byte at 0.</summary>
    public bool Bit(int index)
    {
        var word = (index >> 6) switch { 0 => _a, 1 => _b, 2 => _c, _ => _d };
        return ((word >> (63 - (index & 63))) & 1) != 0;
    }

    /// <summary>True where the first <paramref name="count"/> bits of both are the same; at 0 always, at 256 where both are equal.</summary>
    public bool SharesBits(Hash256 other, int count) => CommonBits(other) >= count;

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public int CompareTo(Hash256 other)
    {
        var order = _a.CompareTo(other._a);
        if (order == 0) order = _b.CompareTo(other._b);
        if (order == 0) order = _c.CompareTo(other._c);
        return order == 0 ? _d.CompareTo(other._d) : order;
    }

    /// <summary>0x and 64 lower-case digits.</summary>
    public override string ToString() => Hex.Encode(ToArray());

    /// <summary>The first eight digits, for screens and logs.</summary>
    public string ToShortString() => ToString()[2..10];

    private int CommonBits(Hash256 other)
    {
        if (_a != other._a) return BitOperations.LeadingZeroCount(_a ^ other._a);
        if (_b != other._b) return 64 + BitOperations.LeadingZeroCount(_b ^ other._b);
        if (_c != other._c) return 128 + BitOperations.LeadingZeroCount(_c ^ other._c);
        return 192 + BitOperations.LeadingZeroCount(_d ^ other._d);
    }
}
