namespace NeuroChain.Chain;

/// <summary>
/// Half-bytes of a key packed into bytes behind a flag (yellow paper, appendix C): the high half of the first byte is 2 for a leaf plus 1 for an
/// odd number of half-bytes, of which the first then stands in the low half; else that is zero.
/// </summary>
public static class HexPrefix
{
    public static byte[] Encode(ReadOnlySpan<byte> nibbles, bool isLeaf)
    {
        var isOdd = nibbles.Length % 2;
        var packed = new byte[1 + (nibbles.Length / 2)];
        packed[0] = (byte)((isLeaf ? 0x20 : 0) + (isOdd * 0x10) + (isOdd == 1 ? nibbles[0] : 0));
        for (var i = isOdd; i < nibbles.Length; i += 2) packed[1 + (i / 2)] = (byte)((nibbles[i] << 4) | nibbles[i + 1]);
        return packed;
    }

    /// <summary>False where the flag is none of the four, or a padding half-byte is not zero.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> packed, out NibblePath path, out bool isLeaf)
    {
        path = default;
        isLeaf = false;
        if (packed.IsEmpty || packed[0] >= 0x40) return false;
        isLeaf = (packed[0] & 0x20) != 0;
        var isOdd = (packed[0] & 0x10) != 0;
        if (!isOdd && (packed[0] & 0x0f) != 0) return false;
        path = new NibblePath(packed, isOdd ? 1 : 2);
        return true;
    }
}

/// <summary>The half-bytes of a span from one of them on, without a copy.</summary>
public readonly ref struct NibblePath(ReadOnlySpan<byte> bytes, int from)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly int _from = from;

    public int Length => (2 * _bytes.Length) - _from;

    public byte this[int index] => (byte)((_bytes[(_from + index) / 2] >> ((_from + index) % 2 == 0 ? 4 : 0)) & 0xf);

    /// <summary>The rest after so many of them.</summary>
    public NibblePath From(int count) => new(_bytes, _from + count);

    public bool StartsWith(NibblePath prefix)
    {
        if (prefix.Length > Length) return false;
        for (var i = 0; i < prefix.Length; i++)
            if (prefix[i] != this[i])
                return false;
        return true;
    }

    public byte[] ToArray()
    {
        var nibbles = new byte[Length];
        for (var i = 0; i < nibbles.Length; i++) nibbles[i] = this[i];
        return nibbles;
    }
}
