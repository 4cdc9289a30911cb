using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// A relayer beside the node that hosts it, over the node's own API, so that it sees what any other relayer sees. Validators take turns, so that usually one
/// of them pays. What fails in it, fails alone: the node goes on, and others relay.
/// </summary>
internal sealed partial class RelayAgent : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly RelaySettings _settings;
    private readonly NodeClient _node;
    private readonly Address? _validator;
    private readonly HttpClient _http = EthereumEndpoint.CreateClient();
    private readonly SendingStore _store;
    private readonly Relayer _relayer;
    private readonly ILogger _logger;
    private RelayerTurns _turns;
    private Task _running = Task.CompletedTask;

    private RelayAgent(RelaySettings settings, EndpointOptions endpoint, GenesisBridge vault, PrivateKey key, string folder, string api, Address? validator, TimeProvider time, ILogger logger)
    {
        (_settings, _validator, _logger) = (settings, validator, logger);
        _node = new NodeClient(api);
        _store = new SendingStore(new DiskFolder(folder), vault.EthereumChainId, key.Address);
        var account = new SendingAccount(key, vault.EthereumChainId, new SendingEndpoint(endpoint, _http, time), _store, settings.Sending);
        _turns = new RelayerTurns(0, 1, TimeSpan.FromSeconds(settings.TurnSeconds));
        _relayer = new Relayer(new GrpcRelayChain(new BridgeClient(_node), settings.Scope), account, vault.Vault, settings.Scope, () => _turns, time);
        LogStarted(account.Address, settings.What, vault.Vault);
    }

    /// <param name="settings">Of config.json.</param>
    /// <param name="endpoint">Of Ethereum.</param>
    /// <param name="vault">Of the genesis.</param>
    /// <param name="key">Of the account that pays.</param>
    /// <param name="folder">For its state.</param>
    /// <param name="api">Of the node that hosts it, host:port.</param>
    /// <param name="validator">Of that node; null for an observer, which goes last.</param>
    /// <param name="time">For turns and pauses.</param>
    /// <param name="logger">For what it says.</param>
    /// <exception cref="OperatorException">Another process sends with that key, or its state is harmed.</exception>
    public static RelayAgent Start(RelaySettings settings, EndpointOptions endpoint, GenesisBridge vault, PrivateKey key, string folder, string api, Address? validator, TimeProvider time, ILogger logger)
    {
        var agent = new RelayAgent(settings, endpoint, vault, key, folder, api, validator, time, logger);
        agent._running = Task.Run(() => agent.RunAsync(time));
        return agent;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_running).ConfigureAwait(false);
        _store.Dispose();
        _http.Dispose();
        _node.Dispose();
        _stop.Dispose();
    }

    /// <summary>Whose turn follows from the elected set, in its order; who is not in it goes after all of them.</summary>
    internal static RelayerTurns TurnsOf(ImmutableArray<Address> elected, Address? validator, TimeSpan pause)
    {
        var place = validator is { } own ? elected.IndexOf(own) : -1;
        return place < 0 ? new RelayerTurns(elected.Length, elected.Length + 1, pause) : new RelayerTurns(place, elected.Length, pause);
    }

    private async Task RunAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(_settings.PollSeconds), time);
        try
        {
            do
            {
                await LearnTurnsAsync().ConfigureAwait(false);
                foreach (var note in await _relayer.PassAsync(_stop.Token).ConfigureAwait(false)) LogNote(note.Subject, note.Text);
            }
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception failure)
        {
            LogEnded(failure);
        }
    }

    private async Task LearnTurnsAsync()
    {
        try
        {
            var elected = await new ProofClient(_node.Channel).ValidatorsAsync(_stop.Token).ConfigureAwait(false);
            _turns = TurnsOf([.. elected.Validators.Select(one => Address.FromBytes(one.Address.Span))], _validator, TimeSpan.FromSeconds(_settings.TurnSeconds));
        }
        catch (RpcException)
        {
            // As it was; the pass says that the node does not answer.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "relays {What} to the vault {Vault} on Ethereum, paid by {Account}")]
    private partial void LogStarted(Address account, string what, Address vault);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Subject}: {Text}")]
    private partial void LogNote(string subject, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "relaying has ended; the node goes on, and others may relay")]
    private partial void LogEnded(Exception failure);
}
