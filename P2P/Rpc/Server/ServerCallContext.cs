using Microsoft.AspNetCore.Http;

namespace NeuroChain.P2P;

/// <summary>What a handler knows about its call besides the request.</summary>
public sealed class ServerCallContext
{
    private readonly ServerCall _call;

    internal ServerCallContext(
        ServerCall call, HttpContext http, string method, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        _call = call;
        HttpContext = http;
        Method = method;
        Deadline = deadline;
        CancellationToken = cancellationToken;
    }

    public HttpContext HttpContext { get; }

    /// <summary>"package.Service.Method".</summary>
    public string Method { get; }

    /// <summary>When the caller stops waiting; null where it waits for ever.</summary>
    public DateTimeOffset? Deadline { get; }

    /// <summary>
    /// Ends with the deadline and with the client's interest; for calls that stream, also when the server stops. A handler that
    /// ignores it keeps its stream open for as long as it runs.
    /// </summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>
    /// Sends the response headers before the first message. A handler that reads a long stream of requests does so to tell its
    /// client that the call was accepted.
    /// </summary>
    public Task WriteResponseHeadersAsync() => _call.WriteHeadersAsync();
}
