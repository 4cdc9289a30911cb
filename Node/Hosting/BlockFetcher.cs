using System.Collections.Concurrent;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// Fetches decided blocks for the engine, several ranges at a time. What of a block can be checked without a state is checked here, on the
/// task that fetches it; a peer is read no faster than the engine takes its blocks.
/// </summary>
/// <param name="request">Asks a peer, as <see cref="PeerNetwork.RequestAsync"/> does.</param>
/// <param name="host">Who wants the blocks; asked for when it is needed, since both know each other.</param>
/// <param name="time">Tells for how long a block is not to be had.</param>
/// <param name="logger">For answers that fail.</param>
public sealed partial class BlockFetcher(
    Func<Address, string, ReadOnlyMemory<byte>, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> request, Func<EngineHost> host, TimeProvider time, ILogger logger)
{
    private readonly MissingBlocks _missing = new();
    private readonly long _created = time.GetTimestamp();
    private readonly ConcurrentDictionary<ulong, CancellationTokenSource> _running = [];

    /// <summary>Requests that are not over.</summary>
    internal int Running => _running.Count;

    /// <summary>Begins to fetch; returns at once.</summary>
    public void Fetch(EngineOutput.FetchBlocks fetch)
    {
        var stop = _running[fetch.Attempt] = new CancellationTokenSource();
        _ = Task.Run(() => FetchAsync(fetch, stop.Token));
    }

    /// <summary>Gives up; the engine hears no more of that request.</summary>
    public void Stop(ulong attempt)
    {
        if (_running.TryRemove(attempt, out var stop)) stop.Cancel();
    }

    private async Task FetchAsync(EngineOutput.FetchBlocks fetch, CancellationToken stop)
    {
        FetchedBlock? held = null;
        try
        {
            var applying = Task.CompletedTask;
            var left = Math.Min(fetch.To.Value - fetch.From.Value + 1, SyncPlanner.RangeMax);
            await foreach (var answer in request(fetch.Peer, PeerRelay.BlocksRequest, PeerRelay.EncodeBlocksRequest(fetch.From, fetch.To), stop).ConfigureAwait(false))
            {
                if (stop.IsCancellationRequested) return; // another peer was asked for the rest
                // The engine applies one block while the signatures of the next are checked here.
                var prepared = Read(answer);
                await applying.ConfigureAwait(false);
                if (held is { } before) applying = host().HandledAsync(new EngineInput.BlocksArrived(fetch.Peer, fetch.Attempt, [before], More: true));
                held = prepared;
                if (--left == 0) break;
            }

            await applying.ConfigureAwait(false);
            if (held is null) Lacks(fetch.Peer, fetch.From);
        }
        catch (RpcException failure)
        {
            LogFetchFailed(fetch.Peer, fetch.From, failure.Status.ToString());
        }
        catch (OperationCanceledException)
        {
            return; // the engine wants it no more, or the node stops
        }
        finally
        {
            _running.TryRemove(fetch.Attempt, out _);
        }

        if (stop.IsCancellationRequested) return;
        await host().TellAsync(new EngineInput.BlocksArrived(fetch.Peer, fetch.Attempt, held is { } last ? [last] : [])).ConfigureAwait(false);
    }

    private void Lacks(Address peer, Height from)
    {
        var next = host().Current.State.Height.Next();
        if (_missing.Lacks(peer, from, next, time.GetElapsedTime(_created)) is { Count: > 0 } lacking) LogMissing(next, string.Join(", ", lacking));
    }

    // What is no block goes to the engine as it is: it tells who sends such things.
    private FetchedBlock Read(ReadOnlyMemory<byte> answer)
    {
        if (!PeerRelay.TryDecodeBlock(answer, out var block, out var certificate)) return new FetchedBlock(answer, default);
        var state = host().Current.State;
        return new FetchedBlock(block, certificate).Prepare(state.GenesisHash, state.Next.Validators);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "blocks from {Height} were not to be had from {Peer}: {Reason}")]
    private partial void LogFetchFailed(Address peer, Height height, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "block {Height} is not to be had: nobody gave it for a minute, and {Peers} claim later ones and have it not. They may keep fewer blocks than this node is behind: name a peer that keeps all, or begin with a snapshot")]
    private partial void LogMissing(Height height, string peers);
}
