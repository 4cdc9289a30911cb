using System.Net;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>A running node: everything built from top to bottom, in the order in which it depends on each other. The map of the system.</summary>
public sealed partial class NodeRuntime : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly ILogger _logger;
    private readonly RecentStates _recent = new();

    // One message to many peers, one after the other, is encoded once. Only the engine's thread performs outputs.
    private (PeerMessage? Message, byte[] Bytes) _encoded = (null, []);
    private HealthWatch _health = null!;
    private BlockFetcher _fetcher = null!;
    private AllowedPeers _allowed = null!;
    private PeerExchange _exchange = null!;
    private ByzantineWatch _byzantine = null!;

    private NodeRuntime(NodeHome home, NodeOptions options, ILoggerFactory loggers)
    {
        Home = home;
        Options = options;
        _logger = loggers.CreateLogger("NeuroChain.Node");
    }

    public NodeHome Home { get; }

    public NodeOptions Options { get; }

    public EngineHost Host { get; private set; } = null!;

    public PeerNetwork Network { get; private set; } = null!;

    public RpcServer Api { get; private set; } = null!;

    /// <summary>For token holders; null where none is asked for.</summary>
    internal BridgePage? Page { get; private set; }

    /// <summary>Decided blocks.</summary>
    internal ChainStore Chain { get; private set; } = null!;

    /// <summary>What proofs are made from.</summary>
    internal HistoricalStates States { get; private set; } = null!;

    /// <summary>Null on a chain without a vault.</summary>
    internal BridgeSide? Bridge { get; private set; }

    /// <summary>For checkpoints and deltas.</summary>
    internal BlobRoom Room { get; private set; } = null!;

    /// <summary>Ends when the node stops by itself; faulted with the reason.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <exception cref="OperatorException">Something must be changed before the node can start; nothing is left running.</exception>
    public static Task<NodeRuntime> StartAsync(NodeHome home, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken) =>
        StartAsync(home, loggers, time, ChainRules.OfThisRelease, mayForget: false, cancellationToken);

    /// <summary>The same for a program that knows other rules than this release, and for a signer whose memory is lost for good.</summary>
    /// <param name="home">Its folder.</param>
    /// <param name="loggers">Where it tells.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="rules">Those that it knows.</param>
    /// <param name="mayForget">Whether a key that has signed blocks may sign without a memory.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="OperatorException">Something must be changed before the node can start; nothing is left running.</exception>
    public static async Task<NodeRuntime> StartAsync(
        NodeHome home, ILoggerFactory loggers, TimeProvider time, ChainRules rules, bool mayForget, CancellationToken cancellationToken)
    {
        var runtime = new NodeRuntime(home, NodeOptions.Load(home.ConfigFile), loggers);
        try
        {
            await runtime.BuildAsync(loggers, time, rules, mayForget, cancellationToken).ConfigureAwait(false);
            return runtime;
        }
        catch
        {
            await runtime.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _owned.Count - 1; i >= 0; i--) await _owned[i].DisposeAsync().ConfigureAwait(false);
        _owned.Clear();
    }

    private async Task BuildAsync(ILoggerFactory loggers, TimeProvider time, ChainRules rules, bool mayForget, CancellationToken cancellationToken)
    {
        var genesis = Home.LoadGenesis();
        if (Options.BridgePage is not null && genesis.Bridge is null) throw new OperatorException("config: bridge_page: null on a chain without a vault");
        BridgeSide.Check(genesis, Options.Ethereum);
        var password = Home.Password(Options);
        var nodeKey = Home.LoadKey(Options.NodeKey, password);
        var validatorKey = Options.ValidatorKey is { } name ? Home.LoadKey(name, password) : null;
        if (validatorKey is not null || Options.SignerEndpoint is not null) DatasetFolders.Require(genesis, Options.Datasets);

        var store = Own(RocksStore.Open(Home.StoreFolder, ChainStore.Columns));
        var storage = loggers.CreateLogger("NeuroChain.Node.Storage");
        var chain = Chain = new ChainStore(store, storage.Damaged);
        await BeginAsync(chain, genesis, nodeKey, rules, time, loggers, cancellationToken).ConfigureAwait(false);
        var state = LoadState(chain, genesis, rules);
        var blobs = new BlobStore(store, ChainStore.Blobs, storage.Damaged);
        InitialModels.Ensure(genesis, blobs);
        Room = BlobRoom.Of(genesis, blobs, Options.BlobBytesMax);
        var wal = Own(new Wal(new DiskFolder(Home.WalFolder)));
        var identity = NodeIdentity.Create(nodeKey, state.GenesisHash, time);
        var signer = await OpenSignerAsync(validatorKey, identity, time, loggers, cancellationToken).ConfigureAwait(false);
        if (signer is not null) SignerMemory.Check(signer, chain, state.Height, mayForget);

        var relay = new PeerRelay(chain, blobs, time, loggers.CreateLogger("NeuroChain.Node.PeerRelay"));
        _allowed = new AllowedPeers(state, Options, nodeKey.Address, peer => Network.IsConnected(peer), time, _logger);
        Network = new PeerNetwork(
            new PeerNetworkOptions { Listen = Options.P2PEndpoint, Peers = Options.PeerEndpoints, Allowed = _allowed.Current }, identity, relay, time, loggers);
        _owned.Add(Network);
        relay.Snapshots = new SnapshotAnswers(new LightBlocks(chain, () => Host.Current.State), new SnapshotFolder(Home.SnapshotFolder), () => Host.Current.State.Height);
        relay.Exchange = _exchange = new PeerExchange(Network, Options, nodeKey, state.GenesisHash, new PeerBookFile(Home.PeersFile), time, loggers.CreateLogger("NeuroChain.Node.PeerExchange"));
        _owned.Add(_exchange);

        _health = Own(new HealthWatch(signer?.Address, time));
        var commits = Own(new BackgroundCommits(chain, () => Host?.Wake()));
        var engine = new Engine(state, chain, commits, wal, signer, new Mempool(), new EngineSettings { Node = nodeKey.Address });
        _recent.Add(state);
        _byzantine = Own(new ByzantineWatch(state, loggers.CreateLogger("NeuroChain.Node")));
        var signal = new BlockSignal(state.Height);
        Host = new EngineHost(engine, output => Perform(output, signal), time, loggers.CreateLogger("NeuroChain.Node.Engine"));
        (relay.Host, relay.Network) = (Host, Network);
        _fetcher = new BlockFetcher(Network.RequestAsync, () => Host, time, loggers.CreateLogger("NeuroChain.Node.BlockFetcher"));
        _owned.Add(Host);
        var upkeep = StartUpkeep(store, chain, blobs, signal, time, loggers);
        Host.Start();
        _exchange.Start();
        await Network.StartAsync(cancellationToken).ConfigureAwait(false);
        if (Options.Discovery) StartDiscovery(_exchange, nodeKey.Address, state.GenesisHash, time, loggers);
        var bridge = StartBridge(chain, signal, signer, time, loggers);
        Completion = signer is null
            ? FirstOf(Host.Completion, upkeep, bridge)
            : FirstOf(Host.Completion, upkeep, bridge, StartAgents(signer, nodeKey.Address, Options.CustodianKey is { } custodian ? Home.LoadKey(custodian, password) : null, chain, blobs, signal, loggers));

        _health.Start(() => Host.Current);
        var services = ApiServices.Create(new NodeServices(this, chain, blobs, signal, signer, nodeKey.Address), _health.Status);
        Api = await RpcServer.StartAsync(new RpcServerOptions { Endpoint = Options.ApiEndpoint, Name = "the API", Time = time }, services, loggers, cancellationToken).ConfigureAwait(false);
        _owned.Add(Api);
        if ((Options.Relay ?? (signer is null ? null : RelaySettings.ByDefault(Options.Ethereum))) is { IsOff: false } relaying) StartRelay(relaying, genesis, password, signer?.Address, time, loggers);
        if (Options.BridgePage is { } page) _owned.Add(Page = await BridgePage.StartAsync(page, Api.Endpoint, time, loggers, cancellationToken).ConfigureAwait(false));
        LogStarted(state.Height, state.LastBlock.Hash, Api.Endpoint.ToString(), Network.Port);
    }

    // As long as there is no block: what led nowhere at the first start may lead somewhere at the next, and blocks of old may be nowhere to be had.
    private async Task BeginAsync(
        ChainStore chain, GenesisDocument genesis, PrivateKey nodeKey, ChainRules rules, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (!chain.IsWithoutBlocks) new IncomingSnapshot(Home.SnapshotFolder).Forget();
        else if (Options.SnapshotSync && (chain.Genesis is null || chain.Genesis == genesis.Hash))
            await new SnapshotJoin(Home, Options, nodeKey, rules, time, loggers).RunAsync(genesis, chain, cancellationToken).ConfigureAwait(false);
    }

    // Null for an observer.
    private async Task<ISigner?> OpenSignerAsync(PrivateKey? key, NodeIdentity identity, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (Options.SignerEndpoint is { } endpoint)
            return Own(await RemoteSigner.ConnectAsync(endpoint, identity, time, loggers.CreateLogger("NeuroChain.Node.Signer"), cancellationToken).ConfigureAwait(false));
        if (key is null) return null;
        Own(SignerLease.Take(key.Address));
        return Own(new FileSigner(key, new DiskFolder(Home.SignerFolder)));
    }

    private static async Task FirstOf(params Task[] tasks) => await (await Task.WhenAny(tasks).ConfigureAwait(false)).ConfigureAwait(false);

    // Ends when one of them does, which is a fault.
    private Task StartAgents(ISigner signer, Address node, PrivateKey? custodian, ChainStore chain, IBlobStore blobs, BlockSignal signal, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger("NeuroChain.Node.Training");
        var memory = Own(RocksStore.Open(Home.ValidatorFolder, [ValidatorMemory.Column]));
        var evaluator = Own(new EvaluatorProcess(new EvaluatorSettings(Options.Datasets, Options.EvaluationEngine, (long)Options.EvaluatorMemoryMb << 20), logger));
        var fetcher = new BlobFetcher(() => [.. Network.Peers.Where(peer => peer.Connected).Select(peer => peer.Address)], Network.RequestAsync, blobs, Room, node, TimeProvider.System, logger);
        _owned.Add(fetcher);
        var checkpoints = new CheckpointFetcher(fetcher, blobs, task => TaskDefinitions.Find(Host.Current.State, Host.Current.State.Genesis, task), TimeProvider.System, logger);
        var agent = new ValidatorAgent(() => Host.Current, Host.SubmitAsync, signal, signer, new ValidatorMemory(memory), blobs, fetcher, checkpoints, evaluator, logger);
        _owned.Add(agent);
        evaluator.WarmUp();
        agent.Start();
        var wanted = new WantedBlobs(height => chain.Get(height)?.Block);
        var deltas = new DeltaCheck(blobs, (delta, stop) => fetcher.EnsureAsync(delta.Blob, wanted.ManifestOf(delta), BlobPurpose.TrainingSet, stop), (blob, stop) => fetcher.EnsureAsync(blob, BlobPurpose.TrainingSet, stop), () => DatasetFolders.Load(Options.Datasets), logger);
        var datasets = new DatasetAgent(() => Host.Current, signal, signer, deltas, Host.SubmitAsync, logger);
        _owned.Add(datasets);
        datasets.Start();
        return FirstOf(agent.Completion, datasets.Completion, StartHoldOuts(signer, custodian, fetcher, wanted, blobs, signal, logger));
    }

    // A set's training set is made for one look at it and not kept: offers are few.
    private Task StartHoldOuts(ISigner signer, PrivateKey? custodian, BlobFetcher fetcher, WantedBlobs wanted, IBlobStore blobs, BlockSignal signal, ILogger logger)
    {
        var check = new SealedSetCheck(blobs.Read, async (task, state, stop) =>
        {
            var sources = DatasetFolders.Load(Options.Datasets);
            if (TrainingSets.Get(state, task) is { Version: 0 } set && sources.Any(source => source is not Dataset && source.Root == set.Root)) return new HashSet<Hash256>();
            var versions = new DeltaCheck(blobs, (_, _) => Task.FromResult(false), (blob, end) => fetcher.EnsureAsync(blob, BlobPurpose.TrainingSet, end), () => sources, logger);
            return await versions.PresentAsync(task, state, stop).ConfigureAwait(false) is { } present ? SealedSetCheck.HashesOf(present) : null;
        });
        var sets = new SealedSetAgent(() => Host.Current, signal, signer, FetchAsync, check, Host.SubmitAsync, logger);
        _owned.Add(sets);
        sets.Start();
        if (custodian is null) return sets.Completion;
        var keys = new CustodianAgent(
            () => Host.Current, signal, custodian, Options.Suppliers, async (set, stop) => await FetchAsync(set, stop).ConfigureAwait(false) ? blobs.Read(set.Blob) : null, Host.SubmitAsync, logger);
        _owned.Add(keys);
        keys.Start();
        return FirstOf(sets.Completion, keys.Completion);

        Task<bool> FetchAsync(SealedSetRecord set, CancellationToken stop) => fetcher.EnsureAsync(set.Blob, wanted.ManifestOf(set), BlobPurpose.SealedSet, stop);
    }

    // Over the API that just began to answer.
    private void StartRelay(RelaySettings settings, GenesisDocument genesis, string password, Address? validator, TimeProvider time, ILoggerFactory loggers)
    {
        if (genesis.Bridge is not { } vault) throw new OperatorException("config: relay: null on a chain without a bridge");
        // Who is told nothing has an account of its own to begin with, which says in the log that it needs ether when there is something to bring.
        if (Options.Relay is null && !File.Exists(Home.In(settings.Key))) KeystoreFile.Save(Home.In(settings.Key), PrivateKey.Generate(), password, ScryptCost.Standard);
        var api = Api.Endpoint.Address.Equals(IPAddress.Any) || Api.Endpoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.Loopback, Api.Endpoint.Port) : Api.Endpoint;
        _owned.Add(RelayAgent.Start(settings, settings.EndpointIn(Home), vault, Home.LoadKey(settings.Key, password), Home.RelayFolder, api.ToString(), validator, time, loggers.CreateLogger("NeuroChain.Node.Relay")));
    }

    // Never ends on a chain without a vault, and where nothing is watched.
    private Task StartBridge(ChainStore chain, BlockSignal signal, ISigner? signer, TimeProvider time, ILoggerFactory loggers)
    {
        Bridge = BridgeSide.Start(Home, Options.Ethereum, chain, Host, signal, signer, time, loggers.CreateLogger("NeuroChain.Node.Bridge"));
        if (Bridge is not null) _owned.Add(Bridge);
        return Bridge?.Watch is null ? new TaskCompletionSource().Task : Bridge.Completion;
    }

    private void StartDiscovery(PeerExchange exchange, Address node, GenesisHash genesis, TimeProvider time, ILoggerFactory loggers)
    {
        var own = Options.AdvertisedEndpoint(node) ?? new PeerEndpoint(node, "", Network.Port);
        var discovery = new LanDiscovery(new MulticastDatagrams(), own, genesis, exchange.Hint, time, loggers.CreateLogger("NeuroChain.P2P"));
        _owned.Add(discovery);
        discovery.Start();
    }

    // Owned after the host, so that it ends before it.
    private Task StartUpkeep(RocksStore store, ChainStore chain, IBlobStore blobs, BlockSignal signal, TimeProvider time, ILoggerFactory loggers)
    {
        States = new HistoricalStates(chain, () => Host.Current.State, Options.ProofHeights, _recent);
        var pruner = new Pruner(chain, Options.KeepBlocks, Options.ProofHeights, () => EvidenceModule.EarliestHeight(Host.Current.State));
        var snapshotter = new Snapshotter(new SnapshotFolder(Home.SnapshotFolder), chain, () => Host.Current.State, Options.SnapshotEvery, Options.SnapshotsKept);
        var keeper = new BlobKeeper(blobs, new LiveBlobs((ulong)Options.KeepCandidateRounds), new BlobRetention(BlobKeeper.GraceBlocks), Room);
        var upkeep = new StoreUpkeep(store, pruner, snapshotter, keeper, () => Host.Current, signal, time, loggers.CreateLogger("NeuroChain.Node.Storage"));
        _owned.Add(upkeep);
        upkeep.Start();
        return upkeep.Completion;
    }

    private static LedgerState LoadState(ChainStore chain, GenesisDocument genesis, ChainRules rules)
    {
        if (chain.Mark is null)
        {
            var first = LedgerState.FromGenesis(genesis);
            chain.Initialize(first);
            return first.Under(rules);
        }

        if (chain.Genesis != genesis.Hash) throw new OperatorException($"the data folder is of the chain {chain.Genesis}, genesis.json is {genesis.Hash}: use the genesis file of this data, or an empty folder");
        if (!LedgerMark.TryDecode(chain.Mark, out var mark) || !LedgerState.TryLoad(genesis, mark, chain.StateRecords, out var state))
            throw new OperatorException("the data folder is damaged: the state has not the root that was stored with it. Make it again with ./neurochain db rebuild, or delete data/store and let the node sync again; keep the rest of data/");
        state = state.Under(rules); // before anything of it is read
        chain.Adopt(state);
        return state;
    }

    private void Perform(EngineOutput output, BlockSignal signal)
    {
        switch (output)
        {
            case EngineOutput.Send send:
                var lane = send.Message.IsGossip ? PeerLane.Gossip : PeerLane.Consensus;
                if (!ReferenceEquals(_encoded.Message, send.Message)) _encoded = (send.Message, send.Message.Encode());
                if (send.Peer is { } peer) Network.Send(peer, lane, _encoded.Bytes);
                else Network.Broadcast(lane, _encoded.Bytes);
                break;
            case EngineOutput.FetchBlocks fetch:
                _fetcher.Fetch(fetch);
                break;
            case EngineOutput.StopFetch stop:
                _fetcher.Stop(stop.Attempt);
                break;
            case EngineOutput.Committed committed:
                var header = committed.Block.Block.Header;
                _recent.Add(committed.After);
                _health.Committed(committed);
                if (!Host.Current.IsCatchingUp) _byzantine.Committed(Host.Current.State); // who catches up looks at the end of it
                if (_allowed.Committed(header, committed.After, Host.Current.IsCatchingUp)) Allow(_allowed.Current);
                signal.Reached(header.Height);
                LogCommitted(header.Height, committed.Block.Block.Hash.Value.ToShortString(), header.Author, committed.Block.Certificate.Round, committed.Outcome.Receipts.Length);
                break;
            case EngineOutput.RoundStarted started when started.Round > Round.Zero:
                LogRound(started.Height, started.Round, started.Leader);
                break;
            case EngineOutput.UntimelyProposal untimely:
                LogUntimely(untimely.Proposal.Proposal.Height, untimely.Proposal.Proposer, untimely.Time, untimely.ReceivedAt);
                break;
            case EngineOutput.FoundEvidence found:
                LogEvidence(found.Evidence.Kind.Name(), found.Evidence.Guilty, found.Evidence.Height);
                break;
            case EngineOutput.ForkFound fork:
                LogFork(fork.Ours.Height, fork.Ours.Block.Hash, fork.Ours.Round, fork.Theirs.Block.Hash, fork.Theirs.Round);
                break;
            case EngineOutput.SignerRefused refused:
                LogSignerRefused(refused.Request.Height, refused.Request.Round, refused.Request.Step, refused.Refusal);
                break;
            case EngineOutput.OwnKeyElsewhere { Seen: var seen }:
                throw new OperatorException(
                    $"another process signs with this key: at height {seen.Height}, round {seen.Round}, a {seen.Step} came from a peer that the signer of this node does not know. Stop it, or wait until height {seen.Height} is decided where data/signer is an old copy or was lost");
            case EngineOutput.SilenceChanged { Why: SignRefusal.Syncing } silence:
                LogSilent(silence.Height);
                break;
            case EngineOutput.SilenceChanged { Why: SignRefusal.None } silence:
                LogVotes(silence.Height);
                break;
            case EngineOutput.SilenceChanged silence:
                LogNoSigner(silence.Height, silence.Why);
                break;
            case EngineOutput.LogCut { IsHarmed: true } cut:
                LogHarmed(cut.Height, cut.Records, cut.Bytes);
                break;
            case EngineOutput.LogCut cut:
                LogTorn(cut.Height, cut.Records, cut.Bytes);
                break;
            case EngineOutput.ReplayDiffers differs:
                LogReplayDiffers(differs.Height);
                break;
            case EngineOutput.Refused refused:
                LogRefused(refused.Peer, refused.Reason);
                Network.Report(refused.Peer, refused.Fault);
                break;
        }
    }

    private void Allow(IReadOnlySet<Address> peers)
    {
        Network.SetAllowed(peers);
        _exchange.AllowedChanged();
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(new Disposer(disposable));
        return disposable;
    }

    private sealed class Disposer(IDisposable disposable) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            disposable.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "started at height {Height} ({Block}), API {Api}, peers on port {Port}")]
    private partial void LogStarted(Height height, BlockHash block, string api, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "block {Height} {Block} by {Author}, decided in round {Round}, {Transactions} transactions")]
    private partial void LogCommitted(Height height, string block, Address author, Round round, int transactions);

    [LoggerMessage(Level = LogLevel.Information, Message = "height {Height} goes to round {Round}, led by {Leader}")]
    private partial void LogRound(Height height, Round round, Address leader);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the block of {Proposer} at height {Height} says {Time}, it came at {ReceivedAt} by our clock: look at the clocks of both")]
    private partial void LogUntimely(Height height, Address proposer, Timestamp time, Timestamp receivedAt);

    [LoggerMessage(Level = LogLevel.Error, Message = "evidence: {Kind} by {Guilty} at height {Height}")]
    private partial void LogEvidence(string kind, Address guilty, Height height);

    [LoggerMessage(Level = LogLevel.Critical, Message = "FORK at height {Height}: decided here is {Ours} in round {OurRound}, elsewhere {Theirs} in round {TheirRound}; more than a third of the power lied. Stop, keep data/, and find out who with inspect fork")]
    private partial void LogFork(Height height, BlockHash ours, Round ourRound, BlockHash theirs, Round theirRound);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the signer refused height {Height}, round {Round}, {Step}: {Refusal}")]
    private partial void LogSignerRefused(Height height, Round round, Step step, SignRefusal refusal);

    [LoggerMessage(Level = LogLevel.Information, Message = "does not vote at height {Height}: not before it has heard how far validators with more than two thirds of the power are, and is where they are")]
    private partial void LogSilent(Height height);

    [LoggerMessage(Level = LogLevel.Warning, Message = "does not vote at height {Height}: the signer says {Refusal}")]
    private partial void LogNoSigner(Height height, SignRefusal refusal);

    [LoggerMessage(Level = LogLevel.Information, Message = "votes from height {Height} on")]
    private partial void LogVotes(Height height);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the log of height {Height} is harmed behind its first {Records} records: {Bytes} bytes are lost, among them what was on the disk; look at the disk")]
    private partial void LogHarmed(Height height, int records, long bytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "the log of height {Height} has {Records} whole records, {Bytes} bytes of an unfinished write were cut off")]
    private partial void LogTorn(Height height, int records, long bytes);

    [LoggerMessage(Level = LogLevel.Critical, Message = "replaying the log of height {Height}, consensus did not do what it had done: the program is another one, or it has a fault; keep data/wal and see neurochain inspect replay")]
    private partial void LogReplayDiffers(Height height);

    [LoggerMessage(Level = LogLevel.Warning, Message = "refused from {Peer}: {Reason}")]
    private partial void LogRefused(Address peer, string reason);
}
