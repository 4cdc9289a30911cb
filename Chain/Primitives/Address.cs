using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// Last 20 bytes of Keccak-256 of an uncompressed public key, as on Ethereum: a holder's Ethereum key is the NeuroChain key.
/// Text is ERC-55.
/// </summary>
public readonly record struct Address : IComparable<Address>
{
    public const int Size = 20;

    public static readonly Address Zero;

    private readonly ulong _a, _b;
    private readonly uint _c;

    private Address(ulong a, ulong b, uint c) => (_a, _b, _c) = (a, b, c);

    public bool IsZero => (_a | _b | _c) == 0;

    /// <exception cref="ArgumentException">Not exactly 20 bytes; a length from outside is checked with <see cref="TryFromBytes"/>.</exception>
    public static Address FromBytes(ReadOnlySpan<byte> bytes) =>
        TryFromBytes(bytes, out var address) ? address : throw new ArgumentException($"an address has {Size} bytes, not {bytes.Length}");

    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, out Address address)
    {
        address = default;
        if (bytes.Length != Size) return false;
        address = new Address(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));
        return true;
    }

    /// <summary>
    /// Reads 0x and 40 digits. All lower or all upper case is taken as it is; mixed case must carry the right ERC-55 checksum.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        address = default;
        if (text is null || text.Length != 2 + (2 * Size) || !text.StartsWith("0x", StringComparison.Ordinal)) return false;
        if (!Hex.TryDecode(text, out var bytes) || !TryFromBytes(bytes, out var parsed)) return false;
        var digits = text.AsSpan(2);
        var mixed = digits.ContainsAnyInRange('a', 'f') && digits.ContainsAnyInRange('A', 'F');
        if (mixed && parsed.ToString() != text) return false;
        address = parsed;
        return true;
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _c);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public int CompareTo(Address other)
    {
        var order = _a.CompareTo(other._a);
        if (order == 0) order = _b.CompareTo(other._b);
        return order == 0 ? _c.CompareTo(other._c) : order;
    }

    public static bool operator <(Address a, Address b) => a.CompareTo(b) < 0;

    public static bool operator >(Address a, Address b) => a.CompareTo(b) > 0;

    public static bool operator <=(Address a, Address b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Address a, Address b) => a.CompareTo(b) >= 0;

    /// <summary>0x and forty lower-case digits, as ASCII.</summary>
    /// <returns>Bytes written.</returns>
    public int FormatLower(Span<byte> ascii)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        (ascii[0], ascii[1]) = ((byte)'0', (byte)'x');
        Convert.TryToHexStringLower(bytes, ascii[2..], out var written);
        return 2 + written;
    }

    /// <summary>ERC-55: a letter is upper case where the matching digit of Keccak-256 of the lower-case text is 8 or more.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        Span<char> text = stackalloc char[2 + (2 * Size)];
        (text[0], text[1]) = ('0', 'x');
        var digits = text[2..];
        Convert.TryToHexStringLower(bytes, digits, out _);
        Span<byte> ascii = stackalloc byte[2 * Size];
        for (var i = 0; i < digits.Length; i++) ascii[i] = (byte)digits[i];
        Span<byte> checksum = stackalloc byte[Hash256.Size];
        Keccak256.Hash(ascii).CopyTo(checksum);
        for (var i = 0; i < digits.Length; i++)
        {
            var nibble = (checksum[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xf;
            if (nibble >= 8) digits[i] = char.ToUpperInvariant(digits[i]);
        }

        return text.ToString();
    }

    /// <summary>0x and the first eight digits, for screens and logs.</summary>
    public string ToShortString() => ToString()[..10];
}
