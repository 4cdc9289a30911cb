using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace NeuroChain.P2P;

/// <summary>
/// The client's side: one HTTP/2 connection to one server, opened by the first call and again after it broke. Safe from any
/// thread. Disposing it ends all its calls.
/// </summary>
public sealed class RpcChannel : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="address">http://host:port for HTTP/2 in clear, https://host:port for TLS.</param>
    /// <param name="options">Null takes the defaults.</param>
    public RpcChannel(Uri address, RpcChannelOptions? options = null)
    {
        Options = options ?? new RpcChannelOptions();
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = Options.ConnectTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = Options.KeepAliveDelay,
            KeepAlivePingTimeout = Options.KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (Options.Tls is not null) handler.SslOptions = Options.Tls;
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    internal RpcChannelOptions Options { get; }

    /// <exception cref="RpcException">Any status but OK.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        method.RequireKind(clientStreams: false, serverStreams: false);
        using var call = new ClientCall(this, method.Path, deadline, cancellationToken);
        await call.StartAsync(Content(request)).ConfigureAwait(false);
        return await call.ReadSingleAsync(method.ResponseParser).ConfigureAwait(false);
    }

    /// <summary>Responses as they come. Leaving the loop early cancels the call.</summary>
    /// <exception cref="RpcException">Any status but OK.</exception>
    public async IAsyncEnumerable<TResponse> ServerStreaming<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        TimeSpan? deadline = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        method.RequireKind(clientStreams: false, serverStreams: true);
        using var call = new ClientCall(this, method.Path, deadline, cancellationToken);
        await call.StartAsync(Content(request)).ConfigureAwait(false);
        while (await call.ReadAsync(method.ResponseParser).ConfigureAwait(false) is { } response) yield return response;
    }

    public AsyncClientStreamingCall<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        method.RequireKind(clientStreams: true, serverStreams: false);
        return new AsyncClientStreamingCall<TRequest, TResponse>(new ClientCall(this, method.Path, deadline, cancellationToken), method);
    }

    public AsyncDuplexStreamingCall<TRequest, TResponse> Duplex<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        method.RequireKind(clientStreams: true, serverStreams: true);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(new ClientCall(this, method.Path, deadline, cancellationToken), method);
    }

    public void Dispose() => _http.Dispose();

    internal Task<HttpResponseMessage> SendAsync(string path, HttpContent content, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        // Proxies that do not pass trailers on refuse the call instead of losing its status.
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (deadline is not null) request.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout.Format(deadline.Value));
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static ByteArrayContent Content(IMessage request) => new(MessageFrame.ToArray(request));
}
