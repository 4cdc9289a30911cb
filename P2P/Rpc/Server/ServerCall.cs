using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace NeuroChain.P2P;

/// <summary>What all calls of a server share.</summary>
internal sealed record ServerCallEnvironment(ILogger Logger, TimeProvider Time, CancellationToken Stopping);

/// <summary>
/// One call on the server: reads the headers, runs the handler and ends the response with exactly one status, whatever happened.
/// </summary>
internal sealed partial class ServerCall : IDisposable
{
    private static readonly TimeSpan LostClientPatience = TimeSpan.FromSeconds(1);

    private static readonly RpcStatus StoppingStatus = new(StatusCode.Unavailable, "the server is shutting down");
    private static readonly RpcStatus CancelledStatus = new(StatusCode.Cancelled, "the call was cancelled");
    private static readonly RpcStatus DeadlineStatus = new(StatusCode.DeadlineExceeded, "the deadline passed");

    private readonly HttpContext _http;
    private readonly RpcService.Registration _method;
    private readonly ServerCallEnvironment _environment;
    private readonly MessageReader _requests;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource _ended;
    private bool _headersFixed;

    private ServerCall(HttpContext http, RpcService.Registration method, ServerCallEnvironment environment, TimeSpan? timeout)
    {
        _http = http;
        _method = method;
        _environment = environment;
        _requests = new MessageReader(http.Request.BodyReader, method.MaxReceiveSizeBytes, StatusCode.InvalidArgument);
        _deadline = timeout is null ? null : new CancellationTokenSource(timeout.Value, environment.Time);
        // A unary call is short and may finish while the server stops; a stream would hold the server open for ever.
        _ended = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted,
            _deadline?.Token ?? CancellationToken.None,
            method.Streams ? environment.Stopping : CancellationToken.None);
        var deadline = timeout is null ? (DateTimeOffset?)null : environment.Time.GetUtcNow() + timeout.Value;
        Context = new ServerCallContext(this, http, method.Descriptor.FullName, deadline, _ended.Token);
    }

    public ServerCallContext Context { get; }

    public CancellationToken Ended => _ended.Token;

    public static async Task HandleAsync(HttpContext http, RpcService.Registration method, ServerCallEnvironment environment)
    {
        if (!GrpcRequest.TryAccept(http)) return;
        TimeSpan? timeout = null;
        if (http.Request.Headers.TryGetValue("grpc-timeout", out var header))
        {
            if (!GrpcTimeout.TryParse(header, out var parsed))
            {
                GrpcResponse.EndWithoutBody(http, new RpcStatus(StatusCode.InvalidArgument, "the grpc-timeout header is malformed"));
                return;
            }

            timeout = parsed;
        }

        using var call = new ServerCall(http, method, environment, timeout);
        call.LiftBodyLimits();
        call.End(await call.RunAsync().ConfigureAwait(false));
    }

    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken) where T : class, IMessage<T>
    {
        try
        {
            return await _requests.ReadAsync(parser, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException lost) when (lost is not BadHttpRequestException)
        {
            // Kestrel tells so of a stream that the client reset, or that went with its connection.
            throw new ConnectionResetException("the client is gone", lost);
        }
    }

    /// <summary>
    /// The one request of a call whose client does not stream. None or several are INTERNAL, as in grpc-dotnet: the framing is
    /// broken, not the argument.
    /// </summary>
    public async ValueTask<T> ReadSingleAsync<T>(MessageParser<T> parser) where T : class, IMessage<T>
    {
        var request = await ReadAsync(parser, Ended).ConfigureAwait(false)
            ?? throw new RpcException(StatusCode.Internal, "the call has no request message");
        if (await ReadAsync(parser, Ended).ConfigureAwait(false) is not null)
            throw new RpcException(StatusCode.Internal, "the call has more than one request message");
        return request;
    }

    /// <summary>Writes the only response; it leaves together with the status.</summary>
    public void WriteLast(IMessage message)
    {
        FixHeaders();
        MessageFrame.Write(_http.Response.BodyWriter, message);
    }

    public async Task WriteAsync(IMessage message, CancellationToken cancellationToken)
    {
        FixHeaders();
        Ended.ThrowIfCancellationRequested();
        MessageFrame.Write(_http.Response.BodyWriter, message);
        var flushed = await FlushAsync(cancellationToken).ConfigureAwait(false);
        if (flushed.IsCompleted || flushed.IsCanceled) throw new OperationCanceledException("the client is gone");
    }

    public async Task WriteHeadersAsync()
    {
        if (_headersFixed) return;
        FixHeaders();
        await _http.Response.StartAsync(Ended).ConfigureAwait(false);
        // Kestrel keeps the headers of an empty body back until something is flushed.
        await _http.Response.Body.FlushAsync(Ended).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _ended.Dispose();
        _deadline?.Dispose();
    }

    private async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled || cancellationToken == Ended)
            return await _http.Response.BodyWriter.FlushAsync(Ended).ConfigureAwait(false);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Ended);
        return await _http.Response.BodyWriter.FlushAsync(both.Token).ConfigureAwait(false);
    }

    private async Task<RpcStatus> RunAsync()
    {
        try
        {
            await _method.Handler(this).ConfigureAwait(false);
            return _deadline?.IsCancellationRequested == true ? DeadlineStatus : RpcStatus.Ok;
        }
        catch (RpcException e) when (!Ended.IsCancellationRequested)
        {
            return e.Status;
        }
        catch (Exception e) when (Ended.IsCancellationRequested && e is OperationCanceledException or IOException or RpcException)
        {
            if (_deadline?.IsCancellationRequested == true) return DeadlineStatus;
            return _environment.Stopping.IsCancellationRequested ? StoppingStatus : CancelledStatus;
        }
        catch (Exception e) when (IsLostClient(e))
        {
            // The connection broke, which the body may learn before the call's token does.
            return CancelledStatus;
        }
        catch (BadHttpRequestException e)
        {
            return new RpcStatus(StatusCode.Internal, $"the request body cannot be read ({e.StatusCode})");
        }
        catch (Exception e)
        {
            if (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException && await ClientLeftAsync().ConfigureAwait(false))
                return CancelledStatus;
            // The caller gets a fixed text: what went wrong inside is for the log only.
            HandlerFailed(_environment.Logger, _method.Descriptor.FullName, e);
            return new RpcStatus(StatusCode.Internal, "internal error");
        }
    }

    // A connection that breaks under a reader or writer shows in several exceptions, some of them before its end is signalled.
    private async Task<bool> ClientLeftAsync()
    {
        await Task.WhenAny(Task.Delay(LostClientPatience, _http.RequestAborted)).ConfigureAwait(false);
        return _http.RequestAborted.IsCancellationRequested;
    }

    private static bool IsLostClient(Exception e) =>
        e is ConnectionAbortedException or ConnectionResetException || e.InnerException is ConnectionAbortedException or ConnectionResetException;

    private void End(RpcStatus status)
    {
        // The client reset the stream: there is nobody to tell.
        if (_http.RequestAborted.IsCancellationRequested) return;
        if (_headersFixed) GrpcResponse.AppendStatus(_http.Response, status);
        else GrpcResponse.EndWithoutBody(_http, status);
    }

    private void FixHeaders()
    {
        if (_headersFixed) return;
        GrpcResponse.SetHeaders(_http.Response);
        _headersFixed = true;
    }

    /// <summary>
    /// The frame reader bounds what a call may send, message by message; a limit on the whole body would end every long stream.
    /// </summary>
    private void LiftBodyLimits()
    {
        var size = _http.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (size is { IsReadOnly: false }) size.MaxRequestBodySize = null;
        // A stream of requests may rest for as long as it likes; a single request may not trickle in.
        if (_method.Descriptor.IsClientStreaming && _http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed")]
    private static partial void HandlerFailed(ILogger logger, string method, Exception exception);
}
