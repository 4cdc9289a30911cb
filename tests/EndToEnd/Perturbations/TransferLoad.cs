using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.EndToEnd;

/// <summary>
/// Payers who pay each other through whichever node answers, as clients do: what a node took may die with it, so what is in no block after a
/// while is offered again, the same bytes, to another.
/// </summary>
internal sealed class TransferLoad(NetworkFixture network, Invariants chain, SeededStream draw) : IAsyncDisposable
{
    private const int PerTick = 5;
    private const int OfferedAgainMost = 500;

    /// <summary>Less than mempools let an account run ahead.</summary>
    private const int OpenPerPayerMax = 16;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Address, List<Transfer>> _open = network.Payers.ToDictionary(payer => payer.Address, _ => new List<Transfer>());
    private readonly Dictionary<Address, ulong> _nonces = network.Payers.ToDictionary(payer => payer.Address, _ => 0UL);
    private readonly List<TransactionHash> _accepted = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _isSettling;

    /// <summary>Transfers that some node took.</summary>
    public int Accepted { get; private set; }

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Offers nothing new, and returns when all is in blocks, each in one.</summary>
    public async Task SettleAsync()
    {
        Volatile.Write(ref _isSettling, true);
        await Eventually.HoldsAsync(() => _running.IsCompleted, "every transfer that was offered is in a block", 2 * Eventually.Limit);
        await _running;
        foreach (var hash in _accepted) Assert.True(chain.IsInABlock(hash), $"{hash} was accepted and is in no block");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Tick);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            foreach (var open in _open.Values) open.RemoveAll(transfer => chain.IsInABlock(transfer.Transaction.Hash));
            var isSettling = Volatile.Read(ref _isSettling);
            if (isSettling && _open.Values.All(open => open.Count == 0)) return;
            var now = Environment.TickCount64;
            var offers = _open.Values.SelectMany(open => open).Where(transfer => now - transfer.OfferedAt > Patience.TotalMilliseconds).Take(OfferedAgainMost).ToList();
            for (var i = 0; i < PerTick && !isSettling; i++)
                if (Next() is { } next)
                    offers.Add(next);
            if (offers.Count > 0) await OfferAsync(offers, network.Nodes[(int)draw.NextBelow((ulong)network.Nodes.Count)]);
        }
    }

    private Transfer? Next()
    {
        var payer = network.Payers[(int)draw.NextBelow((ulong)network.Payers.Count)];
        var open = _open[payer.Address];
        if (open.Count >= OpenPerPayerMax) return null;
        var to = network.Payers[(int)draw.NextBelow((ulong)network.Payers.Count)].Address;
        var body = new TransactionBody
        {
            Genesis = network.Genesis.Hash.Value.ToByteString(),
            Nonce = _nonces[payer.Address]++,
            Fee = new Amount(20 * network.Genesis.Parameters.FeeMin.Units).ToByteString(), // the price may rise on the way
            Transfer = new Types.V1.Transfer { To = to.ToByteString(), Amount = new Amount(1 + draw.NextBelow(1_000_000)).ToByteString() },
        };
        var transfer = new Transfer(Transaction.Sign(body, payer));
        open.Add(transfer);
        return transfer;
    }

    private async Task OfferAsync(List<Transfer> transfers, NodeProcess node)
    {
        var now = Environment.TickCount64;
        foreach (var transfer in transfers) transfer.OfferedAt = now;
        var request = new SubmitBatchRequest { Transactions = { transfers.Select(transfer => UnsafeByteOperations.UnsafeWrap(transfer.Transaction.Bytes)) } };
        try
        {
            var answer = await node.Client.Channel.UnaryAsync(ApiMethods.SubmitBatch, request, Patience, _stop.Token);
            Assert.Equal(transfers.Count, answer.Results.Count);
            foreach (var (transfer, result) in transfers.Zip(answer.Results))
            {
                if (result.Refusal.Length > 0 || transfer.IsAccepted) continue;
                transfer.IsAccepted = true;
                _accepted.Add(transfer.Transaction.Hash);
                Accepted++;
            }
        }
        catch (RpcException)
        {
            // Nobody knows whether it took them.
        }
    }

    private sealed class Transfer(Transaction transaction)
    {
        public Transaction Transaction { get; } = transaction;

        public long OfferedAt { get; set; }

        public bool IsAccepted { get; set; }
    }
}
