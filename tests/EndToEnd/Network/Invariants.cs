using Google.Protobuf;
using Grpc.Health.V1;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace NeuroChain.EndToEnd;

/// <summary>
/// What holds for a chain of honest validators whatever happens to them, seen through the public API of the nodes alone, which is watched all
/// the time: one block for each height, over all nodes and for ever, final by its certificate, each naming its parent; one state after each
/// height, the one that the next header names; one supply after each height, always the genesis' in sum; nobody convicted; and a transaction
/// is in one block at most.
/// </summary>
internal sealed class Invariants(NetworkFixture network) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ChainRecord _record = new(network.Genesis);
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (ByteString Root, string Where)> _states = [];
    private readonly Dictionary<ulong, (GetSupplyResponse Supply, string Where)> _supplies = [];
    private readonly Dictionary<TransactionHash, ulong> _transactions = [];
    private readonly ulong[] _shown = new ulong[network.Nodes.Count];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _watching = [];
    private ulong _counted;
    private int _suppliesCompared;

    /// <summary>The highest block that any node has shown.</summary>
    public ulong Highest => _record.Highest;

    public int TransactionsSeen
    {
        get
        {
            lock (_gate) return _transactions.Count;
        }
    }

    /// <summary>Begins to watch.</summary>
    public void Watch()
    {
        for (var i = 0; i < network.Nodes.Count; i++)
        {
            var node = i;
            _watching.Add(Task.Run(() => FollowAsync(node)));
            _watching.Add(Task.Run(() => AskAsync(network.Nodes[node])));
        }
    }

    public bool IsInABlock(TransactionHash transaction)
    {
        lock (_gate) return _transactions.ContainsKey(transaction);
    }

    /// <summary>Throws what was found broken so far.</summary>
    public async Task CheckAsync()
    {
        foreach (var task in _watching.Where(task => task.IsCompleted)) await task;
    }

    /// <summary>Every node has shown all blocks up to a height, in their order.</summary>
    public Task AllShownAsync(ulong height) => Eventually.HoldsAsync(
        async () =>
        {
            await CheckAsync();
            foreach (var node in network.Nodes) Assert.True(node.IsRunning, $"{node.Name} ended: {node.Tail(20)}");
            lock (_gate) return _shown.All(shown => shown >= height) && _suppliesCompared > 0;
        },
        $"every node shows all blocks up to {height}, and two have shown the supply after the same one");

    /// <summary>The network is whole again: each node has blocks that are newer than any before, and says that it serves.</summary>
    /// <returns>How long it took until the first new block was seen anywhere, and until every node had two.</returns>
    public async Task<(TimeSpan First, TimeSpan All)> RecoveredAsync()
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var before = Highest;
        await Eventually.HoldsAsync(() => Highest > before, $"a block after {before}");
        var first = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        await AllShownAsync(before + 2);
        var all = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        foreach (var node in network.Nodes) await Eventually.HoldsAsync(async () => await HealthAsync(node) == ServingStatus.Serving, $"{node.Name} serves");
        return (first, all);
    }

    public static async Task<ServingStatus> HealthAsync(NodeProcess node) =>
        (await node.Client.Channel.UnaryAsync(ApiMethods.Check, new HealthCheckRequest(), TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Status;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    // A node that is away comes back, and goes on from where it was: it has every block that it ever showed.
    private async Task FollowAsync(int index)
    {
        var node = network.Nodes[index];
        var parent = default(BlockHash);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var leaveOut = new BlockParts { Raw = true };
                await foreach (var block in node.Client.BlocksAsync(new Height(_shown[index] + 1), _stop.Token, leaveOut))
                {
                    Assert.Equal(_shown[index] + 1, block.Height);
                    var header = _record.Check(block, node.Name);
                    if (block.Height > 1) Assert.Equal(parent, header.Parent);
                    parent = header.Hash;
                    lock (_gate)
                    {
                        OneState(block.Height - 1, block.StateRoot, $"the header of {block.Height}");
                        Count(block);
                        _shown[index] = block.Height;
                    }
                }
            }
            catch (RpcException failure) when (IsAway(failure))
            {
                // That is how its end shows.
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }

            await PauseAsync();
        }
    }

    private async Task AskAsync(NodeProcess node)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var status = await node.Client.Channel.UnaryAsync(ApiMethods.GetStatus, new GetStatusRequest(), TimeSpan.FromSeconds(5), _stop.Token);
                var supply = await node.Client.Channel.UnaryAsync(ApiMethods.GetSupply, new GetSupplyRequest(), TimeSpan.FromSeconds(5), _stop.Token);
                lock (_gate)
                {
                    if (status.Height > 0) OneState(status.Height, status.StateRoot, node.Name);
                    OneSupply(supply, node.Name);
                }
            }
            catch (RpcException failure) when (IsAway(failure))
            {
                // Or it stands still.
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }

            await PauseAsync();
        }
    }

    // A node that does not know the question, or does not like it, is no node that is away.
    private static bool IsAway(RpcException failure) => failure.StatusCode is not (StatusCode.Unimplemented or StatusCode.InvalidArgument or StatusCode.PermissionDenied);

    private Task PauseAsync() => Task.Delay(Pause, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    // The genesis has a state root that no status and no block before it shows.
    private void OneState(ulong height, ByteString root, string where)
    {
        var (first, whereFirst) = _states.GetValueOrDefault(height, (root, where));
        Assert.True(first == root, $"the state after {height} is {Hex.Encode(first.Span)} by {whereFirst} and {Hex.Encode(root.Span)} by {where}");
        _states[height] = (first, whereFirst);
    }

    private void OneSupply(GetSupplyResponse supply, string where)
    {
        var total = Of(supply.Balances) + Of(supply.Reserve) + Of(supply.Escrow) + Of(supply.Treasury);
        var owed = Of(supply.GenesisTotal) + Of(supply.Credited) + Of(supply.Refunded) - Of(supply.Withdrawn) - Of(supply.Burned);
        Assert.True(total == owed, $"{where} has {total} at height {supply.Height}, {owed} is owed");
        var (first, whereFirst) = _supplies.GetValueOrDefault(supply.Height, (supply, where));
        if (whereFirst != where) _suppliesCompared++;
        Assert.True(first.Equals(supply), $"the supply after {supply.Height} is {first} at {whereFirst} and {supply} at {where}");
        _supplies[supply.Height] = (first, whereFirst);
    }

    // Whichever node shows a height first: the hash of its header, which is the same at all, covers what is in it.
    private void Count(Node.V1.Block block)
    {
        if (block.Height != _counted + 1) return;
        _counted = block.Height;
        foreach (var transaction in block.Transactions)
        {
            var hash = new TransactionHash(Hash256.FromBytes(transaction.Hash.Span));
            Assert.True(_transactions.TryAdd(hash, block.Height), $"{hash} is in the blocks {_transactions.GetValueOrDefault(hash)} and {block.Height}");
        }

        foreach (var happening in block.Events)
            Assert.False(
                happening.Kind is "evidence.counted" or "validators.slashed" or "validators.jailed" || happening.Kind.StartsWith("training.false_", StringComparison.Ordinal),
                $"height {block.Height}: {happening.Kind}, {string.Join(", ", happening.Attributes.Select(a => $"{a.Key} {a.Value}"))}: all are honest");
    }

    private static System.Numerics.BigInteger Of(ByteString amount) => new(amount.Span, isUnsigned: true, isBigEndian: true);
}
