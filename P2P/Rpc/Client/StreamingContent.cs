using System.Buffers;
using System.Net;
using Google.Protobuf;

namespace NeuroChain.P2P;

/// <summary>
/// A request body that is written while the call runs. HTTP/2 sends no headers before the body's first flush, so that flush
/// comes first: a call whose server speaks first would wait for ever otherwise.
/// </summary>
internal sealed class StreamingContent<T>(ClientCall call) : HttpContent, IClientStreamWriter<T> where T : class, IMessage<T>
{
    // What was buffered beyond this is not kept for the next burst.
    private const int KeptBufferBytes = 256 * 1024;

    private readonly TaskCompletionSource<Stream> _body = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ArrayBufferWriter<byte> _buffer = new();

    public int Buffer(T message)
    {
        MessageFrame.Write(_buffer, message);
        return _buffer.WrittenCount;
    }

    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_buffer.WrittenCount == 0) return;
        try
        {
            var body = await _body.Task.WaitAsync(call.Ended).ConfigureAwait(false);
            await body.WriteAsync(_buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
            await body.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (call.Translate(e) is { } translated)
        {
            throw cancellationToken.IsCancellationRequested ? new OperationCanceledException(cancellationToken) : translated;
        }

        if (_buffer.Capacity > KeptBufferBytes) _buffer = new ArrayBufferWriter<byte>();
        else _buffer.ResetWrittenCount();
    }

    public Task WriteAsync(T message, CancellationToken cancellationToken = default)
    {
        Buffer(message);
        return FlushAsync(cancellationToken);
    }

    public async Task CompleteAsync()
    {
        if (_buffer.WrittenCount > 0) await FlushAsync().ConfigureAwait(false);
        _completed.TrySetResult();
    }

    /// <summary>The call ended before or while its body was written.</summary>
    public void Fail(Exception exception)
    {
        _body.TrySetException(exception);
        _ = _body.Task.Exception;
        _completed.TrySetResult();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        // The transport may try a lost request again, but a body that was already written to cannot be repeated.
        if (!_body.TrySetResult(stream)) throw new IOException("the request was already sent");
        await _completed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
