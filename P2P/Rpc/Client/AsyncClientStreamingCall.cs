using Google.Protobuf;

namespace NeuroChain.P2P;

/// <summary>A running call with a stream of requests and one response. Disposing it cancels what still runs.</summary>
public sealed class AsyncClientStreamingCall<TRequest, TResponse> : IDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly ClientCall _call;
    private readonly StreamingContent<TRequest> _requests;

    internal AsyncClientStreamingCall(ClientCall call, RpcMethod<TRequest, TResponse> method)
    {
        _call = call;
        _requests = new StreamingContent<TRequest>(call);
        ResponseHeadersAsync = StreamingCallStart.RunAsync(call, _requests);
        ResponseAsync = ReadAsync(method);
    }

    public IClientStreamWriter<TRequest> RequestStream => _requests;

    /// <summary>Done when the server accepted the call, which it may do long before it answers.</summary>
    public Task ResponseHeadersAsync { get; }

    /// <summary>The answer, or the status as an <see cref="RpcException"/>.</summary>
    public Task<TResponse> ResponseAsync { get; }

    public void Dispose()
    {
        _call.Dispose();
        // Nobody may be waiting any more; their failures are not news.
        _ = ResponseHeadersAsync.Exception;
        _ = ResponseAsync.ContinueWith(static t => t.Exception, TaskScheduler.Default);
    }

    private async Task<TResponse> ReadAsync(RpcMethod<TRequest, TResponse> method)
    {
        try
        {
            await ResponseHeadersAsync.ConfigureAwait(false);
            return await _call.ReadSingleAsync(method.ResponseParser).ConfigureAwait(false);
        }
        finally
        {
            _requests.Fail(new RpcException(StatusCode.Cancelled, "the call is over"));
        }
    }
}
