using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>A running signer: key, memory, and a port on which its nodes reach it.</summary>
internal sealed class SignerHost : IAsyncDisposable
{
    private readonly List<IDisposable> _owned = [];
    private SignerDesk _desk = null!;
    private RpcServer? _server;

    private SignerHost() { }

    public Address Validator => _desk.Validator;

    /// <summary>The address by which nodes know it: the first half of their <c>signer</c>.</summary>
    public Address Identity { get; private set; }

    public int Port => _server!.Port;

    /// <summary>Faulted with the reason where it must end.</summary>
    public Task Completion => _desk.Failed;

    /// <exception cref="OperatorException">Something must be changed before it can start; nothing is left running.</exception>
    public static async Task<SignerHost> StartAsync(NodeHome home, SignerOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var host = new SignerHost();
        try
        {
            await host.BuildAsync(home, options, time, loggers, cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
        for (var i = _owned.Count - 1; i >= 0; i--) _owned[i].Dispose();
        _owned.Clear();
    }

    private async Task BuildAsync(NodeHome home, SignerOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var password = home.Password(options.PasswordFile);
        var key = home.LoadKey(options.Key, password);
        var identity = Own(NodeIdentity.Create(home.LoadKey(options.NodeKey, password), options.Genesis, time));
        Identity = identity.Address;
        Own(SignerLease.Take(key.Address));
        var folder = new DiskFolder(home.SignerFolder);
        _desk = Own(new SignerDesk(Own(new FileSigner(key, folder)), folder, time));
        var tls = new MutualTls(identity, time);
        var server = new RpcServerOptions
        {
            Endpoint = options.Endpoint,
            Name = "the signer",
            Time = time,
            ConfigureListener = listen => tls.UseOn(listen, options.Nodes.Contains),
        };
        _server = await RpcServer.StartAsync(server, [new SignerService(_desk, options.Genesis).Create()], loggers, cancellationToken).ConfigureAwait(false);
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }
}
