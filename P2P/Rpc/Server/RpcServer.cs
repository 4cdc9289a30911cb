using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>
/// Kestrel on one port with RPC services. It reads no configuration files or variables and installs no signal handlers: the
/// node decides when it starts and stops.
/// </summary>
public sealed class RpcServer : IAsyncDisposable
{
    // Streams end at once when the server stops; what has not finished by then is cut.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private bool _disposed;

    private RpcServer(WebApplication app, IPEndPoint endpoint)
    {
        _app = app;
        Endpoint = endpoint;
    }

    /// <summary>The address that is listened on, with the port that was bound.</summary>
    public IPEndPoint Endpoint { get; }

    public int Port => Endpoint.Port;

    /// <exception cref="OperatorException">The endpoint cannot be listened on.</exception>
    public static async Task<RpcServer> StartAsync(
        RpcServerOptions options, IReadOnlyList<RpcService> services, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(options.Time);
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
        var app = builder.Build();
        try
        {
            foreach (var service in services) app.MapRpcService(service);
            options.ConfigureEndpoints?.Invoke(app);
            app.MapUnknownRpc();
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            if (e is IOException or SocketException && Explain(e, options) is { } message) throw new OperatorException(message, e);
            throw;
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        Invariant.Check(addresses is { Addresses.Count: 1 }, "a server that started listens on its one endpoint");
        var port = new Uri(addresses.Addresses.First()).Port;
        return new RpcServer(app, new IPEndPoint(options.Endpoint.Address, port));
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        using var grace = new CancellationTokenSource(StopGrace);
        try
        {
            await _app.StopAsync(grace.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The grace is over and the rest was cut.
        }

        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static void Configure(KestrelServerOptions kestrel, RpcServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.Http2.MaxStreamsPerConnection = options.MaxCallsPerConnection;
        kestrel.Limits.Http2.InitialStreamWindowSize = options.StreamWindowBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 4 * options.StreamWindowBytes;
        kestrel.Limits.Http2.KeepAlivePingDelay = options.KeepAliveDelay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = options.KeepAliveTimeout;
        if (!options.DropSlowReaders) kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(options.Endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            options.ConfigureListener?.Invoke(listen);
        });
    }

    private static string? Explain(Exception exception, RpcServerOptions options)
    {
        var endpoint = options.Endpoint;
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is AddressInUseException || e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                return $"port {endpoint.Port} is in use: stop what listens on {endpoint}, or choose another port for {options.Name}";
            if (e is SocketException { SocketErrorCode: SocketError.AccessDenied })
                return $"port {endpoint.Port} may not be opened by this user: choose a port above 1023 for {options.Name}";
            if (e is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
                return $"{endpoint.Address} is no address of this machine: choose another listen address for {options.Name}";
        }

        return null;
    }

    private sealed class NoHostLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
