using System.Net;
using System.Text.Json.Serialization;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The page for token holders, in config.json under <c>bridge_page</c>.</summary>
public sealed record BridgePageOptions
{
    /// <summary>
    /// Where browsers reach it, by HTTP/1.1 in clear, on a port of its own: unlike the API's it may be given to strangers, behind a proxy that has
    /// the operator's certificate.
    /// </summary>
    public string Listen { get; init; } = "127.0.0.1:26658";

    /// <summary>The factory of deposit addresses on Ethereum; null offers none.</summary>
    public Address? DepositFactory { get; init; }

    [JsonIgnore]
    public IPEndPoint Endpoint =>
        IPEndPoint.TryParse(Listen, out var endpoint) && Listen.Contains(':', StringComparison.Ordinal)
            ? endpoint
            : throw new OperatorException($"config: bridge_page.listen: address:port, not \"{Listen}\"");
}
