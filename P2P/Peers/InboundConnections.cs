using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>Who is at the other end of a connection; set once per connection, read by each call on it.</summary>
internal sealed record PeerFeature(Address Address);

/// <summary>
/// Connections that peers opened, by who they are: so that a peer that is no longer allowed, or broke the rules, can be cut off.
/// </summary>
internal sealed class InboundConnections(PeerTls tls, Action<Address> opened)
{
    // Two lanes, twice: a peer that reconnects may come before its old connections are known to be dead.
    private const int MaxPerPeer = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<Address, List<ConnectionContext>> _connections = [];
    private volatile IReadOnlySet<Address> _allowed = new HashSet<Address>();
    private volatile IReadOnlySet<Address> _banned = new HashSet<Address>();

    public bool IsAllowed(Address address) => IsListed(address) && !IsBanned(address);

    public bool IsListed(Address address) => _allowed.Contains(address);

    public bool IsBanned(Address address) => _banned.Contains(address);

    public int Count(Address address)
    {
        lock (_gate) return _connections.TryGetValue(address, out var list) ? list.Count : 0;
    }

    public IReadOnlyList<Address> Addresses()
    {
        lock (_gate) return [.. _connections.Keys];
    }

    public void SetAllowed(IReadOnlySet<Address> allowed)
    {
        _allowed = allowed;
        foreach (var address in Addresses())
            if (!allowed.Contains(address))
                Abort(address, "no longer allowed");
    }

    /// <summary>Who may not connect for now, allowed or not.</summary>
    public void SetBanned(IReadOnlySet<Address> banned)
    {
        _banned = banned;
        foreach (var address in Addresses())
            if (banned.Contains(address))
                Abort(address, "banned for a while");
    }

    public void Abort(Address address, string why)
    {
        List<ConnectionContext> victims;
        lock (_gate) victims = _connections.TryGetValue(address, out var list) ? [.. list] : [];
        foreach (var victim in victims) victim.Abort(new ConnectionAbortedException(why));
    }

    /// <summary>Connection middleware, after the TLS handshake and before HTTP.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var certificate = connection.Features.Get<Microsoft.AspNetCore.Http.Features.ITlsConnectionFeature>()?.ClientCertificate;
        if (certificate is null || !tls.TryVerify(certificate, out var address))
        {
            connection.Abort(new ConnectionAbortedException("no valid peer certificate"));
            return;
        }

        PendingHandshakes.Done(connection);
        connection.Features.Set(new PeerFeature(address));
        Register(address, connection);
        try
        {
            // Asked after registering: whoever is struck off the list or banned from here on is aborted by who does it.
            if (!IsAllowed(address))
            {
                connection.Abort(new ConnectionAbortedException("not allowed"));
                return;
            }

            opened(address);
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Unregister(address, connection);
        }
    }

    private void Register(Address address, ConnectionContext connection)
    {
        ConnectionContext? surplus = null;
        lock (_gate)
        {
            if (!_connections.TryGetValue(address, out var list)) _connections[address] = list = [];
            list.Add(connection);
            if (list.Count > MaxPerPeer)
            {
                surplus = list[0];
                list.RemoveAt(0);
            }
        }

        surplus?.Abort(new ConnectionAbortedException("replaced by newer connections"));
    }

    private void Unregister(Address address, ConnectionContext connection)
    {
        lock (_gate)
        {
            if (!_connections.TryGetValue(address, out var list)) return;
            list.Remove(connection);
            if (list.Count == 0) _connections.Remove(address);
        }
    }
}
