using System.Diagnostics;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Looks after the store of a running node, behind the engine's back and out of its way: prunes in small steps with long pauses, gives back
/// the room on the disk when that is worth it, writes the snapshots that are due, and lets go of blobs that the chain does not need. What fails in
/// one of these is logged and done again after the next block, and holds up no other.
/// </summary>
internal sealed partial class StoreUpkeep(
    RocksStore store, Pruner pruner, Snapshotter snapshotter, BlobKeeper keeper, Func<HostView> view, BlockSignal signal, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    // A quarter of one core at most, also where a year of blocks is let go of at once.
    private const int PausePerWork = 3;

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private TimeSpan _reclaimed;
    private Task _loop = Task.CompletedTask;

    /// <summary>Ends when this does; faulted by what nobody expected, and then the node must stop: its disk would fill unseen.</summary>
    public Task Completion => _loop;

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        store.StopCompacting();
        await Task.WhenAny(_loop).ConfigureAwait(false); // whoever watches Completion has its failure
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            for (var height = signal.Height; ; height = signal.Height)
            {
                var now = height;
                await TryAsync("snapshots", WriteSnapshotAsync).ConfigureAwait(false);
                await TryAsync("pruning", () => PruneAsync(now)).ConfigureAwait(false);
                await TryAsync("blobs", () => KeepBlobsAsync(now)).ConfigureAwait(false);
                await signal.WaitForAfterAsync(height, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    // What the disk or the operator can do. A store that failed stops the engine too, at its next write. Anything else is a fault of this program.
    private async Task TryAsync(string what, Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is StoreFailedException or OperatorException or IOException or UnauthorizedAccessException)
        {
            LogFailed(what, failure.Message);
        }
    }

    private Task WriteSnapshotAsync()
    {
        if (snapshotter.Write(_stop.Token) is { } written) LogSnapshot(written);
        return Task.CompletedTask;
    }

    private async Task PruneAsync(Height height)
    {
        while (await PacedAsync(() => pruner.Step(height)).ConfigureAwait(false)) _stop.Token.ThrowIfCancellationRequested();
        if (pruner.IsCompactionDue) LogCompacted(await CompactAsync(pruner.Compact).ConfigureAwait(false));
    }

    private async Task KeepBlobsAsync(Height height)
    {
        if (!view().IsCatchingUp && keeper.Step(height, () => view().State) is { Blobs: > 0 } gone) LogBlobs(gone.Blobs, gone.Bytes);
        if (!keeper.IsReclaimDue) return;
        // One part a turn: snapshots that are due and blocks that are to go wait for no more than that.
        var isLeft = false;
        _reclaimed += await CompactAsync(() => isLeft = keeper.Reclaim()).ConfigureAwait(false);
        if (isLeft) return;
        LogReclaimed(_reclaimed);
        _reclaimed = TimeSpan.Zero;
    }

    private async Task<bool> PacedAsync(Func<bool> step)
    {
        var began = Stopwatch.GetTimestamp();
        if (!step()) return false;
        var pause = Stopwatch.GetElapsedTime(began) * PausePerWork;
        await Task.Delay(pause > PauseMin ? pause : PauseMin, time, _stop.Token).ConfigureAwait(false);
        return true;
    }

    private async Task<TimeSpan> CompactAsync(Action compact)
    {
        var began = Stopwatch.GetTimestamp();
        await Task.Factory.StartNew(compact, _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(began);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "pruned blocks' room on the disk given back in {Elapsed}")]
    private partial void LogCompacted(TimeSpan elapsed);

    [LoggerMessage(Level = LogLevel.Information, Message = "deleted blobs' room on the disk given back in {Elapsed}")]
    private partial void LogReclaimed(TimeSpan elapsed);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} blobs of {Bytes} bytes deleted: the chain needs them no more")]
    private partial void LogBlobs(int count, long bytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "snapshot of height {Height} written")]
    private partial void LogSnapshot(Height height);

    [LoggerMessage(Level = LogLevel.Error, Message = "{What}: failed, and is done again after the next block: {Reason}")]
    private partial void LogFailed(string what, string reason);
}
