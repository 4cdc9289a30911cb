using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// Takes blobs from clients. The first message of an upload names the blob, and the chain must name it too; so each chunk is checked and kept when
/// it is whole, and nobody has more than one of them in memory here. Whoever the chain names as the owner signs for a place that strangers cannot take:
/// what does not arrive in time costs its trainer a bond.
/// </summary>
/// <param name="genesis">The chain, which the signature names.</param>
/// <param name="wanted">What the chain wants now.</param>
/// <param name="trusted">Who has a place besides the owners: the trainers of this node's configuration.</param>
/// <param name="blobs">Where chunks go.</param>
/// <param name="bytesMax">Of all blobs.</param>
/// <param name="time">For the patience with a client.</param>
internal sealed class UploadDesk(
    GenesisHash genesis, Func<BlobHash, WantedBlob?> wanted, Func<Address, bool> trusted, IBlobStore blobs, long bytesMax, TimeProvider time) : IDisposable
{
    /// <summary>Uploads at one time, a chunk of memory each: for anybody, and for those who signed.</summary>
    internal const int PlacesForAll = 4;

    internal const int PlacesForOwners = 12;

    /// <summary>For each chunk: 0.8 Mbit/s, and whoever sends a byte now and then goes.</summary>
    internal static readonly TimeSpan ChunkTime = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _forAll = new(PlacesForAll);
    private readonly SemaphoreSlim _forOwners = new(PlacesForOwners);

    /// <summary>What the owner of a blob signs for a place: it says no more than that this blob is to come to this chain.</summary>
    public static Hash256 Digest(GenesisHash genesis, BlobHash blob) => new TaggedContent(Domain.Upload, new ByteWriter().Hash(genesis.Value).Hash(blob.Value).ToArray()).Digest;

    public void Dispose()
    {
        _forAll.Dispose();
        _forOwners.Dispose();
    }

    /// <summary>The blob's manifest once all of it is here.</summary>
    /// <exception cref="RpcException">It is not taken, and why.</exception>
    public async Task<BlobManifest> TakeAsync(IAsyncStreamReader<UploadChunk> chunks, CancellationToken cancellationToken)
    {
        using (var limit = new Limit(time, cancellationToken))
            if (!await limit.RunAsync(chunks.MoveNext).ConfigureAwait(false))
                throw RequestChecks.Bad("data: the upload is empty");
        var first = chunks.Current;
        var blob = new BlobHash(first.Blob.RequireHash("blob"));
        if (wanted(blob) is not { } named)
            throw new RpcException(StatusCode.FailedPrecondition, "no candidate that was shown in a round in progress and no delta that is voted on has this blob: reveal or propose first");
        var places = MayHoldAPlace(first, named) ? _forOwners : _forAll;
        if (blobs.TryGetManifest(blob, out var present)) return present;
        if (blobs.Arriving(blob) is null && blobs.Bytes + named.Manifest.Length > bytesMax)
            throw new RpcException(StatusCode.ResourceExhausted, $"this node keeps at most {bytesMax} bytes of blobs: raise blob_bytes_max, or wait until old ones go");
        if (!places.Wait(0, CancellationToken.None))
            throw new RpcException(StatusCode.ResourceExhausted, "all places for uploads are taken: try again later, or sign as the owner of the blob");
        try
        {
            blobs.Begin(named.Manifest);
            await ReceiveAsync(named.Manifest, chunks, cancellationToken).ConfigureAwait(false);
            return named.Manifest;
        }
        finally
        {
            places.Release();
        }
    }

    private bool MayHoldAPlace(UploadChunk first, WantedBlob named)
    {
        if (first.Signature.IsEmpty) return false;
        var signer = first.Signer.RequireAddress("signer");
        if (!Signature.TryFromBytes(first.Signature.Span, out var signature) || !signature.IsBy(signer, Digest(genesis, named.Manifest.Hash)))
            throw new RpcException(StatusCode.PermissionDenied, $"signature: it is not {signer}'s for this blob on this chain");
        return signer == named.Owner || trusted(signer);
    }

    private async Task ReceiveAsync(BlobManifest manifest, IAsyncStreamReader<UploadChunk> chunks, CancellationToken cancellationToken)
    {
        var (chunk, filled) = (new byte[Math.Min(BlobLimits.ChunkBytes, manifest.Length)], 0);
        var limit = new Limit(time, cancellationToken);
        try
        {
            for (var index = 0; index < manifest.ChunkCount;)
            {
                for (var data = chunks.Current.Data.Memory; !data.IsEmpty;)
                {
                    if (index == manifest.ChunkCount) throw RequestChecks.Bad($"data: the blob has {manifest.Length} bytes, more were sent");
                    var part = data[..Math.Min(data.Length, manifest.ChunkLength(index) - filled)];
                    part.CopyTo(chunk.AsMemory(filled));
                    (filled, data) = (filled + part.Length, data[part.Length..]);
                    if (filled < manifest.ChunkLength(index)) continue;
                    if (!blobs.TryAdd(manifest, index, chunk.AsSpan(0, filled), out var fault)) throw RequestChecks.Bad($"data: chunk {index} is not the blob's: {fault}");
                    (index, filled) = (index + 1, 0);
                    limit.Dispose();
                    limit = new Limit(time, cancellationToken);
                }

                if (index < manifest.ChunkCount && !await limit.RunAsync(chunks.MoveNext).ConfigureAwait(false))
                    throw RequestChecks.Bad($"data: it ends in chunk {index} of {manifest.ChunkCount}");
            }
        }
        finally
        {
            limit.Dispose();
        }
    }

    /// <summary>The time that a client has for one chunk, in however many messages.</summary>
    private sealed class Limit : IDisposable
    {
        private readonly CancellationTokenSource _time;
        private readonly CancellationTokenSource _either;
        private readonly CancellationToken _client;

        public Limit(TimeProvider time, CancellationToken client)
        {
            _client = client;
            _time = new CancellationTokenSource(ChunkTime, time);
            _either = CancellationTokenSource.CreateLinkedTokenSource(client, _time.Token);
        }

        public async Task<bool> RunAsync(Func<CancellationToken, Task<bool>> next)
        {
            try
            {
                return await next(_either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!_client.IsCancellationRequested)
            {
                throw new RpcException(StatusCode.DeadlineExceeded, $"a chunk of an upload may take {ChunkTime.TotalSeconds:F0} s");
            }
        }

        public void Dispose()
        {
            _either.Dispose();
            _time.Dispose();
        }
    }
}
