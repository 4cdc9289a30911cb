using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// 2,048 bits of which each address and topic of a log sets three (yellow paper, 4.3.1): what is not in it was not logged; what is may have been.
/// </summary>
public sealed class Bloom : IEquatable<Bloom>
{
    public const int Size = 256;

    private const int Bits = 8 * Size, BitsPerEntry = 3;

    private readonly byte[] _bytes;

    private Bloom(byte[] bytes) => _bytes = bytes;

    public static Bloom Empty { get; } = new(new byte[Size]);

    public ReadOnlySpan<byte> Bytes => _bytes;

    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Bloom? bloom)
    {
        bloom = bytes.Length == Size ? new Bloom(bytes.ToArray()) : null;
        return bloom is not null;
    }

    public static Bloom Of(IEnumerable<EthereumLog> logs)
    {
        var bytes = new byte[Size];
        foreach (var log in logs)
        {
            Set(bytes, log.Address);
            foreach (var topic in log.Topics) Set(bytes, topic);
        }

        return new Bloom(bytes);
    }

    public bool MayContain(Address address)
    {
        Span<byte> entry = stackalloc byte[Address.Size];
        address.CopyTo(entry);
        return MayContain(entry);
    }

    public bool MayContain(Hash256 topic)
    {
        Span<byte> entry = stackalloc byte[Hash256.Size];
        topic.CopyTo(entry);
        return MayContain(entry);
    }

    public bool Equals(Bloom? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as Bloom);

    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(_bytes);

    public override string ToString() => Hex.Encode(_bytes);

    private bool MayContain(ReadOnlySpan<byte> entry)
    {
        Span<int> bits = stackalloc int[BitsPerEntry];
        Find(entry, bits);
        foreach (var bit in bits)
            if ((_bytes[ByteOf(bit)] & (1 << (bit % 8))) == 0)
                return false;
        return true;
    }

    private static void Set(byte[] bloom, Address address)
    {
        Span<byte> entry = stackalloc byte[Address.Size];
        address.CopyTo(entry);
        Set(bloom, entry);
    }

    private static void Set(byte[] bloom, Hash256 topic)
    {
        Span<byte> entry = stackalloc byte[Hash256.Size];
        topic.CopyTo(entry);
        Set(bloom, entry);
    }

    private static void Set(byte[] bloom, ReadOnlySpan<byte> entry)
    {
        Span<int> bits = stackalloc int[BitsPerEntry];
        Find(entry, bits);
        foreach (var bit in bits) bloom[ByteOf(bit)] |= (byte)(1 << (bit % 8));
    }

    // The low eleven bits of each of the first three pairs of bytes of the entry's hash.
    private static void Find(ReadOnlySpan<byte> entry, Span<int> bits)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Keccak256.Hash(entry).CopyTo(hash);
        for (var i = 0; i < bits.Length; i++) bits[i] = BinaryPrimitives.ReadUInt16BigEndian(hash[(2 * i)..]) % Bits;
    }

    // Bit 0 is the lowest of the last byte.
    private static int ByteOf(int bit) => Size - 1 - (bit / 8);
}
