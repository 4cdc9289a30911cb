using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>
/// Reads messages from a body, on either side of a call. All frames that arrived together are parsed from one buffer: a burst of
/// small messages costs one read.
/// </summary>
/// <param name="input">The body.</param>
/// <param name="maxSizeBytes">Greatest message taken.</param>
/// <param name="malformed">Status for bytes that are no message: the client's fault on a server, the server's on a client.</param>
internal sealed class MessageReader(PipeReader input, int maxSizeBytes, StatusCode malformed)
{
    private ReadOnlySequence<byte> _buffer;
    private bool _holdsBuffer;
    private bool _inputEnded;

    /// <summary>Null at the end of the body.</summary>
    /// <exception cref="RpcException">The bytes are no message, or too many.</exception>
    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken) where T : class, IMessage<T>
    {
        while (true)
        {
            if (_holdsBuffer)
            {
                var result = MessageFrame.TryRead(ref _buffer, maxSizeBytes, out var frame);
                if (result == FrameResult.Complete) return Parse(parser, frame);
                if (result != FrameResult.Incomplete) throw new RpcException(StatusOf(result));
                var rest = _buffer.Length;
                input.AdvanceTo(_buffer.Start, _buffer.End);
                _holdsBuffer = false;
                if (_inputEnded)
                    return rest == 0 ? null : throw new RpcException(StatusCode.Internal, "the body ends inside a message");
            }

            var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read.IsCanceled) throw new OperationCanceledException("reading the body was cancelled");
            _buffer = read.Buffer;
            _inputEnded = read.IsCompleted;
            _holdsBuffer = true;
        }
    }

    private T Parse<T>(MessageParser<T> parser, ReadOnlySequence<byte> frame) where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(frame);
        }
        catch (Exception e) when (CanonicalProto.IsRefusal(e))
        {
            throw new RpcException(new RpcStatus(malformed, "the message is not valid protobuf"), e);
        }
    }

    private RpcStatus StatusOf(FrameResult result) => result switch
    {
        FrameResult.TooLarge => new(StatusCode.ResourceExhausted, $"the message is larger than {maxSizeBytes} bytes"),
        FrameResult.Compressed => new(StatusCode.Unimplemented, "compressed messages are not supported"),
        _ => new(StatusCode.Internal, "the flag byte before the message is neither 0 nor 1"),
    };
}
