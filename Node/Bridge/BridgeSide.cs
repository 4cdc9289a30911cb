using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>All that a node of a bridged chain has for the bridge: the watch, a validator's agent, what is under way, and metrics.</summary>
internal sealed partial class BridgeSide : IAsyncDisposable
{
    private readonly ChainStore _chain;
    private readonly Func<HostView> _view;
    private readonly BlockLoop _loop;
    private readonly BridgeMetrics _metrics;
    private BridgeAgent? _agent;

    private BridgeSide(ChainStore chain, Func<HostView> view, BlockSignal signal, bool isUnwatched)
    {
        (_chain, _view) = (chain, view);
        Open = new OpenTransferIndex(height => chain.OutcomeOf(height)?.Events);
        _loop = new BlockLoop(view, signal);
        _metrics = new BridgeMetrics(() => view().State, isUnwatched);
    }

    /// <summary>Null where this node watches no Ethereum.</summary>
    public EthereumWatch? Watch { get; private set; }

    /// <summary>Withdrawals and locks in quarantine that are under way.</summary>
    public OpenTransferIndex Open { get; }

    /// <summary>Ends when a part of it does; faulted where the node must stop.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Whether the settings fit the chain: asked before anything is opened.</summary>
    /// <exception cref="OperatorException">They name what cannot stand, or a chain without a vault has some.</exception>
    public static void Check(GenesisDocument genesis, EthereumSettings? settings)
    {
        if (settings is null) return;
        if (genesis.Bridge is not { } bridge) throw new OperatorException("config: ethereum: null, since this chain has no bridge");
        _ = settings.WatcherFor(bridge, genesis.Parameters.Bridge!.HeartbeatBlocks);
    }

    /// <summary>Begins, with whatever the settings name; null on a chain without a vault.</summary>
    /// <exception cref="OperatorException">An endpoint's file is missing, or what is stored was begun with other settings.</exception>
    public static BridgeSide? Start(
        NodeHome home, EthereumSettings? settings, ChainStore chain, EngineHost host, BlockSignal signal, ISigner? signer, TimeProvider time, ILogger logger)
    {
        var state = host.Current.State;
        if (state.Genesis.Bridge is not { } bridge) return null;
        var side = new BridgeSide(chain, () => host.Current, signal, isUnwatched: settings is null && signer is not null);
        if (settings is null)
        {
            if (signer is null) LogObserver(logger);
            else LogUnwatched(logger);
            return side;
        }

        try
        {
            side.Watch = EthereumWatch.Open(home, settings, bridge, state.Parameters.Bridge!.HeartbeatBlocks, time, logger);
        }
        catch
        {
            side._metrics.Dispose();
            throw;
        }

        side.Run(signer, signal, host, logger);
        return side;
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null) await _agent.DisposeAsync().ConfigureAwait(false);
        await _loop.DisposeAsync().ConfigureAwait(false);
        if (Watch is not null) await Watch.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    private void Run(ISigner? signer, BlockSignal signal, EngineHost host, ILogger logger)
    {
        Watch!.Start();
        _loop.Start(state =>
        {
            Watch.ProveEvery(state.Parameters.Bridge!.HeartbeatBlocks);
            return Task.CompletedTask;
        });
        Completion = FirstOf(Watch.Completion, _loop.Completion);
        if (signer is null) return;
        _agent = new BridgeAgent(_view, signal, signer, Watch, Open, host.SubmitAsync, logger);
        _agent.Start();
        Completion = FirstOf(Completion, _agent.Completion);
    }

    private static async Task FirstOf(params Task[] tasks) => await (await Task.WhenAny(tasks).ConfigureAwait(false)).ConfigureAwait(false);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ethereum is not watched: config.json names no endpoints under \"ethereum\"")]
    private static partial void LogObserver(ILogger logger);

    [LoggerMessage(Level = LogLevel.Critical, Message = "this validator does not watch Ethereum: config.json names no endpoints under \"ethereum\". It attests nothing, and where a third of the validators do not, no lock is credited")]
    private static partial void LogUnwatched(ILogger logger);
}
