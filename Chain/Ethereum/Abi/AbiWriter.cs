using System.Text;

namespace NeuroChain.Chain;

/// <summary>
/// A tuple in Solidity's ABI ("Contract ABI Specification", and so EIP-712's encodeData): words of 32 bytes, numbers and addresses right-aligned;
/// what is dynamic stands behind all words, in order, and its word is its offset from the tuple's beginning.
/// </summary>
public sealed class AbiWriter
{
    public const int WordSize = 32;

    private readonly ByteWriter _writer = new();

    // Places of offsets among the words, with what belongs there.
    private List<(int At, byte[] Content)>? _dynamic;

    /// <summary>Whether a tuple of this content is dynamic itself, where it stands in another one.</summary>
    public bool IsDynamic => _dynamic is not null;

    public AbiWriter UInt64(ulong value)
    {
        _writer.UInt64(0).UInt64(0).UInt64(0).UInt64(value);
        return this;
    }

    public AbiWriter UInt128(UInt128 value)
    {
        _writer.UInt128(0).UInt128(value);
        return this;
    }

    public AbiWriter UInt256(UInt256 value)
    {
        _writer.UInt128(value.High).UInt128(value.Low);
        return this;
    }

    public AbiWriter Bool(bool value) => UInt64(value ? 1UL : 0);

    public AbiWriter Address(Address value)
    {
        _writer.UInt64(0).UInt32(0).Address(value);
        return this;
    }

    public AbiWriter Hash(Hash256 value)
    {
        _writer.Hash(value);
        return this;
    }

    /// <summary>bytes1 to bytes32: left-aligned in its word.</summary>
    public AbiWriter FixedBytes(ReadOnlySpan<byte> value)
    {
        Invariant.Check(value.Length is > 0 and <= WordSize, "fixed bytes have between one and a word");
        _writer.Bytes(value);
        Pad(_writer, value.Length);
        return this;
    }

    /// <summary>bytes: its length, then itself padded to words.</summary>
    public AbiWriter Bytes(ReadOnlySpan<byte> value)
    {
        var content = new ByteWriter().UInt64(0).UInt64(0).UInt64(0).UInt64((ulong)value.Length).Bytes(value);
        Pad(content, value.Length);
        return Dynamic(content.ToArray());
    }

    /// <summary>string: the bytes of its UTF-8.</summary>
    public AbiWriter Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>A tuple, or an array of fixed length: in line where all in it is static.</summary>
    public AbiWriter Tuple(AbiWriter members)
    {
        if (members.IsDynamic) return Dynamic(members.ToArray());
        _writer.Bytes(members.ToArray());
        return this;
    }

    /// <summary>A dynamic array: its length, then a tuple of its elements.</summary>
    public AbiWriter Array<T>(IReadOnlyCollection<T> items, Action<AbiWriter, T> write)
    {
        var elements = new AbiWriter();
        foreach (var item in items) write(elements, item);
        return Dynamic([.. new AbiWriter().UInt64((ulong)items.Count).ToArray(), .. elements.ToArray()]);
    }

    public byte[] ToArray()
    {
        var bytes = _writer.ToArray();
        if (_dynamic is null) return bytes;
        var whole = new ByteWriter(bytes.Length + _dynamic.Sum(part => part.Content.Length)).Bytes(bytes);
        var patched = new AbiWriter();
        foreach (var (_, content) in _dynamic)
        {
            patched.UInt64((ulong)whole.Length);
            whole.Bytes(content);
        }

        var (result, offsets) = (whole.ToArray(), patched.ToArray());
        for (var i = 0; i < _dynamic.Count; i++) offsets.AsSpan(i * WordSize, WordSize).CopyTo(result.AsSpan(_dynamic[i].At));
        return result;
    }

    private AbiWriter Dynamic(byte[] content)
    {
        (_dynamic ??= []).Add((_writer.Length, content));
        return UInt64(0);
    }

    private static void Pad(ByteWriter writer, int length)
    {
        for (var i = length; i % WordSize != 0; i++) writer.Byte(0);
    }
}
