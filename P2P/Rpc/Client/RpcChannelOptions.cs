using System.Net.Security;

namespace NeuroChain.P2P;

/// <summary>How a client reaches its server.</summary>
public sealed record RpcChannelOptions
{
    /// <summary>TLS for https addresses; null takes the platform's trust.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>Greatest response message taken. Default 4 MiB.</summary>
    public int MaxReceiveSizeBytes { get; init; } = RpcLimits.DefaultMaxReceiveSizeBytes;

    /// <summary>Deadline of calls that name none; null waits for ever.</summary>
    public TimeSpan? DefaultDeadline { get; init; }

    /// <summary>TCP and TLS together. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>With a call in flight and silence for so long, the server is asked for a sign of life. At least 1 s.</summary>
    public TimeSpan KeepAliveDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>And given up when it shows none for so long. At least 1 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
