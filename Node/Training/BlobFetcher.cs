using System.Collections.Concurrent;
using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// Fetches blobs from all peers that have them, several chunks at a time; every chunk is checked and kept when it arrives, so that a liar
/// wastes one request, and whoever is interrupted goes on later where it stopped, after a restart too. Nobody is waited for: the manifest is
/// asked of all at once where the chain does not name it, a chunk that does not come is asked of the next one, and whoever made others wait is
/// asked last from then on. A blob that nobody waits for any more is left where it is.
/// </summary>
/// <param name="peers">Whom to ask: those that are connected.</param>
/// <param name="request">Asks a peer, as <see cref="PeerNetwork.RequestAsync"/> does.</param>
/// <param name="blobs">Where chunks and blobs are kept.</param>
/// <param name="room">A blob for which there is none is not fetched.</param>
/// <param name="own">This node: each begins with another chunk of a blob, so that nodes that fetch it together soon have something for each other.</param>
/// <param name="time">For the patience with peers.</param>
/// <param name="logger">For what fails.</param>
internal sealed partial class BlobFetcher(
    Func<IReadOnlyList<Address>> peers,
    Func<Address, string, ReadOnlyMemory<byte>, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> request,
    IBlobStore blobs,
    BlobRoom room,
    Address own,
    TimeProvider time,
    ILogger logger)
    : IAsyncDisposable
{
    /// <summary>Chunks under way at a time: enough to fill a line with four peers, and 4 MiB of memory; four times that where all are slow.</summary>
    internal const int UnderWayMax = 4;

    /// <summary>For one chunk or manifest: a peer that needs longer for a mebibyte is left out.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // One delay is enough to be asked after the others, and weighs as much as four good answers: who alternates between both stays behind.
    private const int FaultWeight = 4;

    private const int FaultsMax = 4 * FaultWeight;

    private readonly Lock _gate = new();
    private readonly Dictionary<BlobHash, Fetch> _running = []; // those that others may still join
    private readonly HashSet<Fetch> _fetches = [];
    private readonly ConcurrentDictionary<Address, int> _faults = [];
    private readonly PeerShares _shares = new();
    private bool _isStopped;

    private IBlobStore Blobs => blobs;

    private TimeProvider Time => time;

    private enum Answer
    {
        Came,
        Refused,

        /// <summary>The peer has no place for a request at the moment.</summary>
        Busy,
        TooLate,

        /// <summary>The blob was deleted while it came.</summary>
        Unwanted,
    }

    /// <inheritdoc cref="EnsureAsync(BlobHash, BlobManifest?, BlobPurpose, CancellationToken)"/>
    public Task<bool> EnsureAsync(BlobHash blob, BlobPurpose purpose, CancellationToken cancellationToken) => EnsureAsync(blob, null, purpose, cancellationToken);

    /// <summary>
    /// Whether the blob is here afterwards. Whoever wants a blob that is under way already waits for that one; who stops waiting stops nobody
    /// else, and the last one who does ends it.
    /// </summary>
    /// <param name="blob">What is wanted.</param>
    /// <param name="named">Its manifest where the chain names the chunks: then nobody is asked for it.</param>
    /// <param name="purpose">Whether it needs room.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> EnsureAsync(BlobHash blob, BlobManifest? named, BlobPurpose purpose, CancellationToken cancellationToken)
    {
        if (blobs.Has(blob)) return true;
        Fetch? fetch;
        lock (_gate)
        {
            if (_isStopped) return false;
            if (!_running.TryGetValue(blob, out fetch))
            {
                _running[blob] = fetch = new Fetch();
                _fetches.Add(fetch);
                fetch.Result = RunAsync(fetch, blob, named, purpose);
            }

            fetch.Waiting++;
        }

        try
        {
            return await fetch.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (IsLeft(blob, fetch)) await fetch.Stop.CancelAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Fetch[] all;
        lock (_gate) (_isStopped, all) = (true, [.. _fetches]);
        foreach (var fetch in all) await fetch.Stop.CancelAsync().ConfigureAwait(false);
        foreach (var fetch in all) await ((Task)fetch.Result).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// The order in which peers are asked for a blob: another one for each blob, so that nobody is before all others by the choice of its
    /// address, and whoever made others wait at the end.
    /// </summary>
    internal static IReadOnlyList<Address> InOrder(BlobHash blob, IEnumerable<Address> peers, Func<Address, int> faults) =>
        [.. peers.OrderBy(faults).ThenBy(peer => Hash256.Sha256([.. blob.Value.ToArray(), .. peer.ToArray()]))];

    // Whether one who stops waiting was the last one, of a fetch that is not over: from then on nobody joins it.
    private bool IsLeft(BlobHash blob, Fetch fetch)
    {
        lock (_gate)
        {
            if (--fetch.Waiting > 0 || !_fetches.Contains(fetch)) return false;
            if (_running.GetValueOrDefault(blob) == fetch) _running.Remove(blob);
            return true;
        }
    }

    private async Task<bool> RunAsync(Fetch fetch, BlobHash blob, BlobManifest? named, BlobPurpose purpose)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // whoever began it has its task before it can end
        try
        {
            return await FetchAsync(fetch, blob, named, purpose).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (fetch.Stop.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            lock (_gate)
            {
                if (_running.GetValueOrDefault(blob) == fetch) _running.Remove(blob);
                _fetches.Remove(fetch);
            }
        }
    }

    private async Task<bool> FetchAsync(Fetch fetch, BlobHash blob, BlobManifest? named, BlobPurpose purpose)
    {
        var arriving = blobs.Arriving(blob);
        var manifest = named ?? arriving ?? await ManifestAsync(blob, fetch.Stop.Token).ConfigureAwait(false);
        if (manifest is null) return false;
        if (arriving is null && !room.TryTake(manifest.Length, purpose))
        {
            LogNoRoom(blob, manifest.Length, room.BytesMax);
            return false;
        }

        blobs.Begin(manifest);
        using var chunks = new Chunks(this, manifest, fetch.Stop.Token);
        await chunks.FetchAsync().ConfigureAwait(false);
        return blobs.Has(blob);
    }

    // Another one for each node and each blob.
    private int StartOf(BlobManifest manifest) =>
        manifest.ChunkCount == 0 ? 0 : Hash256.Sha256([.. own.ToArray(), .. manifest.Hash.Value.ToArray()]).ToArray()[0] % manifest.ChunkCount;

    private IReadOnlyList<Address> PeersFor(BlobHash blob) => InOrder(blob, peers(), peer => _faults.GetValueOrDefault(peer));

    // All at once: the answer is small, and one who stalls holds up nobody.
    private async Task<BlobManifest?> ManifestAsync(BlobHash blob, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = PeersFor(blob).Select(peer => ManifestOfAsync(blob, peer, stop.Token)).ToList();
        try
        {
            while (underWay.Count > 0)
            {
                var ended = await Task.WhenAny(underWay).ConfigureAwait(false);
                underWay.Remove(ended);
                if (await ended.ConfigureAwait(false) is { } manifest) return manifest;
            }

            return null;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var task in underWay) await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<BlobManifest?> ManifestOfAsync(BlobHash blob, Address peer, CancellationToken cancellationToken)
    {
        if (await FirstAsync(blob, peer, PeerRelay.ManifestRequest, blob.Value.ToArray(), cancellationToken).ConfigureAwait(false) is not ({ } bytes, _)) return null;
        if (BlobManifest.TryDecode(bytes.Span, out var manifest, out _) && manifest.Hash == blob) return manifest;
        Fault(blob, peer, "it sent the manifest of another blob");
        return null;
    }

    private async Task<Answer> ChunkAsync(BlobManifest manifest, ChunkOrder order, CancellationToken cancellationToken)
    {
        var question = PeerRelay.EncodeChunkRequest(manifest.Hash, order.Chunk);
        var (answer, why) = await FirstAsync(manifest.Hash, order.Peer, PeerRelay.ChunkRequest, question, cancellationToken).ConfigureAwait(false);
        if (answer is not { } bytes) return why;
        if (blobs.TryAdd(manifest, order.Chunk, bytes.Span, out var fault))
        {
            WasGood(order.Peer);
            return Answer.Came;
        }

        if (fault == ChunkFault.NotArriving) return Answer.Unwanted;
        Fault(manifest.Hash, order.Peer, $"chunk {order.Chunk}: {fault}");
        return Answer.Refused;
    }

    // Null where the peer is away, has it not, has no place, or takes too long, with the reason.
    private async Task<(ReadOnlyMemory<byte>? Bytes, Answer Why)> FirstAsync(BlobHash blob, Address peer, string kind, byte[] payload, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await foreach (var answer in request(peer, kind, payload, limit.Token).ConfigureAwait(false)) return (answer, Answer.Came);
            LogFailed(blob, peer, "it has it not");
            return (null, Answer.Refused);
        }
        catch (RpcException busy) when (busy.StatusCode == StatusCode.ResourceExhausted)
        {
            return (null, Answer.Busy);
        }
        catch (Exception failure) when ((failure is RpcException or OperationCanceledException) && !cancellationToken.IsCancellationRequested)
        {
            Fault(blob, peer, failure.Message);
            return (null, patience.IsCancellationRequested ? Answer.TooLate : Answer.Refused);
        }
        catch (RpcException ended) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(ended.Message, ended, cancellationToken);
        }
    }

    private void Fault(BlobHash blob, Address peer, string reason)
    {
        WasSlow(peer);
        LogFailed(blob, peer, reason);
    }

    private void WasSlow(Address peer) => _faults.AddOrUpdate(peer, FaultWeight, (_, faults) => Math.Min(faults + FaultWeight, FaultsMax));

    private void WasGood(Address peer)
    {
        if (_faults.ContainsKey(peer)) _faults.AddOrUpdate(peer, 0, (_, faults) => Math.Max(faults - 1, 0));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "blob {Blob} was not to be had from {Peer}: {Reason}")]
    private partial void LogFailed(BlobHash blob, Address peer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "blob {Blob} of {Bytes} bytes is not fetched: blob_bytes_max is {BytesMax}, and there is no room for it")]
    private partial void LogNoRoom(BlobHash blob, int bytes, long bytesMax);

    /// <summary>A blob that somebody waits for.</summary>
    private sealed class Fetch
    {
        public CancellationTokenSource Stop { get; } = new();

        /// <summary>Whether the blob is here.</summary>
        public Task<bool> Result { get; set; } = Task.FromResult(false);

        public int Waiting { get; set; }
    }

    /// <summary>The chunks of one blob on their way.</summary>
    private sealed class Chunks(BlobFetcher fetcher, BlobManifest manifest, CancellationToken cancellationToken) : IDisposable
    {
        private readonly ChunkPlan _plan = new(fetcher.Blobs.Missing(manifest), fetcher.PeersFor(manifest.Hash), UnderWayMax, fetcher.StartOf(manifest), fetcher._shares);
        private readonly Dictionary<Task<Answer>, Request> _underWay = [];
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        private readonly long _began = fetcher.Time.GetTimestamp();

        private TimeSpan Now => fetcher.Time.GetElapsedTime(_began);

        public async Task FetchAsync()
        {
            try
            {
                var isWanted = true;
                while (isWanted && !_plan.IsDone && !_plan.IsStuck)
                {
                    _stop.Token.ThrowIfCancellationRequested();
                    _plan.Add(fetcher.PeersFor(manifest.Hash)); // whoever has come since
                    for (var now = Now; _plan.Next(now) is { } order;) Ask(order);
                    if (await NextAsync().ConfigureAwait(false) is { } ended) isWanted = await TakeAsync(ended).ConfigureAwait(false);
                }
            }
            finally
            {
                await _stop.CancelAsync().ConfigureAwait(false);
                _plan.Abandon();
                foreach (var task in _underWay.Keys) await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        public void Dispose()
        {
            foreach (var request in _underWay.Values) request.Stop.Dispose();
            _stop.Dispose();
        }

        private void Ask(ChunkOrder order)
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            _underWay.Add(fetcher.ChunkAsync(manifest, order, stop.Token), new Request(order, stop));
        }

        // Null where something became slow first, or somebody may have a place again.
        private async Task<Task<Answer>?> NextAsync()
        {
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var slow = _plan.UntilNext(Now) is { } left
                ? Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, fetcher.Time, wake.Token)
                : Task.Delay(Timeout.InfiniteTimeSpan, fetcher.Time, wake.Token);
            var first = await Task.WhenAny([.. _underWay.Keys, slow]).ConfigureAwait(false);
            await wake.CancelAsync().ConfigureAwait(false);
            return first as Task<Answer>;
        }

        // False where nobody wants the blob any more.
        private async Task<bool> TakeAsync(Task<Answer> ended)
        {
            _underWay.Remove(ended, out var request);
            request!.Stop.Dispose();
            if (request.IsOvertaken)
            {
                await ((Task)ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return true;
            }

            switch (await ended.ConfigureAwait(false))
            {
                case Answer.Came:
                    foreach (var other in _plan.Arrived(request.Order)) await OvertakeAsync(other).ConfigureAwait(false);
                    return true;
                case Answer.Refused:
                    _plan.Failed(request.Order);
                    return true;
                case Answer.Busy:
                    _plan.Busy(request.Order, Now);
                    return true;
                case Answer.TooLate:
                    _plan.TimedOut(request.Order, Now);
                    return true;
                default:
                    return false;
            }
        }

        private async Task OvertakeAsync(ChunkOrder order)
        {
            var request = _underWay.Values.First(asked => asked.Order == order);
            request.IsOvertaken = true;
            fetcher.WasSlow(order.Peer);
            await request.Stop.CancelAsync().ConfigureAwait(false);
        }

        private sealed class Request(ChunkOrder order, CancellationTokenSource stop)
        {
            public ChunkOrder Order => order;

            public CancellationTokenSource Stop => stop;

            /// <summary>Another peer was first.</summary>
            public bool IsOvertaken { get; set; }
        }
    }
}
