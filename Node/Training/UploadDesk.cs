using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// Takes blobs from clients. The first message of an upload names the blob, and the chain must name it too; so each chunk is checked and kept when
/// it is whole, and nobody has more than one of them in memory here. Whoever the chain names as the owner signs for a place that strangers cannot take:
/// what does not arrive in time costs its trainer a bond. A blob has one place among the owners', so that there are as many as blobs can be wanted
/// and no owner keeps another out, and the trainers of this node's configuration have some of their own.
/// </summary>
/// <param name="permits">Whose signature opens an upload.</param>
/// <param name="wanted">What the chain wants now.</param>
/// <param name="trusted">Who has a place besides the owners: the trainers of this node's configuration.</param>
/// <param name="blobs">Where chunks go.</param>
/// <param name="room">What there is for them.</param>
/// <param name="tasks">Of the chain: each may have a round in progress.</param>
/// <param name="time">For the patience with a client.</param>
internal sealed class UploadDesk(
    UploadPermits permits, Func<BlobHash, WantedBlob?> wanted, Func<Address, bool> trusted, IBlobStore blobs, BlobRoom room, int tasks, TimeProvider time)
{
    /// <summary>Uploads at one time, a chunk of memory each: for anybody, for owners for each task (all candidates in both forms), for trusted trainers.</summary>
    internal const int PlacesForAll = 4;

    internal const int PlacesForOwners = 2 * Limits.CandidatesMax;

    internal const int PlacesForTrusted = 4;

    /// <summary>A checkpoint and its delta.</summary>
    internal const int PlacesPerSigner = 2;

    /// <summary>For each chunk: 0.8 Mbit/s, and whoever sends a byte now and then goes.</summary>
    internal static readonly TimeSpan ChunkTime = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<Place> _taken = [];

    private enum Hall
    {
        All,
        Owners,
        Trusted,
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
            throw new RpcException(StatusCode.FailedPrecondition, "no candidate that was shown in a round in progress, no delta that is voted on and no sealed set that is offered has this blob: reveal, propose or offer first");
        var (hall, by) = HallOf(first, named);
        if (blobs.TryGetManifest(blob, out var present)) return present;
        if (blobs.Arriving(blob) is null && !room.TryTake(named.Manifest.Length, named.Purpose))
            throw new RpcException(StatusCode.ResourceExhausted, $"this node keeps at most {room.BytesMax} bytes of blobs: raise blob_bytes_max, or wait until old ones go");
        var place = TakePlace(hall, by, blob, named.Owner);
        try
        {
            blobs.Begin(named.Manifest);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, place.Lost);
            await ReceiveAsync(named.Manifest, chunks, either.Token).ConfigureAwait(false);
            return named.Manifest;
        }
        catch (OperationCanceledException) when (place.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(StatusCode.Aborted, "a newer upload of the same blob took over");
        }
        finally
        {
            lock (_gate) _taken.Remove(place);
        }
    }

    // A second upload of a blob by who may bring it takes the first one's place: the line of the first may be dead, and only its time limit would tell.
    private Place TakePlace(Hall hall, Address by, BlobHash blob, Address owner)
    {
        lock (_gate)
        {
            if (hall != Hall.All && _taken.Find(taken => taken.Hall != Hall.All && taken.By == by && taken.Blob == blob) is { } older)
            {
                _taken.Remove(older);
                older.Lose();
            }

            if (hall == Hall.Trusted && by == owner && !HasPlace(hall, by, blob)) hall = Hall.Owners;
            if (!HasPlace(hall, by, blob))
                throw new RpcException(StatusCode.ResourceExhausted, "all places for uploads are taken, or this blob's or this signer's: try again later, or sign as the owner of the blob");
            var place = new Place(hall, by, blob);
            _taken.Add(place);
            return place;
        }
    }

    private bool HasPlace(Hall hall, Address by, BlobHash blob)
    {
        var inHall = _taken.Count(taken => taken.Hall == hall);
        if (hall == Hall.All) return inHall < PlacesForAll;
        if (_taken.Count(taken => taken.Hall != Hall.All && taken.By == by) >= PlacesPerSigner) return false;
        if (hall == Hall.Trusted) return inHall < PlacesForTrusted;
        return inHall < PlacesForOwners * Math.Max(tasks, 1) && _taken.TrueForAll(taken => taken.Hall != Hall.Owners || taken.Blob != blob);
    }

    // Only who gets a place by its signature is remembered: those are few, whoever else may sign.
    private (Hall Hall, Address By) HallOf(UploadChunk first, WantedBlob named)
    {
        var blob = named.Manifest.Hash;
        if (permits.SignerOf(first, blob) is not { } signer) return (Hall.All, default);
        if (!trusted(signer) && signer != named.Owner) return (Hall.All, signer);
        lock (_gate) permits.Spend(signer, blob, first.TimeMs);
        return (trusted(signer) ? Hall.Trusted : Hall.Owners, signer);
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
                    if (index < manifest.ChunkCount && blobs.Has(manifest.Hash)) return; // the rest came another way
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

    /// <summary>What one upload holds.</summary>
    private sealed class Place(Hall hall, Address by, BlobHash blob)
    {
        private readonly CancellationTokenSource _lost = new();

        public Hall Hall => hall;

        public Address By => by;

        public BlobHash Blob => blob;

        /// <summary>Another upload of the blob has it now.</summary>
        public CancellationToken Lost => _lost.Token;

        public void Lose() => _ = _lost.CancelAsync();
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
