using System.Buffers;
using System.Buffers.Binary;

namespace NeuroChain.Chain;

/// <summary>Writes the hand-made fixed layouts: numbers big-endian, hashes and addresses as they are, variable parts length first.</summary>
public sealed class ByteWriter
{
    // Most layouts are short, and there are several of them in every transaction.
    private const int CapacityDefault = 64;

    private readonly ArrayBufferWriter<byte> _buffer;

    public ByteWriter() : this(CapacityDefault)
    {
    }

    /// <param name="capacity">Bytes to begin with.</param>
    public ByteWriter(int capacity) => _buffer = new ArrayBufferWriter<byte>(capacity);

    public int Length => _buffer.WrittenCount;

    public ByteWriter Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
        return this;
    }

    public ByteWriter UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
        return this;
    }

    public ByteWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    public ByteWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    public ByteWriter UInt128(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(_buffer.GetSpan(16), value);
        _buffer.Advance(16);
        return this;
    }

    public ByteWriter Hash(Hash256 value)
    {
        value.CopyTo(_buffer.GetSpan(Hash256.Size));
        _buffer.Advance(Hash256.Size);
        return this;
    }

    public ByteWriter Address(Address value)
    {
        value.CopyTo(_buffer.GetSpan(Chain.Address.Size));
        _buffer.Advance(Chain.Address.Size);
        return this;
    }

    public ByteWriter Amount(Amount value) => UInt128(value.Units);

    public ByteWriter Height(Height value) => UInt64(value.Value);

    public ByteWriter Round(Round value) => UInt32(value.Value);

    /// <summary>"No round" is the greatest number, which no round ever reaches.</summary>
    public ByteWriter OptionalRound(Round? value)
    {
        Invariant.Check(value?.Value != uint.MaxValue, "the greatest round number means that there is none");
        return UInt32(value?.Value ?? uint.MaxValue);
    }

    public ByteWriter Signature(Signature value) => Bytes(value.Bytes);

    public ByteWriter Bytes(ReadOnlySpan<byte> value)
    {
        _buffer.Write(value);
        return this;
    }

    /// <summary>Four bytes of length, then the bytes.</summary>
    public ByteWriter LengthAndBytes(ReadOnlySpan<byte> value) => UInt32((uint)value.Length).Bytes(value);

    /// <summary>What was written, without a copy: nothing more may be written then.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();
}
