using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>The same mutual TLS 1.3 as between peers, for other services that know their callers by node address.</summary>
public sealed class MutualTls(NodeIdentity identity, TimeProvider time)
{
    private readonly PeerTls _tls = new(identity, time);

    /// <summary>A channel to whoever has that address, and to nobody else.</summary>
    public RpcChannel Connect(PeerEndpoint endpoint, RpcChannelOptions options) =>
        new(endpoint.ToUri(), options with { Tls = _tls.ForClient(endpoint.Address) });

    /// <summary>Lets in those who are allowed; others are refused in the handshake.</summary>
    public void UseOn(ListenOptions listen, Func<Address, bool> allowed)
    {
        _tls.UseOn(listen, allowed);
        listen.Use(next => connection => RunAsync(connection, next));
    }

    /// <summary>Who calls, on a port with <see cref="UseOn"/>.</summary>
    public static Address CallerOf(ServerCallContext call)
    {
        var feature = call.HttpContext.Features.Get<PeerFeature>();
        Invariant.Check(feature is not null, "every connection of this port has shown a certificate");
        return feature.Address;
    }

    private Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var certificate = connection.Features.Get<Microsoft.AspNetCore.Http.Features.ITlsConnectionFeature>()?.ClientCertificate;
        if (certificate is null || !_tls.TryVerify(certificate, out var address))
        {
            connection.Abort(new ConnectionAbortedException("no valid certificate"));
            return Task.CompletedTask;
        }

        connection.Features.Set(new PeerFeature(address));
        return next(connection);
    }
}
