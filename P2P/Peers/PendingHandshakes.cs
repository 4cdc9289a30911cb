using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace NeuroChain.P2P;

/// <summary>
/// Connections that have not shown yet who is at the other end, by where they come from. A stranger who opens many and says nothing would take the
/// places of all until their handshakes time out; so one source has a few, and what comes beyond is closed before any TLS.
/// </summary>
/// <param name="perSource">How many one source may have; a source is an address, of IPv6 the network of 64 bits that one host may have.</param>
/// <param name="time">For the log.</param>
/// <param name="logger">Of the network.</param>
internal sealed partial class PendingHandshakes(int perSource, TimeProvider time, ILogger logger)
{
    // Who floods the port must not flood the log.
    private static readonly TimeSpan BetweenLines = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _pending = [];
    private long? _told;

    /// <summary>Connection middleware, before the TLS handshake.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var source = SourceOf((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
        if (!TryEnter(source))
        {
            connection.Abort(new ConnectionAbortedException("too many handshakes of one source"));
            return;
        }

        var place = new Place(this, source);
        connection.Features.Set(place);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            place.Leave();
        }
    }

    /// <summary>Who is at the other end is known: the connection no longer counts.</summary>
    public static void Done(ConnectionContext connection) => connection.Features.Get<Place>()?.Leave();

    public static IPAddress SourceOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private bool TryEnter(IPAddress source)
    {
        bool tell;
        lock (_gate)
        {
            var count = _pending.GetValueOrDefault(source);
            if (count < perSource)
            {
                _pending[source] = count + 1;
                return true;
            }

            tell = _told is not { } told || time.GetElapsedTime(told) >= BetweenLines;
            if (tell) _told = time.GetTimestamp();
        }

        if (tell) Refused(logger, source, perSource);
        return false;
    }

    private void Leave(IPAddress source)
    {
        lock (_gate)
            if (--_pending[source] == 0)
                _pending.Remove(source);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused connections of {Source}: {Count} of it have not finished the handshake")]
    private static partial void Refused(ILogger logger, IPAddress source, int count);

    private sealed class Place(PendingHandshakes owner, IPAddress source)
    {
        private int _left;

        public void Leave()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) owner.Leave(source);
        }
    }
}
