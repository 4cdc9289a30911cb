using System.Buffers.Binary;

namespace NeuroChain.P2P;

/// <summary>Reads the fields of a DNS message. After a failure everything reads as nothing.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private const int NameBytesMax = 255;
    private const int LabelBytesMax = 63;
    private const int PointerMark = 0xc0;

    private static readonly byte[] Nothing = new byte[256];

    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; private set; }

    public bool Failed { get; private set; }

    public void Fail() => Failed = true;

    public void GoTo(int position)
    {
        if (position < Position || position > _message.Length) Fail();
        else Position = position;
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (Failed || count > _message.Length - Position)
        {
            Fail();
            return Nothing.AsSpan(0, count); // at most 255
        }

        Position += count;
        return _message.Slice(Position - count, count);
    }

    public byte Byte() => Bytes(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Bytes(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Bytes(4));

    /// <summary>
    /// Labels with dots between them. A pointer leads to a place before the labels that it ends, so that the way is finite however pointers
    /// are laid; the name is bounded besides.
    /// </summary>
    public string Name()
    {
        Span<char> name = stackalloc char[NameBytesMax];
        var used = 0;
        var start = Position;
        var after = -1;
        while (!Failed)
        {
            var length = Byte();
            if (length == 0) break;
            if ((length & PointerMark) == PointerMark)
            {
                var target = ((length & ~PointerMark) << 8) | Byte();
                if (target >= start)
                {
                    Fail();
                    break;
                }

                if (after < 0) after = Position;
                Position = start = target;
                continue;
            }

            if (length > LabelBytesMax || used + length + 1 > NameBytesMax)
            {
                Fail();
                break;
            }

            if (used > 0) name[used++] = '.';
            foreach (var b in Bytes(length)) name[used++] = b == '.' ? '?' : Printable(b);
        }

        if (after >= 0) Position = after;
        return Failed ? "" : new string(name[..used]);
    }

    /// <summary>So many bytes as text.</summary>
    public string Text(int count)
    {
        Span<char> text = stackalloc char[byte.MaxValue];
        var used = 0;
        foreach (var b in Bytes(count)) text[used++] = Printable(b);
        return new string(text[..used]);
    }

    private static char Printable(byte b) => b is >= 0x20 and < 0x7f ? (char)b : '?';
}
