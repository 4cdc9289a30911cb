using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace NeuroChain.Node;

/// <summary>
/// How often the page is asked: so much by each client, and so much by all of them, since the node has other work. Who opens the page asks for
/// about twenty files and then every few seconds. From loopback comes the operator, or a proxy that speaks for many: they share what all have.
/// </summary>
internal sealed class PageRates : IDisposable
{
    public const int ClientBurst = 80;
    public const int ClientPerSecond = 10;
    public const int AllBurst = 1_000;
    public const int AllPerSecond = 200;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly PartitionedRateLimiter<IPAddress> _clients = PartitionedRateLimiter.Create<IPAddress, IPAddress>(client =>
        IPAddress.IsLoopback(client)
            ? RateLimitPartition.GetNoLimiter(IPAddress.Loopback)
            : RateLimitPartition.GetTokenBucketLimiter(Network(client), _ => Bucket(ClientBurst, ClientPerSecond, own: false)));

    private readonly TokenBucketRateLimiter _all = new(Bucket(AllBurst, AllPerSecond, own: true));

    /// <summary>False for a request too many.</summary>
    public bool TryTake(IPAddress? client)
    {
        // No address: not a connection of the network.
        using var one = _clients.AttemptAcquire(client is { IsIPv4MappedToIPv6: true } ? client.MapToIPv4() : client ?? IPAddress.None);
        if (!one.IsAcquired) return false;
        using var all = _all.AttemptAcquire();
        return all.IsAcquired;
    }

    public void Dispose()
    {
        _clients.Dispose();
        _all.Dispose();
    }

    // A household has 2^64 addresses of IPv6.
    private static IPAddress Network(IPAddress client)
    {
        if (client.AddressFamily != AddressFamily.InterNetworkV6) return client;
        var bytes = client.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    // Buckets of clients are filled by the timer of all of them.
    private static TokenBucketRateLimiterOptions Bucket(int burst, int perSecond, bool own) => new()
    {
        TokenLimit = burst,
        TokensPerPeriod = (int)(perSecond * Tick.TotalSeconds),
        ReplenishmentPeriod = Tick,
        AutoReplenishment = own,
        QueueLimit = 0,
    };
}
