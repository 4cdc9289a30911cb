using System.Collections.Concurrent;
using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// Fetches blobs from all peers that have them, several chunks at a time; every chunk is checked and kept when it arrives, so that a liar
/// wastes one request, and whoever is interrupted goes on later where it stopped, after a restart too.
/// </summary>
/// <param name="peers">Whom to ask: those that are connected.</param>
/// <param name="request">Asks a peer, as <see cref="PeerNetwork.RequestAsync"/> does.</param>
/// <param name="blobs">Where chunks and blobs are kept.</param>
/// <param name="time">For the patience with peers.</param>
/// <param name="logger">For what fails.</param>
internal sealed partial class BlobFetcher(
    Func<IReadOnlyList<Address>> peers,
    Func<Address, string, ReadOnlyMemory<byte>, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> request,
    IBlobStore blobs,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Chunks under way at a time: enough to fill a line with four peers, and 4 MiB of memory.</summary>
    internal const int UnderWayMax = 4;

    /// <summary>For one chunk or manifest: a peer that needs longer for a mebibyte is left out.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<BlobHash, Lazy<Task<bool>>> _running = [];

    /// <summary>Whether the blob is here afterwards. Whoever wants a blob that is under way already waits for that one.</summary>
    public async Task<bool> EnsureAsync(BlobHash blob, CancellationToken cancellationToken)
    {
        if (blobs.Has(blob)) return true;
        var fetch = _running.GetOrAdd(blob, hash => new Lazy<Task<bool>>(() => FetchAsync(hash, cancellationToken)));
        try
        {
            return await fetch.Value.ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(KeyValuePair.Create(blob, fetch));
        }
    }

    private async Task<bool> FetchAsync(BlobHash blob, CancellationToken cancellationToken)
    {
        var asked = peers();
        var manifest = blobs.Arriving(blob) ?? await ManifestAsync(blob, asked, cancellationToken).ConfigureAwait(false);
        if (manifest is null) return false;
        blobs.Begin(manifest);
        var plan = new ChunkPlan(blobs.Missing(manifest), asked, UnderWayMax);
        var underWay = new Dictionary<Task<bool>, ChunkOrder>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (!plan.IsDone && !plan.IsStuck)
            {
                while (plan.Next() is { } order) underWay.Add(ChunkAsync(manifest, order, stop.Token), order);
                var ended = await Task.WhenAny(underWay.Keys).ConfigureAwait(false);
                underWay.Remove(ended, out var done);
                if (await ended.ConfigureAwait(false)) plan.Arrived(done);
                else plan.Failed(done);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var task in underWay.Keys) await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return blobs.Has(blob);
    }

    private async Task<BlobManifest?> ManifestAsync(BlobHash blob, IReadOnlyList<Address> asked, CancellationToken cancellationToken)
    {
        foreach (var peer in asked)
        {
            if (await FirstAsync(blob, peer, PeerRelay.ManifestRequest, blob.Value.ToArray(), cancellationToken).ConfigureAwait(false) is not { } bytes) continue;
            if (BlobManifest.TryDecode(bytes.Span, out var manifest, out _) && manifest.Hash == blob) return manifest;
            LogFailed(blob, peer, "it sent the manifest of another blob");
        }

        return null;
    }

    private async Task<bool> ChunkAsync(BlobManifest manifest, ChunkOrder order, CancellationToken cancellationToken)
    {
        var question = PeerRelay.EncodeChunkRequest(manifest.Hash, order.Chunk);
        if (await FirstAsync(manifest.Hash, order.Peer, PeerRelay.ChunkRequest, question, cancellationToken).ConfigureAwait(false) is not { } bytes) return false;
        if (blobs.TryAdd(manifest, order.Chunk, bytes.Span, out var fault)) return true;
        LogFailed(manifest.Hash, order.Peer, $"chunk {order.Chunk}: {fault}");
        return false;
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
            LogFailed(blob, peer, failure.Message);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "blob {Blob} was not to be had from {Peer}: {Reason}")]
    private partial void LogFailed(BlobHash blob, Address peer, string reason);
}
