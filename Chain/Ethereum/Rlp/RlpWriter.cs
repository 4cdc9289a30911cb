using System.Buffers.Binary;

namespace NeuroChain.Chain;

/// <summary>
/// Writes Recursive Length Prefix (yellow paper, appendix B) in the canonical form. A list is begun and ended; its length is put before it at its end.
/// </summary>
public sealed class RlpWriter
{
    private const int ShortMax = 55, HeaderMax = 1 + sizeof(uint);

    private const byte StringOffset = 0x80, ListOffset = 0xc0;

    private byte[] _buffer;
    private int _length;

    /// <param name="capacity">Bytes to begin with.</param>
    public RlpWriter(int capacity = 64) => _buffer = new byte[Math.Max(capacity, HeaderMax)];

    public RlpWriter Bytes(ReadOnlySpan<byte> value)
    {
        if (value.Length == 1 && value[0] < StringOffset) return Raw(value);
        Span<byte> header = stackalloc byte[HeaderMax];
        return Raw(header[..Header(header, StringOffset, value.Length)]).Raw(value);
    }

    public RlpWriter Hash(Hash256 value)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        value.CopyTo(bytes);
        return Bytes(bytes);
    }

    public RlpWriter Address(Address value)
    {
        Span<byte> bytes = stackalloc byte[Chain.Address.Size];
        value.CopyTo(bytes);
        return Bytes(bytes);
    }

    /// <summary>A number in its shortest form: zero is the empty string.</summary>
    public RlpWriter UInt256(UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[Chain.UInt256.Size];
        value.CopyTo(bytes);
        return Bytes(bytes[(Chain.UInt256.Size - value.ByteCount)..]);
    }

    public RlpWriter UInt64(ulong value) => UInt256(new UInt256(value));

    /// <summary>An item that is encoded already.</summary>
    public RlpWriter Raw(ReadOnlySpan<byte> item)
    {
        Reserve(item.Length);
        item.CopyTo(_buffer.AsSpan(_length));
        _length += item.Length;
        return this;
    }

    /// <summary>Begins a list; what it gives is handed to <see cref="End"/>.</summary>
    public int Begin() => _length;

    public RlpWriter End(int begun)
    {
        Span<byte> header = stackalloc byte[HeaderMax];
        var size = Header(header, ListOffset, _length - begun);
        Reserve(size);
        _buffer.AsSpan(begun, _length - begun).CopyTo(_buffer.AsSpan(begun + size));
        header[..size].CopyTo(_buffer.AsSpan(begun));
        _length += size;
        return this;
    }

    public byte[] ToArray() => _buffer.AsSpan(0, _length).ToArray();

    /// <summary>What was written, without a copy: nothing more may be written then.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    private static int Header(Span<byte> header, byte offset, int length)
    {
        if (length <= ShortMax)
        {
            header[0] = (byte)(offset + length);
            return 1;
        }

        Span<byte> digits = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(digits, (uint)length);
        var used = digits.TrimStart((byte)0);
        header[0] = (byte)(offset + ShortMax + used.Length);
        used.CopyTo(header[1..]);
        return 1 + used.Length;
    }

    private void Reserve(int count)
    {
        if (count > _buffer.Length - _length) Array.Resize(ref _buffer, Math.Max(_length + count, 2 * _buffer.Length));
    }
}
