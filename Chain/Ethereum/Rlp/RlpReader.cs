namespace NeuroChain.Chain;

/// <summary>
/// Reads Recursive Length Prefix (yellow paper, appendix B) in its canonical form only. As with <see cref="ByteReader"/> a failure sticks, with
/// its first reason, and after it every read gives a default: a decoder reads straight through and asks once, with <see cref="IsWhole"/>.
/// </summary>
/// <remarks>It holds a span and takes no memory. Lists are read by readers of their own, so that the depth is that of the decoder's code.</remarks>
public ref struct RlpReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Up to here a length stands in the first byte.</summary>
    private const int ShortMax = 55;

    private const byte StringOffset = 0x80, LongStringOffset = 0xb7, ListOffset = 0xc0, LongListOffset = 0xf7;

    private ReadOnlySpan<byte> _rest = bytes;
    private EthereumFault _fault;

    /// <summary>The first thing that was wrong.</summary>
    public readonly EthereumFault Fault => _fault;

    public readonly bool HasMore => _fault == EthereumFault.None && !_rest.IsEmpty;

    /// <summary>What is left, as it is.</summary>
    public readonly ReadOnlySpan<byte> Unread => _rest;

    /// <summary>Nothing failed and every byte was read.</summary>
    public readonly bool IsWhole => _fault == EthereumFault.None && _rest.IsEmpty;

    /// <summary>Marks the input as bad, for a rule that the reader does not know.</summary>
    public void Fail(EthereumFault fault)
    {
        if (_fault == EthereumFault.None) _fault = fault;
    }

    /// <summary>Fails where something is left: said at the end of whatever must end there.</summary>
    public void End()
    {
        if (!_rest.IsEmpty) Fail(EthereumFault.LeftOver);
    }

    /// <summary>A string of at most so many bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int most = int.MaxValue)
    {
        var content = Take(out var isList, out _);
        if (isList) Fail(EthereumFault.NotAString);
        if (content.Length > most) Fail(EthereumFault.TooLarge);
        return _fault == EthereumFault.None ? content : default;
    }

    /// <summary>A string of exactly so many bytes.</summary>
    public ReadOnlySpan<byte> Fixed(int size)
    {
        var content = Bytes();
        if (content.Length != size) Fail(EthereumFault.WrongSize);
        return _fault == EthereumFault.None ? content : default;
    }

    public Hash256 Hash() => Fixed(Hash256.Size) is { IsEmpty: false } b ? Hash256.FromBytes(b) : default;

    public Address Address() => Fixed(Chain.Address.Size) is { IsEmpty: false } b ? Chain.Address.FromBytes(b) : default;

    public UInt256 UInt256() => Chain.UInt256.FromShortest(Number(Chain.UInt256.Size));

    public ulong UInt64() => BigEndian(Number(sizeof(ulong)));

    /// <summary>A list: what it holds is read by the reader given back, and closed with <see cref="Leave"/>.</summary>
    public RlpReader List()
    {
        var content = Take(out var isList, out _);
        if (!isList) Fail(EthereumFault.NotAList);
        return new RlpReader(_fault == EthereumFault.None ? content : default) { _fault = _fault };
    }

    /// <summary>Takes over what went wrong in a list, which must have been read to its end.</summary>
    public void Leave(ref RlpReader list)
    {
        list.End();
        Fail(list._fault);
    }

    /// <summary>An item of either kind, with its length: its inside is not looked at.</summary>
    public ReadOnlySpan<byte> Raw()
    {
        _ = Take(out _, out var item);
        return item;
    }

    private static ulong BigEndian(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (var b in bytes) value = (value << 8) | b;
        return value;
    }

    private ReadOnlySpan<byte> Number(int most)
    {
        var content = Bytes(most);
        if (content is [0, ..]) Fail(EthereumFault.LeadingZero);
        return _fault == EthereumFault.None ? content : default;
    }

    private ReadOnlySpan<byte> Take(out bool isList, out ReadOnlySpan<byte> item)
    {
        isList = false;
        item = default;
        if (_fault != EthereumFault.None) return default;
        if (_rest.IsEmpty)
        {
            _fault = EthereumFault.Truncated;
            return default;
        }

        var first = _rest[0];
        isList = first >= ListOffset;
        if (!TryLengths(first, out var header, out var length)) return default;
        item = _rest[..(header + length)];
        _rest = _rest[item.Length..];
        return item[header..];
    }

    // Bytes before the content and of the content; the content of a single byte below 0x80 is that byte.
    private bool TryLengths(byte first, out int header, out int length)
    {
        (header, length) = (0, 1);
        if (first < StringOffset) return true;
        var (offset, longOffset) = first >= ListOffset ? (ListOffset, LongListOffset) : (StringOffset, LongStringOffset);
        (header, length) = (1, first - offset);
        if (first > longOffset && !TryLongLength(first - longOffset, out header, out length)) return false;
        if (length > _rest.Length - header) return Refuse(EthereumFault.Truncated);
        return first != StringOffset + 1 || _rest[1] >= StringOffset || Refuse(EthereumFault.NotShortest);
    }

    private bool TryLongLength(int lengthBytes, out int header, out int length)
    {
        (header, length) = (1 + lengthBytes, 0);
        if (header > _rest.Length) return Refuse(EthereumFault.Truncated);
        var digits = _rest.Slice(1, lengthBytes);
        if (digits[0] == 0) return Refuse(EthereumFault.NotShortest);
        // More than four bytes of length say more than any input here has.
        if (lengthBytes > sizeof(uint)) return Refuse(EthereumFault.Truncated);
        var value = BigEndian(digits);
        if (value > (ulong)_rest.Length) return Refuse(EthereumFault.Truncated);
        length = (int)value;
        return length > ShortMax || Refuse(EthereumFault.NotShortest);
    }

    private bool Refuse(EthereumFault fault)
    {
        _fault = fault;
        return false;
    }
}
