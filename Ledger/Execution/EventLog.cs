using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace NeuroChain.Ledger;

/// <summary>
/// The events of the block that is being executed, encoded as they come: the canonical protobuf of <see cref="Types.V1.Event"/>, written without
/// the objects between. A block has tens of thousands of them, and most nobody ever reads.
/// </summary>
internal sealed class EventLog
{
    private const int LengthSize = 4;
    private const int CapacityFirst = 4_096;

    // Tags of the fields, the longest lengths, the number of the transaction.
    private const int FrameBytesMax = 16;

    private const byte KindTag = 0x0a;
    private const byte AttributeTag = 0x12;
    private const byte TransactionTag = 0x18;
    private const byte KeyTag = 0x0a;
    private const byte ValueTag = 0x12;

    private readonly List<int> _ends = [];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(CapacityFirst);
    private int _length;

    public int Count => _ends.Count;

    public void Add(string kind, uint transaction, ReadOnlySpan<(string Key, EventValue Value)> attributes)
    {
        var start = _length;
        Reserve(LengthSize + FrameBytesMax + Encoding.UTF8.GetMaxByteCount(kind.Length));
        _length += LengthSize;
        PutText(KindTag, kind);
        foreach (var (key, value) in attributes) PutAttribute(key, value);
        Reserve(FrameBytesMax);
        if (transaction != 0)
        {
            _bytes[_length++] = TransactionTag;
            PutVarint(transaction);
        }

        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(start), _length - start - LengthSize);
        _ends.Add(_length);
    }

    /// <summary>Takes back the last ones.</summary>
    /// <param name="count">So many stay.</param>
    public void Shorten(int count)
    {
        _ends.RemoveRange(count, _ends.Count - count);
        _length = count == 0 ? 0 : _ends[^1];
    }

    public EventList ToList() => new(_bytes.AsSpan(0, _length).ToArray(), [.. _ends]);

    /// <summary>The same, and this object is not used any more.</summary>
    public EventList Close()
    {
        var list = ToList();
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        return list;
    }

    // The value first, where it stands when its length takes one byte: longer ones, which are rare, are moved on.
    private void PutAttribute(string key, EventValue value)
    {
        Reserve((2 * FrameBytesMax) + Encoding.UTF8.GetMaxByteCount(key.Length) + value.BytesMax);
        var start = _length;
        _length += 2; // tag and length of the attribute
        PutText(KeyTag, key);
        var valueStart = _length + 2;
        var valueLength = value.Write(_bytes.AsSpan(valueStart));
        if (valueLength > 0)
        {
            var prefix = 1 + VarintSize((uint)valueLength);
            if (prefix > 2) _bytes.AsSpan(valueStart, valueLength).CopyTo(_bytes.AsSpan(_length + prefix));
            _bytes[_length++] = ValueTag;
            PutVarint((uint)valueLength);
            _length += valueLength;
        }

        var content = _length - start - 2;
        var shift = VarintSize((uint)content) - 1;
        if (shift > 0) _bytes.AsSpan(start + 2, content).CopyTo(_bytes.AsSpan(start + 2 + shift));
        _length = start;
        _bytes[_length++] = AttributeTag;
        PutVarint((uint)content);
        _length += content;
    }

    private void PutText(byte tag, string text)
    {
        if (text.Length == 0) return;
        _bytes[_length++] = tag;
        PutVarint((uint)Encoding.UTF8.GetByteCount(text));
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    private void PutVarint(uint value)
    {
        for (; value >= 0x80; value >>= 7) _bytes[_length++] = (byte)((value & 0x7f) | 0x80);
        _bytes[_length++] = (byte)value;
    }

    private static int VarintSize(uint value)
    {
        var size = 1;
        for (; value >= 0x80; value >>= 7) size++;
        return size;
    }

    private void Reserve(int bytes)
    {
        if (_bytes.Length - _length >= bytes) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + bytes));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
