using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>What the bytes read so far are.</summary>
internal enum FrameResult
{
    Complete,
    Incomplete,
    TooLarge,
    Compressed,
    UnknownFlag,
}

/// <summary>
/// The length-prefixed message of gRPC (PROTOCOL-HTTP2.md): one flag byte, four bytes of length, big-endian, and the message.
/// Reading is a pure function that judges the length before a single byte of the message is waited for.
/// </summary>
internal static class MessageFrame
{
    public const int PrefixSize = 5;

    public static FrameResult TryRead(ref ReadOnlySequence<byte> buffer, int maxSizeBytes, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (buffer.Length < PrefixSize) return FrameResult.Incomplete;
        Span<byte> prefix = stackalloc byte[PrefixSize];
        buffer.Slice(0, PrefixSize).CopyTo(prefix);
        if (prefix[0] == 1) return FrameResult.Compressed;
        if (prefix[0] != 0) return FrameResult.UnknownFlag;
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)maxSizeBytes) return FrameResult.TooLarge;
        if (buffer.Length - PrefixSize < length) return FrameResult.Incomplete;
        message = buffer.Slice(PrefixSize, length);
        buffer = buffer.Slice(message.End);
        return FrameResult.Complete;
    }

    /// <summary>Appends prefix and message; returns how many bytes that was.</summary>
    public static int Write(IBufferWriter<byte> output, IMessage message)
    {
        var size = message.CalculateSize();
        var prefix = output.GetSpan(PrefixSize);
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], (uint)size);
        output.Advance(PrefixSize);
        message.WriteTo(output);
        return checked(PrefixSize + size);
    }

    public static byte[] ToArray(IMessage message)
    {
        var size = message.CalculateSize();
        Invariant.Check(size <= Array.MaxLength - PrefixSize, "a protobuf message is far smaller than the largest array");
        var bytes = new byte[PrefixSize + size];
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), (uint)size);
        message.WriteTo(bytes.AsSpan(PrefixSize));
        return bytes;
    }
}
