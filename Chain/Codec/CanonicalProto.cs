using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace NeuroChain.Chain;

/// <summary>
/// Protobuf is not canonical: unknown fields, order, repeated scalars and explicit defaults give many encodings of one message. Consensus
/// decoders take only the one that this library writes: parse without unknown fields, write again, compare.
/// </summary>
public static class CanonicalProto
{
    private const int StackBytesMax = 512;

    /// <param name="parser">Must discard unknown fields, so that they fail the comparison.</param>
    /// <param name="bytes">Already bounded by the caller.</param>
    /// <param name="message">The message where the bytes are its canonical encoding.</param>
    public static bool TryParse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out T? message)
        where T : class, IMessage<T>
    {
        message = null;
        try
        {
            var parsed = parser.ParseFrom(bytes);
            if (parsed.CalculateSize() != bytes.Length || !IsEncoding(parsed, bytes)) return false;
            message = parsed;
            return true;
        }
        catch (Exception thrown) when (IsRefusal(thrown))
        {
            return false;
        }
    }

    /// <summary>
    /// Whether an exception of the library says that bytes are no message. It adds the length of a message inside another to its place
    /// without looking whether that fits 32 bits: one near 2^31 gives a limit below zero, and the library reads on until the end of the bytes
    /// stops it with an exception of the runtime's. It never returns a message then, since that limit is never met.
    /// </summary>
    public static bool IsRefusal(Exception thrown) => thrown is InvalidProtocolBufferException or IndexOutOfRangeException or ArgumentOutOfRangeException;

    private static bool IsEncoding(IMessage message, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= StackBytesMax)
        {
            Span<byte> small = stackalloc byte[StackBytesMax];
            message.WriteTo(small[..bytes.Length]);
            return small[..bytes.Length].SequenceEqual(bytes);
        }

        var rented = ArrayPool<byte>.Shared.Rent(bytes.Length);
        message.WriteTo(rented.AsSpan(0, bytes.Length));
        var isSame = rented.AsSpan(0, bytes.Length).SequenceEqual(bytes);
        ArrayPool<byte>.Shared.Return(rented);
        return isSame;
    }
}
