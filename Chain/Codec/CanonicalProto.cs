using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace NeuroChain.Chain;

/// <summary>
/// Protobuf is not canonical: unknown fields, order, repeated scalars and explicit defaults give many encodings of one message. Consensus
/// decoders take only the one that this library writes: parse without unknown fields, write again, compare.
/// </summary>
public static class CanonicalProto
{
    /// <param name="parser">Must discard unknown fields, so that they fail the comparison.</param>
    /// <param name="bytes">Already bounded by the caller.</param>
    /// <param name="message">The message where the bytes are its canonical encoding.</param>
    public static bool TryParse<T>(MessageParser<T> parser, byte[] bytes, [NotNullWhen(true)] out T? message)
        where T : class, IMessage<T>
    {
        message = null;
        try
        {
            var parsed = parser.ParseFrom(bytes);
            if (parsed.CalculateSize() != bytes.Length || !parsed.ToByteArray().AsSpan().SequenceEqual(bytes)) return false;
            message = parsed;
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }
}
