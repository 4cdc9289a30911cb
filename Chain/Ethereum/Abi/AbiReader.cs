using System.Text;

namespace NeuroChain.Chain;

/// <summary>
/// Reads a tuple of Solidity's ABI in the one form that <see cref="AbiWriter"/> gives it: padding is zero, offsets follow from the order. A failure
/// sticks, with its first reason, and after it every read gives a default: ask once, with <see cref="IsWhole"/>, at the end.
/// </summary>
/// <remarks>Decoders of contracts take more forms; that there are several is how two readers of one message come to differ.</remarks>
public ref struct AbiReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _wordsEnd;
    private int _at, _partsEnd;
    private AbiFault _fault;

    /// <param name="bytes">From the tuple's beginning; anything may follow, which <see cref="IsWhole"/> refuses.</param>
    /// <param name="words">Of the tuple's static part: one for each dynamic member.</param>
    public AbiReader(ReadOnlySpan<byte> bytes, int words)
    {
        _bytes = bytes;
        var end = (long)words * AbiWriter.WordSize;
        if (end > bytes.Length) _fault = AbiFault.Truncated;
        else _partsEnd = _wordsEnd = (int)end;
    }

    public readonly AbiFault Fault => _fault;

    /// <summary>Nothing failed, every word was read and nothing is behind the last part.</summary>
    public readonly bool IsWhole => WholeFault == AbiFault.None;

    /// <summary>Why it is not whole.</summary>
    public readonly AbiFault WholeFault => _fault != AbiFault.None || (_at == _wordsEnd && _partsEnd == _bytes.Length) ? _fault : AbiFault.LeftOver;

    public void Fail(AbiFault fault)
    {
        if (_fault == AbiFault.None) _fault = fault;
    }

    public Hash256 Hash() => Word() is { IsEmpty: false } word ? Hash256.FromBytes(word) : default;

    public UInt256 UInt256() => Word() is { IsEmpty: false } word ? Chain.UInt256.FromBytes(word) : default;

    public UInt128 UInt128()
    {
        if (!UInt256().TryToUInt128(out var value)) Fail(AbiFault.Padding);
        return value;
    }

    public ulong UInt64()
    {
        if (!UInt256().TryToUInt64(out var value)) Fail(AbiFault.Padding);
        return value;
    }

    public uint UInt32() => (uint)Below(1UL << 32);

    public bool Bool() => Below(2) == 1;

    public Address Address()
    {
        var word = Word();
        if (word.IsEmpty) return default;
        if (word[..12].ContainsAnyExcept((byte)0)) Fail(AbiFault.Padding);
        return _fault == AbiFault.None ? Chain.Address.FromBytes(word[12..]) : default;
    }

    /// <summary>bytes1 to bytes32.</summary>
    public ReadOnlySpan<byte> FixedBytes(int size)
    {
        var word = Word();
        if (word.IsEmpty) return default;
        if (word[size..].ContainsAnyExcept((byte)0)) Fail(AbiFault.Padding);
        return _fault == AbiFault.None ? word[..size] : default;
    }

    /// <summary>bytes of at most so many.</summary>
    public ReadOnlySpan<byte> Bytes(int most)
    {
        var content = Part(out var length);
        if (length > (ulong)most) Fail(AbiFault.TooLarge);
        var padded = (length + AbiWriter.WordSize - 1) / AbiWriter.WordSize * AbiWriter.WordSize;
        if (padded > (ulong)content.Length) Fail(AbiFault.Truncated);
        if (_fault != AbiFault.None) return default;
        if (content[(int)length..(int)padded].ContainsAnyExcept((byte)0)) Fail(AbiFault.Padding);
        _partsEnd += AbiWriter.WordSize + (int)padded;
        return _fault == AbiFault.None ? content[..(int)length] : default;
    }

    /// <summary>string of at most so many bytes; never null.</summary>
    public string Text(int most)
    {
        try
        {
            return Utf8.GetString(Bytes(most));
        }
        catch (DecoderFallbackException)
        {
            Fail(AbiFault.NotText);
            return "";
        }
    }

    /// <summary>A dynamic tuple, of so many words: read by the reader given back, and closed with <see cref="Leave"/>.</summary>
    public AbiReader Tuple(int words)
    {
        Follow();
        return Inner(_fault == AbiFault.None ? _bytes[_partsEnd..] : default, words);
    }

    /// <summary>
    /// A dynamic array of at most so many elements, each of so many words: its elements are read by the reader given back, and closed with
    /// <see cref="Leave"/>. Nothing is taken for a count that the rest cannot hold.
    /// </summary>
    public AbiReader Array(int most, int wordsEach, out int count)
    {
        var content = Part(out var length);
        if (length > (ulong)most) Fail(AbiFault.TooLarge);
        count = _fault == AbiFault.None ? (int)length : 0;
        if ((long)count * wordsEach * AbiWriter.WordSize > content.Length) Fail(AbiFault.Truncated);
        if (_fault != AbiFault.None) count = 0;
        else _partsEnd += AbiWriter.WordSize;
        return Inner(_fault == AbiFault.None ? content : default, count * wordsEach);
    }

    /// <summary>Takes over where the parts of an inner tuple or array end, and what went wrong in it.</summary>
    public void Leave(ref AbiReader inner)
    {
        if (inner._at != inner._wordsEnd) inner.Fail(AbiFault.LeftOver);
        Fail(inner._fault);
        if (_fault == AbiFault.None) _partsEnd += inner._partsEnd;
    }

    private readonly AbiReader Inner(ReadOnlySpan<byte> bytes, int words)
    {
        var inner = new AbiReader(bytes, _fault == AbiFault.None ? words : 0);
        if (_fault != AbiFault.None) inner._fault = _fault;
        return inner;
    }

    private ulong Below(ulong bound)
    {
        var value = UInt64();
        if (value >= bound) Fail(AbiFault.Padding);
        return _fault == AbiFault.None ? value : 0;
    }

    private ReadOnlySpan<byte> Word()
    {
        if (_fault == AbiFault.None && _at == _wordsEnd) _fault = AbiFault.Truncated;
        if (_fault != AbiFault.None) return default;
        var word = _bytes.Slice(_at, AbiWriter.WordSize);
        _at += AbiWriter.WordSize;
        return word;
    }

    // An offset: it must lead to where the parts so far end.
    private void Follow()
    {
        if (UInt256() != new UInt256((UInt128)_partsEnd)) Fail(AbiFault.Offset);
    }

    // A part that begins with a length, and what follows that.
    private ReadOnlySpan<byte> Part(out ulong length)
    {
        length = 0;
        Follow();
        if (_fault == AbiFault.None && _bytes.Length - _partsEnd < AbiWriter.WordSize) _fault = AbiFault.Truncated;
        if (_fault != AbiFault.None) return default;
        var isInRange = Chain.UInt256.FromBytes(_bytes.Slice(_partsEnd, AbiWriter.WordSize)).TryToUInt64(out length) && length <= int.MaxValue;
        if (isInRange) return _bytes[(_partsEnd + AbiWriter.WordSize)..];
        (_fault, length) = (AbiFault.TooLarge, 0);
        return default;
    }
}
