using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Fetches blobs from whichever peer has them; every chunk is checked when it arrives, so that a liar wastes one request.</summary>
internal sealed partial class BlobFetcher(PeerNetwork network, IBlobStore blobs, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Whether the blob is here afterwards.</summary>
    public async Task<bool> EnsureAsync(BlobHash blob, CancellationToken cancellationToken)
    {
        if (blobs.Has(blob)) return true;
        foreach (var peer in network.Peers.Where(peer => peer.Connected).Select(peer => peer.Address))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            try
            {
                if (await TryFetchAsync(peer, blob, limit.Token).ConfigureAwait(false)) return true;
            }
            catch (Exception failure) when (failure is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                LogFailed(blob, peer, failure.Message);
            }
        }

        return false;
    }

    private async Task<bool> TryFetchAsync(Address peer, BlobHash blob, CancellationToken cancellationToken)
    {
        var answer = await FirstAsync(peer, PeerRelay.ManifestRequest, blob.Value.ToArray(), cancellationToken).ConfigureAwait(false);
        if (answer is not { } bytes) return false;
        if (!BlobManifest.TryDecode(bytes.Span, out var manifest, out _) || manifest.Hash != blob)
        {
            LogFailed(blob, peer, "it sent the manifest of another blob");
            return false;
        }

        var assembly = new BlobAssembly(manifest);
        foreach (var index in assembly.Missing.ToArray())
        {
            var chunk = await FirstAsync(peer, PeerRelay.ChunkRequest, PeerRelay.EncodeChunkRequest(blob, index), cancellationToken).ConfigureAwait(false);
            if (chunk is { } content && assembly.TryAdd(index, content.Span, out _)) continue;
            LogFailed(blob, peer, $"it has not chunk {index} or sent another");
            return false;
        }

        blobs.Put(assembly);
        return true;
    }

    private async Task<ReadOnlyMemory<byte>?> FirstAsync(Address peer, string kind, byte[] payload, CancellationToken cancellationToken)
    {
        await foreach (var answer in network.RequestAsync(peer, kind, payload, cancellationToken).ConfigureAwait(false)) return answer;
        return null;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "blob {Blob} was not to be had from {Peer}: {Reason}")]
    private partial void LogFailed(BlobHash blob, Address peer, string reason);
}
