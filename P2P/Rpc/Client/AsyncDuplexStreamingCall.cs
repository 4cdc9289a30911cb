using Google.Protobuf;

namespace NeuroChain.P2P;

/// <summary>A running call with a stream each way. Disposing it cancels what still runs.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly ClientCall _call;
    private readonly StreamingContent<TRequest> _requests;

    internal AsyncDuplexStreamingCall(ClientCall call, RpcMethod<TRequest, TResponse> method)
    {
        _call = call;
        _requests = new StreamingContent<TRequest>(call);
        ResponseHeadersAsync = StreamingCallStart.RunAsync(call, _requests);
        ResponseStream = new Responses(this, method.ResponseParser);
    }

    public IClientStreamWriter<TRequest> RequestStream => _requests;

    /// <summary>Ends with false on OK, with an <see cref="RpcException"/> on any other status.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>Done when the server accepted the call.</summary>
    public Task ResponseHeadersAsync { get; }

    public void Dispose()
    {
        _call.Dispose();
        _requests.Fail(new RpcException(StatusCode.Cancelled, "the call is over"));
        _ = ResponseHeadersAsync.ContinueWith(static t => t.Exception, TaskScheduler.Default);
    }

    private sealed class Responses(AsyncDuplexStreamingCall<TRequest, TResponse> owner, MessageParser<TResponse> parser)
        : IAsyncStreamReader<TResponse>
    {
        private TResponse? _current;

        public TResponse Current => _current ?? throw new InvalidOperationException("Current is read after MoveNext gave true");

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            await owner.ResponseHeadersAsync.WaitAsync(cancellationToken).ConfigureAwait(false);
            // A read that was given up half-way leaves no usable stream behind, so a caller's token ends the whole call.
            using var stop = cancellationToken.Register(static call => ((ClientCall)call!).Cancel(), owner._call);
            _current = await owner._call.ReadAsync(parser).ConfigureAwait(false);
            return _current is not null;
        }
    }
}
