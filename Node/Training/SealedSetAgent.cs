using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// Does a validator's part for sealed hold-outs: fetches the blob of each set that is offered, looks through it, and says on chain that it holds it where
/// nothing is against it.
/// </summary>
/// <param name="view">The node as it stands.</param>
/// <param name="signal">Tells of new blocks.</param>
/// <param name="signer">The validator.</param>
/// <param name="fetch">Brings a set's blob here; false where it is not to be had.</param>
/// <param name="check">Looks through it.</param>
/// <param name="submit">Sends what is said.</param>
/// <param name="logger">For what is refused.</param>
internal sealed partial class SealedSetAgent(
    Func<HostView> view, BlockSignal signal, ISigner signer, Func<SealedSetRecord, CancellationToken, Task<bool>> fetch, SealedSetCheck check, Func<Transaction, Task> submit, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>Blocks until what was not to be had is asked for again.</summary>
    private const ulong RetryBlocks = 5;

    /// <summary>One that does not come holds up the others no longer than this.</summary>
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(30);

    private readonly BlockLoop _loop = new(view, signal);
    private readonly Dictionary<(Hash256 Task, ulong Set), (DeltaState State, Height Height)> _findings = [];

    /// <summary>Ends when the agent does; faulted where the node must stop.</summary>
    public Task Completion => _loop.Completion;

    public void Start() => _loop.Start(WorkAsync);

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    /// <summary>One look at all offers, after a block.</summary>
    internal async Task WorkAsync(LedgerState state)
    {
        var unheld = SealedSets.Unheld(state, signer.Address, state.Next.Validators).ToDictionary(set => (set.Terms.Task, set.Number));
        foreach (var key in _findings.Keys.Where(key => !unheld.ContainsKey(key)).ToList()) _findings.Remove(key);
        foreach (var (key, set) in unheld)
        {
            var isKnown = _findings.TryGetValue(key, out var finding) && (finding.State != DeltaState.Missing || finding.Height.Plus(RetryBlocks) > state.Height);
            if (!isKnown) _findings[key] = finding = (await LookAsync(set, state).ConfigureAwait(false), state.Height);
            if (finding.State == DeltaState.Held) await SayAsync(set, state).ConfigureAwait(false);
        }
    }

    // An offer is anybody's: nothing that it brings about may end this agent. A disk that failed does.
    private async Task<DeltaState> LookAsync(SealedSetRecord set, LedgerState state)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_loop.Stopping);
            limit.CancelAfter(FetchLimit);
            var isHere = await fetch(set, limit.Token).ConfigureAwait(false);
            var (found, why) = isHere ? await check.RunAsync(set, state, _loop.Stopping).ConfigureAwait(false) : (DeltaState.Missing, "its blob is not to be had");
            if (found != DeltaState.Held) LogNotHeld(set.Number, why);
            return found;
        }
        catch (OperationCanceledException) when (!_loop.IsStopping)
        {
            LogNotHeld(set.Number, "its blob does not come");
            return DeltaState.Missing;
        }
        catch (Exception failure) when (failure is not (StoreFailedException or OperationCanceledException))
        {
            LogFailed(set.Number, failure);
            return DeltaState.Missing;
        }
    }

    private async Task SayAsync(SealedSetRecord set, LedgerState state)
    {
        var body = new TransactionBody
        {
            Genesis = state.GenesisHash.Value.ToByteString(),
            SealedSetHeld = new SealedSetHeld { Task = set.Terms.Task.ToByteString(), Set = set.Number },
        };
        await submit(Transaction.Sign(body, signer.Address, signer.SignTagged)).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "sealed set {Set} is not held: {Why}")]
    private partial void LogNotHeld(ulong set, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "sealed set {Set} could not be looked through and is tried again later")]
    private partial void LogFailed(ulong set, Exception failure);
}
