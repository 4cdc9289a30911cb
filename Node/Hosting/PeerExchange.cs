using System.Threading.Channels;
using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// Nodes tell each other where the nodes are: whoever connects says where itself is reached and hears of all others. So a node that knows one
/// other comes to know them all, and is known by them. Where a peer is dialled is decided by its own word, unless the operator named it in the
/// configuration. Nobody is let in by this: that is the chain's list.
/// </summary>
internal sealed partial class PeerExchange : IAsyncDisposable
{
    /// <summary>Carries the asker's own signed endpoint or nothing; answered by all that is known, one behind the other.</summary>
    public const string Request = "peers";

    private const int AskedPerPeriod = 2;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Who catches up over years may see the list change with every block: all are asked no more often than this.
    private static readonly TimeSpan BetweenChanges = TimeSpan.FromSeconds(1);

    private readonly PeerNetwork _network;
    private readonly PeerBookFile _file;
    private readonly PrivateKey _key;
    private readonly GenesisHash _genesis;
    private readonly HashSet<Address> _configured;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping; // outlives its source: a peer may connect when all is over
    private readonly Lock _gate = new();
    private readonly PeerBook _book;
    private readonly Dictionary<Address, (PeerEndpoint Endpoint, long Since)> _hinted = []; // allowed nodes only
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(1);
    private SignedEndpoint? _own;
    private Task _loop = Task.CompletedTask;

    public PeerExchange(PeerNetwork network, NodeOptions options, PrivateKey key, GenesisHash genesis, PeerBookFile file, TimeProvider time, ILogger logger)
    {
        _network = network;
        _file = file;
        _key = key;
        _genesis = genesis;
        _configured = [.. options.PeerEndpoints.Select(peer => peer.Address)];
        _time = time;
        _started = time.GetTimestamp();
        _logger = logger;
        _stopping = _stop.Token;
        _book = new PeerBook(genesis, network.IsAllowed);
        if (options.AdvertisedEndpoint(key.Address) is { } endpoint) _own = SignedEndpoint.Sign(endpoint, (ulong)time.GetUtcNow().ToUnixTimeMilliseconds(), key, genesis);
    }

    /// <summary>Takes up what is known from before, and asks around from now on. Before the network starts, so that the first peer is told.</summary>
    public void Start()
    {
        foreach (var entry in _file.Load()) Learn(entry);
        _loop = Task.WhenAll(RunAsync(), AskAfterChangesAsync());
    }

    /// <summary>A link to the peer is up. Done when the peer has been asked, and what it said is known, or it does not answer; never fails.</summary>
    public Task Connected(Address peer) => AskAsync(peer);

    /// <summary>
    /// Others may connect than before: all peers are asked again. What they said of those who now may was not noted, and soon there may be nobody
    /// left to ask. Returns at once.
    /// </summary>
    public void AllowedChanged() => _changes.Writer.TryWrite(true);

    /// <exception cref="RpcException">INVALID_ARGUMENT where what the asker says is nothing of the kind.</exception>
    public byte[] Answer(Address asker, ReadOnlySpan<byte> said)
    {
        if (!SignedEndpoint.TryDecodeAll(said, 1, out var entries) || entries.Any(entry => entry.Node != asker))
        {
            _network.Report(asker, PeerFault.Malformed);
            throw new RpcException(StatusCode.InvalidArgument, "the asker's own endpoint wanted, or nothing");
        }

        if (LearnAll(asker, entries)) Save();
        lock (_gate) return SignedEndpoint.EncodeAll(Known_NeedsLock());
    }

    /// <summary>
    /// Somebody says, unsigned, where a node is: it is dialled there until its own word is known. Another place is taken no sooner than the node's own word
    /// of another would be: each ends the dial to the one before, and who says two in turn would let none of them end.
    /// </summary>
    public void Hint(PeerEndpoint endpoint)
    {
        lock (_gate)
        {
            if (endpoint.Address == _key.Address || _configured.Contains(endpoint.Address) || !_network.IsAllowed(endpoint.Address)) return;
            if (_network.IsConnected(endpoint.Address)) return; // a link that works needs no advice
            if (_book.Entries.Any(entry => entry.Node == endpoint.Address)) return;
            if (_hinted.TryGetValue(endpoint.Address, out var last) && (last.Endpoint == endpoint || _time.GetElapsedTime(last.Since) < PeerBook.BetweenMoves)) return;
            _hinted[endpoint.Address] = (endpoint, _time.GetTimestamp());
            _network.AddPeer(endpoint);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private IEnumerable<SignedEndpoint> Known_NeedsLock() => _own is { } own ? [own, .. _book.Entries] : _book.Entries;

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping).ConfigureAwait(false))
            {
                var connected = Linked();
                Random.Shared.Shuffle(connected);
                foreach (var peer in connected.Take(AskedPerPeriod)) await AskAsync(peer).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task AskAfterChangesAsync()
    {
        try
        {
            await foreach (var _ in _changes.Reader.ReadAllAsync(_stopping).ConfigureAwait(false))
            {
                await Task.WhenAll(Linked().Select(AskAsync)).ConfigureAwait(false);
                await Task.Delay(BetweenChanges, _time, _stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private Address[] Linked() => [.. _network.Peers.Where(peer => peer.Connected).Select(peer => peer.Address)];

    private async Task AskAsync(Address peer)
    {
        if (_stopping.IsCancellationRequested) return;
        using var limit = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping);
        byte[] own;
        lock (_gate) own = _own?.Encode() ?? [];
        try
        {
            await foreach (var answer in _network.RequestAsync(peer, Request, own, either.Token).ConfigureAwait(false))
            {
                if (!SignedEndpoint.TryDecodeAll(answer.Span, PeerBook.EntriesMax + 1, out var entries)) _network.Report(peer, PeerFault.Malformed);
                else if (LearnAll(peer, entries)) Save();
                break; // one answer is all there is
            }
        }
        catch (Exception failure) when (failure is RpcException or OperationCanceledException)
        {
            LogNoAnswer(peer, failure.Message);
        }
    }

    /// <summary>True where there was news.</summary>
    private bool LearnAll(Address from, IEnumerable<SignedEndpoint> entries)
    {
        var news = false;
        foreach (var entry in entries)
        {
            var what = Learn(entry);
            news |= what == BookEntry.Taken;
            if (what != BookEntry.Forged) continue;
            _network.Report(from, PeerFault.WrongSignature);
            break;
        }

        return news;
    }

    private BookEntry Learn(SignedEndpoint entry)
    {
        lock (_gate)
        {
            if (entry.Node == _key.Address) return Overtake_NeedsLock(entry);
            var what = _book.Learn(entry, _time.GetElapsedTime(_started));
            if (what != BookEntry.Taken) return what;
            if (!_configured.Contains(entry.Node)) _network.AddPeer(entry.Endpoint);
            LogLearned(entry.Endpoint);
            return what;
        }
    }

    // Others know a word of ours that is newer than this one: the clock was set back meanwhile. It must not outlive what is true now.
    private BookEntry Overtake_NeedsLock(SignedEndpoint entry)
    {
        if (_own is not { } own || entry.Sequence <= own.Sequence || entry.Sequence == ulong.MaxValue) return BookEntry.Ignored;
        if (!entry.IsAuthentic(_genesis)) return BookEntry.Forged;
        _own = SignedEndpoint.Sign(own.Endpoint, entry.Sequence + 1, _key, _genesis);
        return BookEntry.Taken;
    }

    private void Save()
    {
        try
        {
            lock (_gate) _file.Save(Known_NeedsLock());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "learned of {Endpoint}")]
    private partial void LogLearned(PeerEndpoint endpoint);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Peer} did not tell of others: {Reason}")]
    private partial void LogNoAnswer(Address peer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the list of peers was not saved: {Reason}")]
    private partial void LogNotSaved(string reason);
}
