using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace NeuroChain.Chain;

/// <summary>
/// Blobs by their hash. A blob is there whole or not at all; while it arrives, its chunks wait beside it and survive a restart. Safe to call
/// from any thread.
/// </summary>
public interface IBlobStore
{
    /// <summary>Keeps a blob, on the disk on return; one that is there already costs nothing more than its hash.</summary>
    BlobManifest Put(ReadOnlySpan<byte> blob);

    bool Has(BlobHash hash);

    bool TryGetManifest(BlobHash hash, [NotNullWhen(true)] out BlobManifest? manifest);

    /// <summary>One chunk, or null where the blob or the chunk is not there.</summary>
    byte[]? ReadChunk(BlobHash hash, int index);

    /// <summary>The whole blob, or null where it is not there.</summary>
    byte[]? Read(BlobHash hash);

    /// <summary>Forgets a blob, also one that is still arriving; one that is not there is no fault.</summary>
    void Delete(BlobHash hash);

    /// <summary>Hashes of all blobs in their order, as they are when the walk begins.</summary>
    IEnumerable<BlobHash> List();

    /// <summary>Bytes of all blobs; one that is arriving counts with its whole length.</summary>
    long Bytes { get; }

    /// <summary>Bytes of deleted blobs that may still take room on the disk, since <see cref="Reclaim"/>, after a restart too.</summary>
    long Reclaimable { get; }

    /// <summary>
    /// Gives back the disk's room of some of what was deleted: a part of the column that has about a quarter GiB is written anew, which takes seconds,
    /// however much there is. Readers and writers do not notice.
    /// </summary>
    /// <returns>Whether there is more to give back.</returns>
    bool Reclaim();

    /// <summary>Notes that a blob is to arrive.</summary>
    void Begin(BlobManifest manifest);

    /// <summary>The manifest of a blob that is arriving; null where none is.</summary>
    BlobManifest? Arriving(BlobHash hash);

    /// <summary>Hashes of the blobs that are arriving, in their order.</summary>
    IEnumerable<BlobHash> ListArriving();

    /// <summary>The chunks that are still to come, lowest first; none where the blob is there.</summary>
    IReadOnlyList<int> Missing(BlobManifest manifest);

    /// <summary>
    /// Keeps a chunk that fits; with the last one the blob is there, on the disk on return. One that was there already is no fault and changes
    /// nothing. A chunk of a blob that nobody has begun is refused.
    /// </summary>
    bool TryAdd(BlobManifest manifest, int index, ReadOnlySpan<byte> bytes, out ChunkFault fault);
}

/// <summary>
/// Blobs in one column of a store. A manifest is under <c>0 || hash</c> and a chunk under <c>1 || hash || number</c>, so that a walk
/// over the manifests reads no chunks. A blob that is arriving has <c>mask 8 || manifest</c> under <c>2 || hash</c>: bit i of the mask says that
/// chunk i is there, so that nobody reads chunks to learn it, and what makes the blob whole is one small write. A deleted one whose room the
/// disk may not have back yet has its length, 8 bytes, under <c>3 || hash</c>.
/// </summary>
/// <param name="store">Where the column is.</param>
/// <param name="column">All of it is blobs'.</param>
/// <param name="damaged">
/// Told of records that are none. What has a damaged manifest is not there, and comes anew where it is wanted; what was half here is forgotten. One
/// bad record must not make a node deaf to all other blobs.
/// </param>
public sealed class BlobStore(IKeyValueStore store, Column column, Action<string>? damaged = null) : IBlobStore
{
    private const byte ManifestKey = 0;
    private const byte ChunkKey = 1;
    private const byte ArrivingKey = 2;
    private const byte DeletedKey = 3;

    /// <summary>Files have some tens of megabytes: to rewrite those of a blob is worth while where the blob is not much smaller.</summary>
    private const long OwnFilesMin = 16L << 20;

    /// <summary>So much is written anew at a time: the disk is others' too.</summary>
    private const long ReclaimBytes = 256L << 20;

    // Two chunks that arrive at one time must not both find the other missing, and none may come in while its blob is deleted.
    private readonly Lock _arrival = new();

    // Counted at the first question, then kept.
    private long? _bytes;
    private long? _reclaimable;

    // A record is asked for often, and told of once.
    private readonly ConcurrentDictionary<BlobHash, bool> _told = [];

    public long Bytes
    {
        get
        {
            lock (_arrival) return _bytes ??= List().Select(ManifestOf).Concat(ListArriving().Select(Arriving)).Sum(manifest => (long)(manifest?.Length ?? 0));
        }
    }

    public long Reclaimable
    {
        get
        {
            lock (_arrival) return _reclaimable ??= Deleted().Sum(blob => blob.Bytes);
        }
    }

    // Hashes are spread evenly, so a share of them is that share of the bytes. A restart begins where this ended: what is done is not listed any more.
    public bool Reclaim()
    {
        var (deleted, all) = (Deleted().ToList(), Bytes + Reclaimable);
        if (deleted.Count == 0) return false;
        var width = all > ReclaimBytes ? (ulong)((UInt128)ulong.MaxValue * (ulong)ReclaimBytes / (ulong)all) : ulong.MaxValue;
        var first = PlaceOf(deleted[0].Blob);
        var part = deleted.TakeWhile(blob => PlaceOf(blob.Blob) - first <= width).ToList();
        if (part.Sum(blob => blob.Bytes) / part.Count >= OwnFilesMin) foreach (var (hash, _) in part) store.Compact(column, KeyRange.Prefix(KeyOf(ChunkKey, hash)));
        else store.Compact(column, KeyRange.Between(KeyOf(ChunkKey, deleted[0].Blob), [.. KeyOf(ChunkKey, part[^1].Blob), 0xff]));
        var done = new WriteBatch();
        foreach (var (hash, _) in part) done.Delete(column, KeyOf(DeletedKey, hash));
        lock (_arrival)
        {
            store.Write(done, durable: false);
            _reclaimable = null; // some may have been deleted since
        }

        return part.Count < deleted.Count;
    }

    public BlobManifest Put(ReadOnlySpan<byte> blob)
    {
        var manifest = BlobManifest.Of(blob);
        if (Has(manifest.Hash)) return manifest;
        var batch = new WriteBatch();
        for (var i = 0; i < manifest.ChunkCount; i++) batch.Put(column, KeyOf(manifest.Hash, i), BlobManifest.ChunkOf(blob, i));
        lock (_arrival)
        {
            var known = Has(manifest.Hash) || Arriving(manifest.Hash) is not null;
            store.Write(batch.Put(column, KeyOf(ManifestKey, manifest.Hash), manifest.Encode()).Delete(column, KeyOf(ArrivingKey, manifest.Hash)), durable: false);
            if (!known) _bytes += manifest.Length;
        }

        // A durable write makes all before it durable. It is one of nothing, and nobody who only asks what is here waits for the disk meanwhile.
        store.Write(new WriteBatch().Delete(column, [DeletedKey]), durable: true);
        return manifest;
    }

    public bool Has(BlobHash hash) => ManifestOf(hash) is not null;

    public bool TryGetManifest(BlobHash hash, [NotNullWhen(true)] out BlobManifest? manifest)
    {
        manifest = ManifestOf(hash);
        return manifest is not null;
    }

    public byte[]? ReadChunk(BlobHash hash, int index) =>
        index is >= 0 and < BlobLimits.ChunksMax && Has(hash) ? store.Get(column, KeyOf(hash, index)) : null;

    public byte[]? Read(BlobHash hash)
    {
        if (!TryGetManifest(hash, out var manifest)) return null;
        var blob = new byte[manifest.Length];
        for (var i = 0; i < manifest.ChunkCount; i++)
        {
            if (ReadChunk(hash, i) is not { } chunk) return null; // deleted while we read
            chunk.CopyTo(blob, i * BlobLimits.ChunkBytes);
        }

        return blob;
    }

    public void Delete(BlobHash hash)
    {
        lock (_arrival)
        {
            long length = (ManifestOf(hash) ?? Arriving(hash))?.Length ?? 0;
            var batch = new WriteBatch().Delete(column, KeyOf(ManifestKey, hash)).Delete(column, KeyOf(ArrivingKey, hash)).DeletePrefix(column, KeyOf(ChunkKey, hash));
            if (length > 0) batch.Put(column, KeyOf(DeletedKey, hash), new ByteWriter().UInt64((ulong)length).ToArray());
            store.Write(batch, durable: false);
            _bytes -= length;
            _reclaimable = null; // it may have been deleted before, and come again since
        }
    }

    public IEnumerable<BlobHash> List() => Hashes(ManifestKey);

    public void Begin(BlobManifest manifest)
    {
        lock (_arrival)
        {
            if (Has(manifest.Hash) || Arriving(manifest.Hash) is not null) return;
            if (manifest.ChunkCount > 0) store.Write(new WriteBatch().Put(column, KeyOf(ArrivingKey, manifest.Hash), Arrival(0, manifest)), durable: false);
            else store.Write(new WriteBatch().Put(column, KeyOf(ManifestKey, manifest.Hash), manifest.Encode()), durable: true);
            _bytes += manifest.Length;
        }
    }

    public BlobManifest? Arriving(BlobHash hash) => TryGetArrival(hash, out _, out var manifest) ? manifest : null;

    public IEnumerable<BlobHash> ListArriving() => Hashes(ArrivingKey);

    public IReadOnlyList<int> Missing(BlobManifest manifest)
    {
        if (Has(manifest.Hash)) return [];
        var mask = TryGetArrival(manifest.Hash, out var came, out _) ? came : 0;
        return [.. Enumerable.Range(0, manifest.ChunkCount).Where(index => (mask >> index & 1) == 0)];
    }

    public bool TryAdd(BlobManifest manifest, int index, ReadOnlySpan<byte> bytes, out ChunkFault fault)
    {
        if (!manifest.TryVerifyChunk(index, bytes, out fault)) return false;
        lock (_arrival)
        {
            if (Has(manifest.Hash)) return true;
            fault = ChunkFault.NotArriving;
            if (!TryGetArrival(manifest.Hash, out var mask, out _)) return false;
            fault = ChunkFault.None;
            if ((mask >> index & 1) != 0) return true;
            mask |= 1UL << index;
            var isLast = BitOperations.PopCount(mask) == manifest.ChunkCount;
            var batch = new WriteBatch().Put(column, KeyOf(manifest.Hash, index), bytes);
            if (isLast) batch.Put(column, KeyOf(ManifestKey, manifest.Hash), manifest.Encode()).Delete(column, KeyOf(ArrivingKey, manifest.Hash));
            else batch.Put(column, KeyOf(ArrivingKey, manifest.Hash), Arrival(mask, manifest));
            // The durable write of the last one makes those before it durable too.
            store.Write(batch, durable: isLast);
            return true;
        }
    }

    private BlobManifest? ManifestOf(BlobHash hash)
    {
        if (!store.TryGet(column, KeyOf(ManifestKey, hash), out var bytes)) return null;
        if (TryDecode(hash, bytes, out var manifest, out var fault)) return manifest;
        if (_told.TryAdd(hash, true)) damaged?.Invoke($"the manifest of blob {hash} is damaged ({fault}): the blob counts as not being here");
        return null;
    }

    private bool TryGetArrival(BlobHash hash, out ulong mask, [NotNullWhen(true)] out BlobManifest? manifest)
    {
        (mask, manifest) = (0, null);
        if (!store.TryGet(column, KeyOf(ArrivingKey, hash), out var bytes)) return false;
        var fault = BlobFault.Truncated;
        if (bytes.Length >= sizeof(ulong) && TryDecode(hash, bytes.AsSpan(sizeof(ulong)), out manifest, out fault))
        {
            mask = BinaryPrimitives.ReadUInt64BigEndian(bytes);
            return true;
        }

        damaged?.Invoke($"what there was of blob {hash}, which was arriving, is damaged ({fault}) and is forgotten");
        Forget(hash, bytes);
        return false;
    }

    // Only a cache of what comes again. It goes where it is still what was read.
    private void Forget(BlobHash hash, byte[] arriving)
    {
        lock (_arrival)
        {
            if (!store.TryGet(column, KeyOf(ArrivingKey, hash), out var now) || !now.AsSpan().SequenceEqual(arriving)) return;
            var batch = new WriteBatch().Delete(column, KeyOf(ArrivingKey, hash));
            if (!Has(hash)) batch.DeletePrefix(column, KeyOf(ChunkKey, hash));
            store.Write(batch, durable: false);
            _bytes = null;
        }
    }

    private static byte[] Arrival(ulong mask, BlobManifest manifest)
    {
        var head = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(head, mask);
        return [.. head, .. manifest.Encode()];
    }

    private static bool TryDecode(BlobHash hash, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BlobManifest? manifest, out BlobFault fault)
    {
        if (BlobManifest.TryDecode(bytes, out manifest, out fault) && manifest.Hash == hash) return true;
        manifest = null;
        return false;
    }

    private IEnumerable<(BlobHash Blob, long Bytes)> Deleted() =>
        from entry in store.Scan(column, KeyRange.Prefix([DeletedKey]))
        where entry.Key.Length == 1 + Hash256.Size && entry.Value.Length == sizeof(ulong)
        select (new BlobHash(Hash256.FromBytes(entry.Key.AsSpan(1))), (long)BinaryPrimitives.ReadUInt64BigEndian(entry.Value));

    private static ulong PlaceOf(BlobHash hash) => BinaryPrimitives.ReadUInt64BigEndian(hash.Value.ToArray());

    private IEnumerable<BlobHash> Hashes(byte kind) =>
        store.Scan(column, KeyRange.Prefix([kind])).Select(entry => new BlobHash(Hash256.FromBytes(entry.Key.AsSpan(1))));

    private static byte[] KeyOf(byte kind, BlobHash hash) => [kind, .. hash.Value.ToArray()];

    private static byte[] KeyOf(BlobHash hash, int index) => [ChunkKey, .. hash.Value.ToArray(), checked((byte)index)];
}
