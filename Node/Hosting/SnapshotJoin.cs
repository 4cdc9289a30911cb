using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// Runs a <see cref="SnapshotSync"/> over sockets and the disk, before the node has an engine: its peer network is its own and is closed when
/// it is over. All steps are made by one loop.
/// </summary>
internal sealed partial class SnapshotJoin(NodeHome home, NodeOptions options, PrivateKey nodeKey, ChainRules rules, TimeProvider time, ILoggerFactory loggers) : IPeerHandler
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly ILogger _logger = loggers.CreateLogger("NeuroChain.Node.SnapshotSync");
    private readonly IncomingSnapshot _kept = new(home.SnapshotFolder);

    // Unbounded: what is in it was asked for, one answer of each peer at a time, or tells of a connection.
    private readonly Channel<SnapshotInput> _inbox = Channel.CreateUnbounded<SnapshotInput>(new UnboundedChannelOptions { SingleReader = true });

    private PeerNetwork? _network;
    private PeerExchange? _exchange;

    /// <summary>Puts a snapshot of the peers into a store without blocks, where there is one to be had; else leaves it as it is.</summary>
    /// <exception cref="OperatorException">What the operator trusts is not what the peers have, or of no use any more.</exception>
    public async Task RunAsync(GenesisDocument genesis, ChainStore chain, CancellationToken cancellationToken)
    {
        var peers = options.PeerEndpoints.Select(peer => peer.Address).Where(address => address != nodeKey.Address).ToHashSet();
        if (peers.Count == 0)
        {
            LogNone("config.json names no peers");
            return;
        }

        var settings = new SnapshotSyncSettings { Trusted = options.Trusted?.Header, HeightsMin = (ulong)options.SnapshotSyncHeights, Peers = peers.Count };
        var sync = new SnapshotSync(genesis, settings, _kept.Find(), Now());
        LogBegun(options.SnapshotSyncHeights, options.Trusted is { } trusted ? $"header {trusted.Height}" : "the genesis");
        // Whom the operator names may be asked, whoever validates by now: nothing that they say is believed.
        HashSet<Address> allowed = [.. genesis.Validators.Select(validator => validator.Node), .. options.Observers, .. peers];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outcome = await SearchAsync(sync, genesis.Hash, allowed, stop).ConfigureAwait(false);
        Take(outcome, chain);
    }

    ValueTask IPeerHandler.OnMessageAsync(Address peer, PeerLane lane, ReadOnlyMemory<byte> payload) => ValueTask.CompletedTask;

    async IAsyncEnumerable<ReadOnlyMemory<byte>> IPeerHandler.OnRequestAsync(
        Address peer, string kind, ReadOnlyMemory<byte> payload, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return kind switch
        {
            PeerExchange.Request => _exchange!.Answer(peer, payload.Span),
            SnapshotAnswers.ListRequest => new SnapshotList(Height.Genesis, []).Encode(),
            _ => throw new RpcException(StatusCode.Unavailable, "this node has nothing yet"),
        };
    }

    void IPeerHandler.OnPeerConnected(Address peer)
    {
        _inbox.Writer.TryWrite(new SnapshotInput.Connected(peer));
        _ = _exchange!.Connected(peer);
    }

    void IPeerHandler.OnPeerDisconnected(Address peer) => _inbox.Writer.TryWrite(new SnapshotInput.Gone(peer));

    private async Task<SnapshotOutcome> SearchAsync(SnapshotSync sync, GenesisHash genesis, HashSet<Address> allowed, CancellationTokenSource stop)
    {
        var network = new PeerNetwork(
            new PeerNetworkOptions { Listen = options.P2PEndpoint, Peers = options.PeerEndpoints, Allowed = allowed }, NodeIdentity.Create(nodeKey, genesis, time), this, time, loggers);
        await using var closed = network.ConfigureAwait(false);
        var exchange = new PeerExchange(network, options, nodeKey, genesis, new PeerBookFile(home.PeersFile), time, loggers.CreateLogger("NeuroChain.Node.PeerExchange"));
        await using var ended = exchange.ConfigureAwait(false);
        (_network, _exchange) = (network, exchange);
        exchange.Start();
        await network.StartAsync(stop.Token).ConfigureAwait(false);
        using var timer = time.CreateTimer(_ => _inbox.Writer.TryWrite(new SnapshotInput.Ticked()), null, Tick, Tick);
        try
        {
            await foreach (var input in _inbox.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
                if (Step(sync, input, stop.Token) is { } outcome)
                    return outcome;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false); // ends what is still asked
        }

        throw new InvariantException("the inbox is never closed");
    }

    private SnapshotOutcome? Step(SnapshotSync sync, SnapshotInput input, CancellationToken stop)
    {
        foreach (var effect in sync.Step(input, Now()))
            if ((effect is SnapshotEffect.Recall recall ? Recall(sync, recall, stop) : Perform(effect, stop)) is { } outcome)
                return outcome;
        return null;
    }

    private SnapshotOutcome? Perform(SnapshotEffect effect, CancellationToken stop)
    {
        switch (effect)
        {
            case SnapshotEffect.Ask ask:
                _ = Task.Run(() => AskAsync(ask.Request, stop), CancellationToken.None);
                break;
            case SnapshotEffect.Ban ban:
                LogRefused(ban.Peer, ban.Reason);
                _network!.Report(ban.Peer, PeerFault.BrokenRule);
                break;
            case SnapshotEffect.Begin begin:
                LogFetching(begin.Height, begin.Chunks, begin.Bytes);
                break;
            case SnapshotEffect.KeepManifest keep:
                _kept.Begin(keep.Height, keep.Manifest);
                break;
            case SnapshotEffect.KeepChunk keep:
                _kept.Keep(keep.Height, keep.Index, keep.Chunk);
                break;
            case SnapshotEffect.Finish finish:
                return finish.Outcome;
        }

        return null;
    }

    // One after the other: the chunks are never in memory together beside the state that they make.
    private SnapshotOutcome? Recall(SnapshotSync sync, SnapshotEffect.Recall recall, CancellationToken stop)
    {
        var found = 0;
        foreach (var index in recall.Indices)
        {
            if (_kept.Chunk(recall.Height, index) is not { } chunk) continue;
            found++;
            if (Step(sync, new SnapshotInput.Recalled(index, chunk), stop) is { } outcome) return outcome;
        }

        LogRecalled(found, recall.Indices.Count);
        return Step(sync, new SnapshotInput.AllRecalled(), stop);
    }

    private async Task AskAsync(SnapshotRequest request, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(request.PatienceMs), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            _inbox.Writer.TryWrite(new SnapshotInput.Answered(request.Attempt, await CollectAsync(request, either.Token).ConfigureAwait(false)));
        }
        catch (Exception failure) when (failure is RpcException or OperationCanceledException)
        {
            LogNoAnswer(request.Peer, request.Part, request.Height, failure.Message);
            _inbox.Writer.TryWrite(new SnapshotInput.Failed(request.Attempt));
        }
    }

    // What is longer than its kind may be is not read on: whoever decodes it finds that it is too long.
    private async Task<ReadOnlyMemory<byte>> CollectAsync(SnapshotRequest request, CancellationToken cancellationToken)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        var length = 0;
        await foreach (var piece in _network!.RequestAsync(request.Peer, request.Kind, request.Encode(), cancellationToken).ConfigureAwait(false))
        {
            pieces.Add(piece);
            length += piece.Length;
            if (length > request.BytesMax) break;
        }

        if (pieces.Count == 1) return pieces[0];
        var whole = new ByteWriter();
        foreach (var piece in pieces) whole.Bytes(piece.Span);
        return whole.ToArray();
    }

    private void Take(SnapshotOutcome outcome, ChainStore chain)
    {
        switch (outcome)
        {
            case SnapshotOutcome.Found(var snapshot):
                if (!snapshot.TryRestore(chain, rules, out var fault)) throw new OperatorException($"the snapshot of height {snapshot.State.Height}, which is certified, cannot be used: {fault}: is this program older than the chain's rules?");
                _kept.Forget();
                LogRestored(snapshot.State.Height, snapshot.State.Root, snapshot.Next.Block.Hash);
                break;
            case SnapshotOutcome.None(var reason):
                LogNone(reason); // what is kept is of use at the next start, if there is no block until then
                break;
            case SnapshotOutcome.Refused(var reason):
                throw new OperatorException(reason);
        }
    }

    private Timestamp Now() => new((ulong)time.GetUtcNow().ToUnixTimeMilliseconds());

    [LoggerMessage(Level = LogLevel.Information, Message = "a store without blocks: looking for a snapshot of height {Heights} or above, trusting {Trusted}")]
    private partial void LogBegun(int heights, string trusted);

    [LoggerMessage(Level = LogLevel.Information, Message = "fetching the snapshot of height {Height}: {Chunks} chunks, {Bytes} bytes")]
    private partial void LogFetching(Height height, int chunks, long bytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Found} of {Chunks} chunks are here from before")]
    private partial void LogRecalled(int found, int chunks);

    [LoggerMessage(Level = LogLevel.Information, Message = "began with the snapshot of height {Height} from peers: the state root {Root} stands in the certified header {Block}")]
    private partial void LogRestored(Height height, StateRoot root, BlockHash block);

    [LoggerMessage(Level = LogLevel.Warning, Message = "no snapshot was taken, blocks are fetched instead: {Reason}. As long as there is none, the next start tries again")]
    private partial void LogNone(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "refused from {Peer}: {Reason}")]
    private partial void LogRefused(Address peer, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Peer} did not answer for the {Part} of height {Height}: {Reason}")]
    private partial void LogNoAnswer(Address peer, SnapshotPart part, Height height, string reason);
}
