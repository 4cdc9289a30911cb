using System.Collections.Concurrent;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// Does a validator's part for training sets: fetches the blob of each delta that is proposed, makes the change, and says on chain that it holds
/// it where the result is the one that was named. Blobs come beside each other and are checked in the order in which they arrive, so that one that
/// does not come holds up no other. What cannot be checked is logged and tried again later.
/// </summary>
/// <param name="view">The node as it stands.</param>
/// <param name="signal">Tells of new blocks.</param>
/// <param name="signer">The validator.</param>
/// <param name="check">Fetches and checks.</param>
/// <param name="submit">Sends what is said.</param>
/// <param name="logger">For what fails.</param>
internal sealed partial class DatasetAgent(
    Func<HostView> view, BlockSignal signal, ISigner signer, DeltaCheck check, Func<Transaction, Task> submit, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>Blocks until what was not to be had is asked for again.</summary>
    private const ulong RetryBlocks = 5;

    /// <summary>Deltas that are fetched beside each other.</summary>
    private const int FetchesMax = 8;

    private readonly BlockLoop _loop = new(view, signal);
    private readonly Dictionary<DeltaKey, Finding> _findings = [];
    private readonly Dictionary<DeltaKey, Task> _fetches = [];
    private readonly ConcurrentQueue<(DeltaKey Delta, bool IsHere)> _arrived = [];

    /// <summary>Ends when the agent does; faulted where the node must stop.</summary>
    public Task Completion => _loop.Completion;

    public void Start() => _loop.Start(WorkAsync);

    public async ValueTask DisposeAsync()
    {
        await _loop.StopAsync().ConfigureAwait(false);
        await Task.WhenAll(_fetches.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _loop.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WorkAsync(LedgerState state)
    {
        var unheld = TrainingSets.Unheld(state, signer.Address, state.Next.Validators).ToDictionary(delta => new DeltaKey(delta.Task, delta.Number));
        foreach (var key in _findings.Keys.Where(key => !unheld.ContainsKey(key)).ToList()) _findings.Remove(key);
        foreach (var (key, delta) in unheld) Fetch(key, delta, state.Height);
        while (_arrived.TryDequeue(out var arrived))
        {
            _fetches.Remove(arrived.Delta, out var fetch);
            if (fetch is not null) await fetch.ConfigureAwait(false); // a disk that failed shows here
            if (!unheld.TryGetValue(arrived.Delta, out var delta)) continue;
            _findings[arrived.Delta] = new Finding(arrived.IsHere ? await CheckAsync(delta, state).ConfigureAwait(false) : DeltaState.Missing, state.Height);
        }

        foreach (var (key, delta) in unheld)
            if (_findings.TryGetValue(key, out var finding) && finding.State == DeltaState.Held)
                await SayAsync(delta, state).ConfigureAwait(false);
    }

    private void Fetch(DeltaKey key, DeltaRecord delta, Height height)
    {
        if (_fetches.Count >= FetchesMax || _fetches.ContainsKey(key)) return;
        if (_findings.TryGetValue(key, out var finding) && (finding.State != DeltaState.Missing || finding.Height.Plus(RetryBlocks) > height)) return;
        _fetches[key] = FetchAsync(key, delta);
    }

    private async Task FetchAsync(DeltaKey key, DeltaRecord delta)
    {
        var isHere = false;
        try
        {
            isHere = await check.FetchAsync(delta, _loop.Stopping).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (StoreFailedException or OperationCanceledException))
        {
            LogFailed(delta.Number, failure); // and tried again after the next block
        }
        finally
        {
            _arrived.Enqueue((key, isHere));
        }
    }

    // A delta is anybody's: nothing that it brings about may end this agent, for then no delta is held here any more. A disk that failed does.
    private async Task<DeltaState> CheckAsync(DeltaRecord delta, LedgerState state)
    {
        try
        {
            return await check.RunAsync(delta, state, _loop.Stopping).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (StoreFailedException or OperationCanceledException))
        {
            LogFailed(delta.Number, failure);
            return DeltaState.Missing;
        }
    }

    private async Task SayAsync(DeltaRecord delta, LedgerState state)
    {
        var body = new TransactionBody
        {
            Genesis = state.GenesisHash.Value.ToByteString(),
            DatasetHeld = new DatasetHeld { Task = delta.Task.ToByteString(), Delta = delta.Number },
        };
        await submit(Transaction.Sign(body, signer.Address, signer.SignTagged)).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "delta {Delta} could not be checked and is tried again later")]
    private partial void LogFailed(ulong delta, Exception failure);

    private readonly record struct DeltaKey(Hash256 Task, ulong Number);

    private readonly record struct Finding(DeltaState State, Height Height);
}
