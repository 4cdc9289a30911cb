using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace NeuroChain.P2P;

/// <summary>What one listening port of the node is given.</summary>
public sealed record RpcServerOptions
{
    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public required IPEndPoint Endpoint { get; init; }

    /// <summary>What an operator calls this port, for messages: "the API", "P2P".</summary>
    public required string Name { get; init; }

    /// <summary>Connections beyond this many are closed at once. Default 1024.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Calls in flight on one connection. Default 100, the least that RFC 9113 recommends.</summary>
    public int MaxCallsPerConnection { get; init; } = 100;

    /// <summary>Bytes that a client may send ahead of the handler on one stream. Default 1 MiB; a connection has four.</summary>
    public int StreamWindowBytes { get; init; } = 1024 * 1024;

    /// <summary>A connection that was silent for so long is asked for a sign of life. At least 1 s, which is Kestrel's least.</summary>
    public TimeSpan KeepAliveDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>And closed when it gives none for so long.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Whether a client that takes its response slower than Kestrel's least rate (240 bytes/s after 5 s) loses it. Off between
    /// peers: a validator that is busy learning may pause.
    /// </summary>
    public bool DropSlowReaders { get; init; } = true;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Adds TLS and connection middleware. Without it the port speaks HTTP/2 in clear, with prior knowledge.</summary>
    public Action<ListenOptions>? ConfigureListener { get; init; }

    /// <summary>Adds endpoints beside the services.</summary>
    public Action<IEndpointRouteBuilder>? ConfigureEndpoints { get; init; }
}
