using System.Buffers.Binary;

namespace NeuroChain.Node;

/// <summary>Four bytes of length, then the message.</summary>
internal static class EvaluatorFraming
{
    public static async Task WriteAsync(Stream stream, byte[] message, CancellationToken cancellationToken)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)message.Length);
        await stream.WriteAsync(length, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Null where the stream ended or the length is out of bounds.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var prefix = new byte[4];
        if (await stream.ReadAtLeastAsync(prefix, 4, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < 4) return null;
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length > EvaluationRequest.BytesMax) return null;
        var message = new byte[length];
        var read = await stream.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return read == message.Length ? message : null;
    }
}
