using System.Diagnostics;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Looks after the store of a running node, behind the engine's back and out of its way: prunes in small steps with long pauses, gives back
/// the room on the disk when that is worth it, writes the snapshots that are due, and lets go of blobs that the chain does not need.
/// </summary>
internal sealed partial class StoreUpkeep(
    RocksStore store, Pruner pruner, Snapshotter snapshotter, BlobKeeper keeper, Func<HostView> view, BlockSignal signal, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    // A quarter of one core at most, also where a year of blocks is let go of at once.
    private const int PausePerWork = 3;

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        store.StopCompacting();
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            for (var height = signal.Height; ; height = signal.Height)
            {
                if (snapshotter.Write(_stop.Token) is { } written) LogSnapshot(written);
                while (await PacedAsync(() => pruner.Step(height)).ConfigureAwait(false)) _stop.Token.ThrowIfCancellationRequested();
                if (pruner.IsCompactionDue) await CompactAsync().ConfigureAwait(false);
                if (!view().IsCatchingUp && keeper.Step(height, () => view().State) is { Blobs: > 0 } gone) LogBlobs(gone.Blobs, gone.Bytes);
                await signal.WaitForAfterAsync(height, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception failure) when (failure is StoreFailedException or InvariantException or OperatorException or IOException or UnauthorizedAccessException)
        {
            LogFailed(failure.Message); // a store that failed stops the engine too, at its next write
        }
    }

    private async Task<bool> PacedAsync(Func<bool> step)
    {
        var began = Stopwatch.GetTimestamp();
        if (!step()) return false;
        var pause = Stopwatch.GetElapsedTime(began) * PausePerWork;
        await Task.Delay(pause > PauseMin ? pause : PauseMin, time, _stop.Token).ConfigureAwait(false);
        return true;
    }

    private async Task CompactAsync()
    {
        var began = Stopwatch.GetTimestamp();
        await Task.Factory.StartNew(pruner.Compact, _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        LogCompacted(Stopwatch.GetElapsedTime(began));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "pruned blocks' room on the disk given back in {Elapsed}")]
    private partial void LogCompacted(TimeSpan elapsed);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} blobs of {Bytes} bytes deleted: the chain needs them no more")]
    private partial void LogBlobs(int count, long bytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "snapshot of height {Height} written")]
    private partial void LogSnapshot(Height height);

    [LoggerMessage(Level = LogLevel.Error, Message = "no pruning and no snapshots until the node is started again: {Reason}")]
    private partial void LogFailed(string reason);
}
