using System.Buffers.Binary;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Fuzz;

/// <summary>
/// Ways to harm an input, one to five of them on top of each other. Beside the blind ones some know what decoders trip over: lengths and
/// counts at their edges, in the widths and the forms in which the formats write them, and pieces of JSON.
/// </summary>
internal sealed class Mutations(SeededStream stream)
{
    private const int Most = 5;

    private static readonly ulong[] Edges =
        [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff, 0x1_0000_0000, long.MaxValue, ulong.MaxValue];

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "null", "{}", "[]", "[null]", "\"\"", "0", "-1", "1e9", "0.5", "99999999999999999999999", "2147483648", "true", "\"\\ud800\"", "\"\\udc00x\"", "{\"\\ud800\":1}",
            "{\"a\":1,\"a\":2}", "\\u0000", "[[[[[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}", ",", ":", "\"", "%", "%25", "@", "0x",
        }.Select(Encoding.ASCII.GetBytes),
        [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff, 0xfe], [0xef, 0xbb, 0xbf], [0], [0x0a, 0], [0x12, 0],
    ];

    /// <param name="input">Not changed.</param>
    /// <param name="other">Another good input, to cut pieces from.</param>
    /// <param name="most">Bytes of the result.</param>
    public byte[] Apply(byte[] input, byte[] other, int most)
    {
        var bytes = (byte[])input.Clone();
        for (var left = 1 + Below(Most); left > 0; left--) bytes = Once(bytes, other);
        return bytes.Length > most ? bytes[..most] : bytes;
    }

    private byte[] Once(byte[] bytes, byte[] other)
    {
        var (from, to) = Stretch(bytes.Length);
        switch (Below(bytes is [(byte)'{' or (byte)'[', ..] ? 21 : 15))
        {
            case 0: return [.. bytes[..from], .. bytes[to..]];
            case 1: return [.. bytes[..to], .. bytes[from..]];
            case 2: return bytes[..from];
            case 3: return Repeat(bytes, from, Math.Min(to, from + 1 + Below(40)));
            case 4: return [.. bytes[..from], .. Rubbish(), .. bytes[from..]];
            case 5: return [.. bytes[..from], .. Words[Below(Words.Length)], .. bytes[from..]];
            case 6: return [.. bytes[..from], .. Words[Below(Words.Length)], .. bytes[to..]];
            case 7:
                var (start, end) = Stretch(other.Length);
                return [.. bytes[..from], .. other[start..end], .. bytes[(Below(2) == 0 ? from : to)..]];
            case 8: return [.. bytes[..from], .. Varint(Edge()), .. bytes[Math.Min(bytes.Length, from + 1)..]];
            case 9 or 10:
                WriteNumber(bytes, from);
                return bytes;
            case 14:
                // In the place of as many bytes: the lengths around it stay right.
                var varint = Varint(Edge());
                if (from + varint.Length <= bytes.Length) varint.CopyTo(bytes, from);
                return bytes;
            case 11:
                bytes.AsSpan(from, to - from).Fill((byte)(Below(2) == 0 ? 0 : 0xff));
                return bytes;
            case > 14: return InJson(bytes, from);
            default:
                if (bytes.Length > 0) bytes[Below(bytes.Length)] ^= (byte)(1 << Below(8));
                return bytes;
        }
    }

    // Blind changes of JSON hardly ever leave JSON. These put a word in the place of a value, beside the name of a key, or into a text.
    private byte[] InJson(byte[] bytes, int at)
    {
        var word = Words[Below(Words.Length)];
        var rest = bytes.AsSpan(at);
        if (Below(2) == 0)
        {
            var value = at + rest.IndexOf((byte)':') + 1;
            var length = bytes.AsSpan(value).IndexOfAny(",}]"u8);
            return value == at || length < 0 ? bytes : [.. bytes[..value], .. word, .. bytes[(value + length)..]];
        }

        var text = at + rest.IndexOf((byte)'"') + 1;
        return text == at ? bytes : [.. bytes[..text], .. word.AsSpan().Trim((byte)'"'), .. bytes[text..]];
    }

    // A list with very many members is what memory is lost to.
    private byte[] Repeat(byte[] bytes, int from, int to)
    {
        var times = 1 << Below(15);
        var part = bytes[from..to];
        if (part.Length == 0) return bytes;
        times = Math.Min(times, (128 * 1024 / part.Length) + 1);
        var repeated = new byte[part.Length * times];
        for (var i = 0; i < times; i++) part.CopyTo(repeated, i * part.Length);
        return [.. bytes[..from], .. repeated, .. bytes[to..]];
    }

    // In place: an edge, or what stands there plus or minus a little, big-endian as our layouts are, little-endian as safetensors.
    private void WriteNumber(byte[] bytes, int at)
    {
        var width = 1 << Below(4);
        if (at + width > bytes.Length) return;
        var place = bytes.AsSpan(at, width);
        Span<byte> whole = stackalloc byte[8];
        place.CopyTo(whole[(8 - width)..]);
        var number = Below(2) == 0 ? Edge() : unchecked(BinaryPrimitives.ReadUInt64BigEndian(whole) + (ulong)(Below(5) - 2));
        BinaryPrimitives.WriteUInt64BigEndian(whole, number);
        whole[(8 - width)..].CopyTo(place);
        if (Below(8) == 0) place.Reverse();
    }

    private byte[] Rubbish()
    {
        var rubbish = new byte[1 + Below(40)];
        stream.Fill(rubbish);
        return rubbish;
    }

    private ulong Edge() => unchecked(Edges[Below(Edges.Length)] + (ulong)(Below(3) - 1));

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)((value & 0x7f) | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    // Short ones mostly: a cut through the middle of a long input hits the same check again and again.
    private (int From, int To) Stretch(int length)
    {
        if (length == 0) return (0, 0);
        var from = Below(length + 1);
        var most = Below(4) == 0 ? length - from : Math.Min(length - from, 1 << Below(7));
        return (from, from + Below(most + 1));
    }

    private int Below(int bound) => (int)stream.NextBelow((ulong)bound);
}
