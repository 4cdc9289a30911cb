using System.Collections.Concurrent;
using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// Fetches blobs from all peers that have them, several chunks at a time; every chunk is checked and kept when it arrives, so that a liar
/// wastes one request, and whoever is interrupted goes on later where it stopped, after a restart too. Nobody is waited for: the manifest is
/// asked of all at once where the chain does not name it, a chunk that does not come is asked of the next one, and whoever made others wait is
/// asked last from then on.
/// </summary>
/// <param name="peers">Whom to ask: those that are connected.</param>
/// <param name="request">Asks a peer, as <see cref="PeerNetwork.RequestAsync"/> does.</param>
/// <param name="blobs">Where chunks and blobs are kept.</param>
/// <param name="bytesMax">A blob for which there is no room in so many bytes is not fetched.</param>
/// <param name="time">For the patience with peers.</param>
/// <param name="logger">For what fails.</param>
internal sealed partial class BlobFetcher(
    Func<IReadOnlyList<Address>> peers,
    Func<Address, string, ReadOnlyMemory<byte>, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> request,
    IBlobStore blobs,
    long bytesMax,
    TimeProvider time,
    ILogger logger)
    : IAsyncDisposable
{
    /// <summary>Chunks under way at a time: enough to fill a line with four peers, and 4 MiB of memory; four times that where all are slow.</summary>
    internal const int UnderWayMax = 4;

    /// <summary>For one chunk or manifest: a peer that needs longer for a mebibyte is left out.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // One delay is enough to be asked after the others, and a few good answers make up for many.
    private const int FaultsMax = 4;

    private readonly ConcurrentDictionary<BlobHash, Lazy<Task<bool>>> _running = [];
    private readonly ConcurrentDictionary<Address, int> _faults = [];
    private readonly CancellationTokenSource _stop = new();

    private IBlobStore Blobs => blobs;

    private TimeProvider Time => time;

    private enum Answer
    {
        Came,
        Refused,

        /// <summary>The blob was deleted while it came.</summary>
        Unwanted,
    }

    /// <inheritdoc cref="EnsureAsync(BlobHash, BlobManifest?, CancellationToken)"/>
    public Task<bool> EnsureAsync(BlobHash blob, CancellationToken cancellationToken) => EnsureAsync(blob, null, cancellationToken);

    /// <summary>
    /// Whether the blob is here afterwards. Whoever wants a blob that is under way already waits for that one; who stops waiting stops nobody
    /// else.
    /// </summary>
    /// <param name="blob">What is wanted.</param>
    /// <param name="named">Its manifest where the chain names the chunks: then nobody is asked for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> EnsureAsync(BlobHash blob, BlobManifest? named, CancellationToken cancellationToken)
    {
        if (blobs.Has(blob)) return true;
        if (_stop.IsCancellationRequested) return false;
        var fetch = _running.GetOrAdd(blob, hash => new Lazy<Task<bool>>(() => RunAsync(hash, named)));
        return await fetch.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether so many bytes more may be kept.</summary>
    public bool HasRoom(long bytes) => blobs.Bytes + bytes <= bytesMax;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var fetch in _running.Values) await ((Task)fetch.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// The order in which peers are asked for a blob: another one for each blob, so that nobody is before all others by the choice of its
    /// address, and whoever made others wait at the end.
    /// </summary>
    internal static IReadOnlyList<Address> InOrder(BlobHash blob, IEnumerable<Address> peers, Func<Address, int> faults) =>
        [.. peers.OrderBy(faults).ThenBy(peer => Hash256.Sha256([.. blob.Value.ToArray(), .. peer.ToArray()]))];

    private async Task<bool> RunAsync(BlobHash blob, BlobManifest? named)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // whoever began it has its task before it can end
        try
        {
            return await FetchAsync(blob, named).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            _running.TryRemove(blob, out _);
        }
    }

    private async Task<bool> FetchAsync(BlobHash blob, BlobManifest? named)
    {
        var arriving = blobs.Arriving(blob);
        var manifest = named ?? arriving ?? await ManifestAsync(blob).ConfigureAwait(false);
        if (manifest is null) return false;
        if (arriving is null && !HasRoom(manifest.Length))
        {
            LogNoRoom(blob, manifest.Length, bytesMax);
            return false;
        }

        blobs.Begin(manifest);
        using var chunks = new Chunks(this, manifest);
        await chunks.FetchAsync().ConfigureAwait(false);
        return blobs.Has(blob);
    }

    private IReadOnlyList<Address> PeersFor(BlobHash blob) => InOrder(blob, peers(), peer => _faults.GetValueOrDefault(peer));

    // All at once: the answer is small, and one who stalls holds up nobody.
    private async Task<BlobManifest?> ManifestAsync(BlobHash blob)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
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
        if (await FirstAsync(blob, peer, PeerRelay.ManifestRequest, blob.Value.ToArray(), cancellationToken).ConfigureAwait(false) is not { } bytes) return null;
        if (BlobManifest.TryDecode(bytes.Span, out var manifest, out _) && manifest.Hash == blob) return manifest;
        Fault(blob, peer, "it sent the manifest of another blob");
        return null;
    }

    private async Task<Answer> ChunkAsync(BlobManifest manifest, ChunkOrder order, CancellationToken cancellationToken)
    {
        var question = PeerRelay.EncodeChunkRequest(manifest.Hash, order.Chunk);
        if (await FirstAsync(manifest.Hash, order.Peer, PeerRelay.ChunkRequest, question, cancellationToken).ConfigureAwait(false) is not { } bytes) return Answer.Refused;
        if (blobs.TryAdd(manifest, order.Chunk, bytes.Span, out var fault))
        {
            _faults.TryRemove(order.Peer, out _);
            return Answer.Came;
        }

        if (fault == ChunkFault.NotArriving) return Answer.Unwanted;
        Fault(manifest.Hash, order.Peer, $"chunk {order.Chunk}: {fault}");
        return Answer.Refused;
    }

    // Null where the peer is away, has it not, or takes too long.
    private async Task<ReadOnlyMemory<byte>?> FirstAsync(BlobHash blob, Address peer, string kind, byte[] payload, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await foreach (var answer in request(peer, kind, payload, limit.Token).ConfigureAwait(false)) return answer;
            LogFailed(blob, peer, "it has it not");
        }
        catch (Exception failure) when (failure is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Fault(blob, peer, failure.Message);
        }

        return null;
    }

    private void Fault(BlobHash blob, Address peer, string reason)
    {
        WasSlow(peer);
        LogFailed(blob, peer, reason);
    }

    private void WasSlow(Address peer) => _faults.AddOrUpdate(peer, 1, (_, faults) => Math.Min(faults + 1, FaultsMax));

    [LoggerMessage(Level = LogLevel.Debug, Message = "blob {Blob} was not to be had from {Peer}: {Reason}")]
    private partial void LogFailed(BlobHash blob, Address peer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "blob {Blob} of {Bytes} bytes is not fetched: blob_bytes_max is {BytesMax}, and there is no room for it")]
    private partial void LogNoRoom(BlobHash blob, int bytes, long bytesMax);

    /// <summary>The chunks of one blob on their way.</summary>
    private sealed class Chunks(BlobFetcher fetcher, BlobManifest manifest) : IDisposable
    {
        private readonly ChunkPlan _plan = new(fetcher.Blobs.Missing(manifest), fetcher.PeersFor(manifest.Hash), UnderWayMax);
        private readonly Dictionary<Task<Answer>, Request> _underWay = [];
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(fetcher._stop.Token);
        private readonly long _began = fetcher.Time.GetTimestamp();

        private TimeSpan Now => fetcher.Time.GetElapsedTime(_began);

        public async Task FetchAsync()
        {
            try
            {
                var isWanted = true;
                while (isWanted && !_plan.IsDone && !_plan.IsStuck)
                {
                    _plan.Add(fetcher.PeersFor(manifest.Hash)); // whoever has come since
                    for (var now = Now; _plan.Next(now) is { } order;) Ask(order);
                    if (await NextAsync().ConfigureAwait(false) is { } ended) isWanted = await TakeAsync(ended).ConfigureAwait(false);
                }
            }
            finally
            {
                await _stop.CancelAsync().ConfigureAwait(false);
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

        // Null where something became slow first.
        private async Task<Task<Answer>?> NextAsync()
        {
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var slow = _plan.UntilSlow(Now) is { } left
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
