using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// Does a validator's part for training sets: fetches the blob of each delta that is proposed, makes the change, and says on chain that it holds
/// it where the result is the one that was named. One delta at a time, beside the other duties, which wait for nothing here.
/// </summary>
internal sealed partial class DatasetAgent(
    EngineHost host, BlockSignal signal, ISigner signer, IBlobStore blobs, Func<BlobHash, CancellationToken, Task<bool>> fetch, IReadOnlyList<string> folders, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>Blocks until what was not to be had is asked for again.</summary>
    private const ulong RetryBlocks = 10;

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<(Hash256 Task, ulong Delta), Finding> _findings = [];
    private Task _loop = Task.CompletedTask;

    private enum DeltaState
    {
        Held,
        Wrong,
        Missing,
    }

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_loop).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var done = Height.Genesis;
        while (true)
        {
            try
            {
                await signal.WaitForAfterAsync(done, _stop.Token).ConfigureAwait(false);
                var view = host.Current;
                done = view.State.Height;
                if (!view.IsCatchingUp) await WorkAsync(view.State).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SignerUnavailableException)
            {
                // what is to be said is said after a later block
            }
        }
    }

    private async Task WorkAsync(LedgerState state)
    {
        var unheld = TrainingSets.Unheld(state, signer.Address, state.Next.Validators);
        foreach (var delta in unheld)
        {
            var key = (delta.Task, delta.Number);
            if (!_findings.TryGetValue(key, out var finding) || (finding.State == DeltaState.Missing && finding.Height.Plus(RetryBlocks) <= state.Height))
                _findings[key] = finding = new Finding(await CheckAsync(delta, state).ConfigureAwait(false), state.Height);
            if (finding.State == DeltaState.Held) await SayAsync(delta, state).ConfigureAwait(false);
        }

        foreach (var key in _findings.Keys.Except(unheld.Select(delta => (delta.Task, delta.Number))).ToList()) _findings.Remove(key);
    }

    private async Task<DeltaState> CheckAsync(DeltaRecord delta, LedgerState state)
    {
        var steps = new List<TrainingSetStep>();
        for (var version = 1UL; version <= delta.BaseVersion; version++)
        {
            var record = TrainingSets.Version(state, delta.Task, version)!;
            steps.Add(new TrainingSetStep(record.Blob, record.Root, record.Adds, record.Removes));
        }

        foreach (var blob in steps.Select(step => step.Blob).Append(delta.Blob))
        {
            if (await fetch(blob, _stop.Token).ConfigureAwait(false)) continue;
            LogMissing(delta.Number, blob);
            return DeltaState.Missing;
        }

        var root = TrainingSets.Version(state, delta.Task, 0)!.Root;
        if (DatasetFolders.Load(folders).OfType<Dataset>().FirstOrDefault(dataset => dataset.Root == root) is not { } first)
        {
            LogNoSet(delta.Number, root);
            return DeltaState.Missing;
        }

        var named = new TrainingSetStep(delta.Blob, delta.ResultRoot, delta.Adds, delta.Removes);
        if (TrainingSetReplay.TryRun(first, steps.Append(named).Select(step => (step, blobs.Read(step.Blob))), out _, out var fault)) return DeltaState.Held;
        LogWrong(delta.Number, fault);
        return DeltaState.Wrong;
    }

    private async Task SayAsync(DeltaRecord delta, LedgerState state)
    {
        var body = new TransactionBody
        {
            Genesis = state.GenesisHash.Value.ToByteString(),
            DatasetHeld = new DatasetHeld { Task = delta.Task.ToByteString(), Delta = delta.Number },
        };
        await host.SubmitAsync(Transaction.Sign(body, signer.Address, signer.SignTagged)).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "delta {Delta} is not held: blob {Blob} is not to be had")]
    private partial void LogMissing(ulong delta, BlobHash blob);

    [LoggerMessage(Level = LogLevel.Warning, Message = "delta {Delta} cannot be checked: no folder of the configuration has the data set {Root}")]
    private partial void LogNoSet(ulong delta, Hash256 root);

    [LoggerMessage(Level = LogLevel.Warning, Message = "delta {Delta} is not held: {Fault}")]
    private partial void LogWrong(ulong delta, string fault);

    private readonly record struct Finding(DeltaState State, Height Height);
}
