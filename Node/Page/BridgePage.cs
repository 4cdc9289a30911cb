using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// The page for token holders under /bridge: files that are built in, and JSON answers of the API below /bridge/api/. It reads, and takes withdrawals that a
/// wallet signed; whoever sends anything else is refused. It has a port of its own, so that an operator can give it to strangers without the API.
/// </summary>
internal sealed partial class BridgePage : IAsyncDisposable
{
    // A browser has six connections to a server.
    private const int ConnectionsMax = 512;
    private const int LineBytesMax = 2 * 1024;
    private const int HeaderBytesMax = 16 * 1024;
    private const int BodyBytesMax = 2 * 1024;
    private const string Json = "application/json; charset=utf-8";
    private const string WithdrawPath = $"{PageAnswers.Root}withdraw";
    private static readonly TimeSpan HeadersPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IdlePatience = TimeSpan.FromSeconds(60);

    private readonly NodeClient _api;
    private readonly PageAnswers _answers;
    private readonly PageRates _rates = new();
    private readonly ILogger _logger;
    private RpcServer? _server;

    private BridgePage(BridgePageOptions options, IPEndPoint api, TimeProvider time, ILogger logger)
    {
        _api = new NodeClient($"{Reachable(api)}");
        _answers = new PageAnswers(_api, options, time);
        _logger = logger;
    }

    /// <summary>Where it listens, with the port that was bound.</summary>
    public IPEndPoint Endpoint => _server!.Endpoint;

    /// <param name="options">Where to listen, and what the page says.</param>
    /// <param name="api">Where the node's API listens.</param>
    /// <param name="time">By which shared answers grow old.</param>
    /// <param name="loggers">For what goes wrong inside.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="NeuroChain.Chain.OperatorException">The endpoint cannot be listened on.</exception>
    public static async Task<BridgePage> StartAsync(BridgePageOptions options, IPEndPoint api, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var page = new BridgePage(options, api, time, loggers.CreateLogger("NeuroChain.Node.BridgePage"));
        try
        {
            var server = new RpcServerOptions
            {
                Endpoint = options.Endpoint,
                Name = "the page of the bridge",
                MaxConnections = ConnectionsMax,
                Time = time,
                ConfigureListener = Configure,
                ConfigureEndpoints = endpoints => endpoints.Map("/{**path}", page.HandleAsync),
            };
            page._server = await RpcServer.StartAsync(server, [], loggers, cancellationToken).ConfigureAwait(false);
            return page;
        }
        catch
        {
            await page.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
        _api.Dispose();
        _rates.Dispose();
    }

    private static void Configure(ListenOptions listen)
    {
        // Browsers speak HTTP/2 only over TLS, which is the proxy's.
        listen.Protocols = HttpProtocols.Http1;
        var limits = listen.KestrelServerOptions.Limits;
        limits.MaxRequestLineSize = LineBytesMax;
        limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
        limits.MaxRequestBodySize = BodyBytesMax;
        limits.RequestHeadersTimeout = HeadersPatience;
        limits.KeepAliveTimeout = IdlePatience;
    }

    private static IPEndPoint Reachable(IPEndPoint api)
    {
        if (api.Address.Equals(IPAddress.Any)) return new IPEndPoint(IPAddress.Loopback, api.Port);
        return api.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, api.Port) : api;
    }

    private async Task HandleAsync(HttpContext http)
    {
        SetHeaders(http.Response.Headers);
        if (!_rates.TryTake(http.Connection.RemoteIpAddress))
        {
            http.Response.Headers.RetryAfter = "2";
            await RefuseAsync(http, StatusCodes.Status429TooManyRequests, "too many requests: try again in two seconds").ConfigureAwait(false);
            return;
        }

        var path = http.Request.Path.Value ?? "";
        if (path == WithdrawPath && HttpMethods.IsPost(http.Request.Method))
        {
            await AnswerAsync(http, path, WithdrawAsync(http)).ConfigureAwait(false);
            return;
        }

        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = path == WithdrawPath ? "POST" : "GET, HEAD";
            await RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, "nothing is taken here").ConfigureAwait(false);
            return;
        }

        if (PageFiles.ByPath.TryGetValue(path, out var file)) await SendAsync(http, file).ConfigureAwait(false);
        else if (path.StartsWith(PageAnswers.Root, StringComparison.Ordinal)) await AnswerAsync(http, path, AskAsync(http, path)).ConfigureAwait(false);
        else if (path is "/" or $"{PageFiles.Root}/") http.Response.Redirect(PageFiles.Root, permanent: false);
        else await RefuseAsync(http, StatusCodes.Status404NotFound, "there is nothing here").ConfigureAwait(false);
    }

    /// <summary>
    /// The page loads nothing but its own files and asks nobody but this server; nothing of it runs from text; no other site shows it in a
    /// frame, where a click could be had for something else. Icons of wallets come as data of the wallet.
    /// </summary>
    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        // Some wallets open a window of their own and answer from it.
        headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
    }

    private static async Task SendAsync(HttpContext http, PageFile file)
    {
        var response = http.Response;
        response.Headers.ETag = file.Tag;
        // Kept, but asked for each time: another release of the node is another page.
        response.Headers.CacheControl = "no-cache";
        if (http.Request.Headers.IfNoneMatch.Any(tags => tags?.Split(',', StringSplitOptions.TrimEntries).Contains(file.Tag, StringComparer.Ordinal) == true))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await WriteAsync(http, file.Type, file.Content).ConfigureAwait(false);
    }

    // Null where there is no such question.
    private async Task<byte[]?> AskAsync(HttpContext http, string path) =>
        _answers.Answer(path, new PageQuery(http.Request.Query), http.RequestAborted) is { } answer ? await answer.ConfigureAwait(false) : null;

    private async Task<byte[]?> WithdrawAsync(HttpContext http)
    {
        // Another site's form cannot send this type.
        if (!http.Request.HasJsonContentType()) throw RequestChecks.Bad("application/json is wanted");
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        return await _answers.WithdrawAsync(body.ToArray(), http.RequestAborted).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext http, string path, Task<byte[]?> asked)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            if (await asked.ConfigureAwait(false) is { } answer) await WriteAsync(http, Json, answer).ConfigureAwait(false);
            else await RefuseAsync(http, StatusCodes.Status404NotFound, "there is no such question").ConfigureAwait(false);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException bad)
        {
            await RefuseAsync(http, bad.StatusCode, "the request's body cannot be read").ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "the node does not answer").ConfigureAwait(false);
        }
        catch (RpcException refused)
        {
            var code = CodeOf(refused.StatusCode);
            // What goes wrong inside is for the log; the rest was said to be read.
            if (code >= StatusCodes.Status500InternalServerError) LogFailed(path, refused.Status.Code, refused.Status.Message);
            await RefuseAsync(http, code, code < StatusCodes.Status500InternalServerError ? refused.Status.Message : "the node does not answer").ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits any more.
        }
    }

    private static int CodeOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.FailedPrecondition => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static Task RefuseAsync(HttpContext http, int code, string error)
    {
        http.Response.StatusCode = code;
        http.Response.Headers.CacheControl = "no-store";
        return WriteAsync(http, Json, JsonSerializer.SerializeToUtf8Bytes(new { error }));
    }

    private static async Task WriteAsync(HttpContext http, string type, byte[] content)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = content.Length;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        await http.Response.Body.WriteAsync(content, http.RequestAborted).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} of the bridge's page: {Code} {Reason}")]
    private partial void LogFailed(string path, StatusCode code, string reason);
}
