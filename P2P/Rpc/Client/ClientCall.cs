using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace NeuroChain.P2P;

/// <summary>One call on the client: its deadline, its response stream, and its failures as statuses.</summary>
internal sealed class ClientCall : IDisposable
{
    // Responses of this size and less need one buffer; larger ones are read into several.
    private const int ReadBufferBytes = 16 * 1024;

    private readonly RpcChannel _channel;
    private readonly string _path;
    private readonly TimeSpan? _timeout;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource _ended;
    private HttpResponseMessage? _response;
    private MessageReader? _messages;
    private bool _finished;
    private int _disposed;

    public ClientCall(RpcChannel channel, string path, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        _channel = channel;
        _path = path;
        _timeout = deadline ?? channel.Options.DefaultDeadline;
        if (_timeout > RpcLimits.LongestDeadline) _timeout = RpcLimits.LongestDeadline;
        if (_timeout < TimeSpan.Zero) _timeout = TimeSpan.Zero;
        _callerToken = cancellationToken;
        _deadline = _timeout is null ? null : new CancellationTokenSource(_timeout.Value, channel.Options.Time);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _deadline?.Token ?? CancellationToken.None);
        Ended = _ended.Token;
    }

    /// <summary>Ends with the caller's interest, the deadline and <see cref="Cancel"/>.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Returns when the response headers are here.</summary>
    public async Task StartAsync(HttpContent content)
    {
        try
        {
            _response = await _channel.SendAsync(_path, content, _timeout, Ended).ConfigureAwait(false);
            RequireGrpc(_response);
            var body = await _response.Content.ReadAsStreamAsync(Ended).ConfigureAwait(false);
            var reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: ReadBufferBytes, useZeroByteReads: true));
            _messages = new MessageReader(reader, _channel.Options.MaxReceiveSizeBytes, StatusCode.Internal);
        }
        catch (Exception e) when (Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Null when the server ended the call with OK.</summary>
    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser) where T : class, IMessage<T>
    {
        if (_finished) return null;
        try
        {
            var message = await _messages!.ReadAsync(parser, Ended).ConfigureAwait(false);
            if (message is not null) return message;
            _finished = true;
            RequireOk(StatusOf(_response!));
            return null;
        }
        catch (Exception e) when (Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>The only response, together with the status OK.</summary>
    public async ValueTask<T> ReadSingleAsync<T>(MessageParser<T> parser) where T : class, IMessage<T>
    {
        var response = await ReadAsync(parser).ConfigureAwait(false)
            ?? throw new RpcException(StatusCode.Internal, "the server ended the call without a response");
        if (await ReadAsync(parser).ConfigureAwait(false) is not null)
            throw new RpcException(StatusCode.Internal, "the server sent more than one response");
        return response;
    }

    /// <summary>What a failure of the transport means to the caller; null for what is no such failure.</summary>
    public Exception? Translate(Exception exception)
    {
        if (exception is RpcException) return null;
        if (_callerToken.IsCancellationRequested && exception is OperationCanceledException or IOException or HttpRequestException)
            return new OperationCanceledException("the call was cancelled", exception, _callerToken);
        if (_deadline?.IsCancellationRequested == true)
            return new RpcException(new RpcStatus(StatusCode.DeadlineExceeded, "the deadline passed"), exception);
        return exception switch
        {
            HttpProtocolException e => new RpcException(StatusOf(e), e),
            HttpRequestException { InnerException: HttpProtocolException e } => new RpcException(StatusOf(e), e),
            HttpRequestException or IOException => new RpcException(new RpcStatus(StatusCode.Unavailable, Innermost(exception)), exception),
            OperationCanceledException or ObjectDisposedException when Ended.IsCancellationRequested =>
                new RpcException(new RpcStatus(StatusCode.Cancelled, "the call was closed"), exception),
            // A connection that dies under a request body surfaces as the body's cancellation.
            OperationCanceledException or ObjectDisposedException =>
                new RpcException(new RpcStatus(StatusCode.Unavailable, "the connection was lost"), exception),
            _ => null,
        };
    }

    /// <summary>Ends the call from any thread; whoever reads or writes is told.</summary>
    public void Cancel()
    {
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It had ended.
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (!_finished) _ended.Cancel();
        _response?.Dispose();
        _ended.Dispose();
        _deadline?.Dispose();
    }

    private static void RequireGrpc(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            throw new RpcException(CodeOf(response.StatusCode), $"the server answered HTTP {(int)response.StatusCode}");
        if (response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
            throw new RpcException(StatusCode.Unknown, "the server's answer is not gRPC");
        // A status among the headers means that there is no body.
        if (TryStatus(response.Headers, out var status)) RequireOk(status);
    }

    private static void RequireOk(RpcStatus status)
    {
        if (!status.IsOk) throw new RpcException(status);
    }

    private static RpcStatus StatusOf(HttpResponseMessage response)
    {
        if (TryStatus(response.TrailingHeaders, out var status) || TryStatus(response.Headers, out status)) return status;
        return new RpcStatus(StatusCode.Internal, "the server ended the call without a status");
    }

    private static bool TryStatus(HttpHeaders headers, out RpcStatus status)
    {
        status = default;
        if (!headers.TryGetValues("grpc-status", out var codes)) return false;
        var known = int.TryParse(codes.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            && code <= (int)StatusCode.Unauthenticated;
        var message = headers.TryGetValues("grpc-message", out var messages) ? StatusText.Decode(messages.First()) : "";
        status = new RpcStatus(known ? (StatusCode)code : StatusCode.Unknown, message);
        return true;
    }

    /// <summary>grpc/doc/http-grpc-status-mapping.md.</summary>
    private static StatusCode CodeOf(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway => StatusCode.Unavailable,
        HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>The error code of a reset stream (PROTOCOL-HTTP2.md, "Errors"; numbers of RFC 9113 section 7).</summary>
    private static RpcStatus StatusOf(HttpProtocolException exception)
    {
        var code = exception.ErrorCode switch
        {
            7 => StatusCode.Unavailable, // REFUSED_STREAM
            8 => StatusCode.Cancelled, // CANCEL
            11 => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
            12 => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
            _ => StatusCode.Internal,
        };
        return new RpcStatus(code, $"the server reset the stream with HTTP/2 error {exception.ErrorCode}");
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is not null) exception = exception.InnerException;
        return exception.Message;
    }
}
