using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>Who a peer is and where it listens. Text is address@host:port, an IPv6 host in brackets.</summary>
public sealed record PeerEndpoint(Address Address, string Host, int Port)
{
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PeerEndpoint? endpoint)
    {
        endpoint = null;
        if (text is null) return false;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var colon = text.LastIndexOf(':');
        if (at < 0 || colon <= at + 1) return false;
        if (!Address.TryParse(text[..at], out var address)) return false;
        var host = text[(at + 1)..colon];
        if (!IsHost(host)) return false;
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        if (port is < 1 or > 65535) return false;
        endpoint = new PeerEndpoint(address, host, port);
        return true;
    }

    public override string ToString() => $"{Address}@{Host}:{Port}";

    /// <summary>A name or an IP address, IPv6 in brackets.</summary>
    internal static bool IsHost(string host) =>
        Uri.CheckHostName(host) != UriHostNameType.Unknown && (host[0] == '[' || !host.Contains(':', StringComparison.Ordinal));

    internal Uri ToUri() => new($"https://{Host}:{Port}");
}
