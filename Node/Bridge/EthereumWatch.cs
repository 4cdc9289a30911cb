using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// The watch of Ethereum in a node: endpoints out of the settings, a store of its own, alarms into the log. A store that fails stops the node;
/// whatever Ethereum's endpoints do, does not.
/// </summary>
internal sealed partial class EthereumWatch : IEthereumFindings, IAsyncDisposable
{
    /// <summary>The same alarm is logged again after so long: an endpoint that is away fails with each look.</summary>
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMinutes(10);

    // A watch that is behind finds heartbeats that nobody needs: the newest one is in these many intervals before the cursor.
    private const ulong HeartbeatsLookedBack = 8;

    private readonly IKeyValueStore _disk;
    private readonly HttpClient _client;
    private readonly EthereumWatchStore _store;
    private readonly EthereumWatchLoop _loop;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<(WatcherAlarmKind Kind, int? Endpoint, string Cause), long> _logged = [];
    private readonly ImmutableArray<string> _names;
    private Heartbeat? _newestHeartbeat;

    // Where the chain's next event was found last: the agent asks for it after every block.
    private Passed _passed = new(0, 0);

    private EthereumWatch(IKeyValueStore disk, HttpClient client, WatcherOptions options, IReadOnlyList<EndpointOptions> endpoints, TimeSpan pause, TimeProvider time, ILogger logger)
    {
        (_disk, _client, _time, _logger) = (disk, client, time, logger);
        _names = [.. endpoints.Select(endpoint => endpoint.Name)];
        _store = new EthereumWatchStore(disk);
        _loop = new EthereumWatchLoop(options, endpoints.Select(endpoint => new EthereumEndpoint(endpoint, client, time)), _store, time, pause);
        _loop.Alarmed += Log;
        _loop.Found += Remember;
        var back = options.HeartbeatBlocks * HeartbeatsLookedBack;
        _newestHeartbeat = _store.Heartbeats(_loop.State.Cursor.Number - Math.Min(_loop.State.Cursor.Number, back)).LastOrDefault();
    }

    /// <summary>Ends when the watch does; faulted where the node must stop.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public WatcherState State => _loop.State;

    public ulong? Finalized => _loop.Finalized;

    public IEnumerable<(string Name, EndpointRefusal Standing)> Standings => _loop.Standings;

    public Heartbeat? NewestHeartbeat => Volatile.Read(ref _newestHeartbeat);

    /// <exception cref="OperatorException">The settings do not fit the chain, make no quorum, or are not those that the store was begun with.</exception>
    public static EthereumWatch Open(NodeHome home, EthereumSettings settings, GenesisBridge bridge, ulong heartbeatBlocks, TimeProvider time, ILogger logger)
    {
        var options = settings.WatcherFor(bridge, heartbeatBlocks);
        EndpointOptions[] endpoints = [.. settings.Endpoints.Select(endpoint => endpoint.Options(home))];
        var disk = RocksStore.Open(home.EthereumFolder, [EthereumWatchStore.Column]);
        var client = EthereumEndpoint.CreateClient();
        try
        {
            return new EthereumWatch(disk, client, options, endpoints, TimeSpan.FromMilliseconds(settings.PollMs), time, logger);
        }
        catch
        {
            client.Dispose();
            disk.Dispose();
            throw;
        }
    }

    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>Heartbeats follow what the chain asks for.</summary>
    public void ProveEvery(ulong heartbeatBlocks) => _loop.HeartbeatBlocks = heartbeatBlocks;

    public IEnumerable<VaultBlock> BlocksWithNoncesFrom(ulong nonce)
    {
        if (nonce > State.EventNonce) yield break;
        var (passed, isFirst) = (_passed, true);
        foreach (var block in _store.Blocks(nonce >= passed.Nonce ? passed.Block : Find(nonce)))
        {
            if (block.LastNonce < nonce) continue;
            if (isFirst && nonce > passed.Nonce) _passed = new Passed(nonce, block.Number);
            isFirst = false;
            yield return block;
        }
    }

    public Hash256? HashOf(ulong number)
    {
        var tail = State.Tail;
        var place = tail.AsSpan().BinarySearch(new NumberOrder(number));
        if (place >= 0) return tail[place].Hash;
        if (_store.Blocks(number).FirstOrDefault() is { } block && block.Number == number) return block.Hash;
        return _store.Heartbeats(number).FirstOrDefault() is { } heartbeat && heartbeat.Number == number ? heartbeat.Hash : null;
    }

    public Task<AccountEvidence?> ProveAsync(EthereumHeader header, Address account, ImmutableArray<Hash256> slots, CancellationToken cancellation) =>
        _loop.ProveAsync(header, account, slots, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(Completion).ConfigureAwait(false); // whoever watches it has its failure
        _loop.Dispose();
        _client.Dispose();
        _disk.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        LogBegins(State.Cursor.Number, _names.Length);
        try
        {
            await _loop.RunAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // told to stop
        }
    }

    private void Remember(ScanFinding found)
    {
        if (found.Heartbeat is { } heartbeat) Volatile.Write(ref _newestHeartbeat, heartbeat);
        foreach (var block in found.Blocks) LogFound(block.Number, block.FirstNonce, block.LastNonce);
    }

    private void Log(WatcherAlarm alarm)
    {
        var key = (alarm.Kind, alarm.Endpoint, alarm.Cause);
        var now = _time.GetTimestamp();
        if (_logged.TryGetValue(key, out var last) && _time.GetElapsedTime(last, now) < RepeatAfter) return;
        _logged[key] = now;
        var about = alarm.Endpoint is { } place ? _names[place] : "all";
        if (alarm.Kind == WatcherAlarmKind.Halted) LogHalted(alarm.Cause, alarm.Detail);
        else LogAlarm(alarm.Kind, about, alarm.Cause, alarm.Detail);
    }

    // A number from which on the first block with events has that one or a later one: nonces ascend with the blocks.
    private ulong Find(ulong nonce)
    {
        var (low, high) = (0UL, State.Cursor.Number);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_store.Blocks(middle).FirstOrDefault() is { } block && block.LastNonce < nonce) low = block.Number + 1;
            else high = middle;
        }

        return low;
    }

    private sealed record Passed(ulong Nonce, ulong Block);

    private readonly struct NumberOrder(ulong number) : IComparable<EthereumBlockId>
    {
        public int CompareTo(EthereumBlockId other) => number.CompareTo(other.Number);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "watches Ethereum from block {Block} on by {Endpoints} endpoints")]
    private partial void LogBegins(ulong block, int endpoints);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ethereum's final block {Block} has events {First} to {Last} of the vault")]
    private partial void LogFound(ulong block, ulong first, ulong last);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ethereum: {Kind}, endpoint {Endpoint}: {Cause}: {Detail}")]
    private partial void LogAlarm(WatcherAlarmKind kind, string endpoint, string cause, string detail);

    [LoggerMessage(Level = LogLevel.Critical, Message = "the watch of Ethereum stands ({Reason}): {Detail}. Nothing is attested any more until an operator has looked")]
    private partial void LogHalted(string reason, string detail);
}
