using System.Buffers.Binary;

namespace NeuroChain.Chain;

/// <summary>
/// Reads what <see cref="ByteWriter"/> wrote. A failure sticks: after it every read gives a default, so that a decoder reads straight
/// through and asks once, with <see cref="IsWhole"/>, whether all was there and nothing is left over.
/// </summary>
public ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private bool _failed;

    public readonly bool Failed => _failed;

    /// <summary>Nothing failed and every byte was read.</summary>
    public readonly bool IsWhole => !_failed && _rest.IsEmpty;

    public readonly int Remaining => _rest.Length;

    /// <summary>Marks the input as bad, for a rule that the reader does not know.</summary>
    public void Fail() => _failed = true;

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (_failed || count < 0 || count > _rest.Length)
        {
            _failed = true;
            return default;
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public byte Byte() => Bytes(1) is { IsEmpty: false } b ? b[0] : default;

    public ushort UInt16() => Bytes(2) is { IsEmpty: false } b ? BinaryPrimitives.ReadUInt16BigEndian(b) : default;

    public uint UInt32() => Bytes(4) is { IsEmpty: false } b ? BinaryPrimitives.ReadUInt32BigEndian(b) : default;

    public ulong UInt64() => Bytes(8) is { IsEmpty: false } b ? BinaryPrimitives.ReadUInt64BigEndian(b) : default;

    public UInt128 UInt128() => Bytes(16) is { IsEmpty: false } b ? BinaryPrimitives.ReadUInt128BigEndian(b) : default;

    public Hash256 Hash() => Bytes(Hash256.Size) is { IsEmpty: false } b ? Hash256.FromBytes(b) : default;

    public Address Address() => Bytes(Chain.Address.Size) is { IsEmpty: false } b ? Chain.Address.FromBytes(b) : default;

    public Amount Amount() => new(UInt128());

    public Height Height() => new(UInt64());

    public Round Round()
    {
        var value = UInt32();
        if (value == uint.MaxValue) _failed = true;
        return new Round(_failed ? 0 : value);
    }

    public Round? OptionalRound()
    {
        var value = UInt32();
        return value == uint.MaxValue ? null : new Round(value);
    }

    public Signature? Signature()
    {
        if (Chain.Signature.TryFromBytes(Bytes(Chain.Signature.Size), out var signature)) return signature;
        _failed = true;
        return null;
    }

    /// <summary>Four bytes of length, at most <paramref name="most"/>, then the bytes.</summary>
    public ReadOnlySpan<byte> LengthAndBytes(int most)
    {
        var length = UInt32();
        if (length <= (uint)most) return Bytes((int)length);
        _failed = true;
        return default;
    }

    /// <summary>A count that the rest can hold at the given least size of an item: nothing is allocated for a lie.</summary>
    public int Count16(int most, int itemBytes) => Bounded(UInt16(), most, itemBytes);

    public int Count32(int most, int itemBytes) => Bounded(UInt32(), most, itemBytes);

    private int Bounded(uint count, int most, int itemBytes)
    {
        if (!_failed && count <= (uint)most && (long)count * itemBytes <= _rest.Length) return (int)count;
        _failed = true;
        return 0;
    }
}
