using System.Diagnostics.CodeAnalysis;

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
    /// nothing.
    /// </summary>
    bool TryAdd(BlobManifest manifest, int index, ReadOnlySpan<byte> bytes, out ChunkFault fault);
}

/// <summary>
/// Blobs in one column of a store. A manifest is under <c>0 || hash</c> and a chunk under <c>1 || hash || number</c>, so that a walk
/// over the manifests reads no chunks. The manifest of a blob that is arriving is under <c>2 || hash</c>: what makes it whole is one small write.
/// </summary>
public sealed class BlobStore(IKeyValueStore store, Column column) : IBlobStore
{
    private const byte ManifestKey = 0;
    private const byte ChunkKey = 1;
    private const byte ArrivingKey = 2;

    // Two chunks that arrive at one time must not both find the other missing, and none may come in while its blob is deleted.
    private readonly Lock _arrival = new();

    public BlobManifest Put(ReadOnlySpan<byte> blob)
    {
        var manifest = BlobManifest.Of(blob);
        if (Has(manifest.Hash)) return manifest;
        var batch = new WriteBatch();
        for (var i = 0; i < manifest.ChunkCount; i++) batch.Put(column, KeyOf(manifest.Hash, i), BlobManifest.ChunkOf(blob, i));
        lock (_arrival)
            store.Write(batch.Put(column, KeyOf(ManifestKey, manifest.Hash), manifest.Encode()).Delete(column, KeyOf(ArrivingKey, manifest.Hash)), durable: true);
        return manifest;
    }

    public bool Has(BlobHash hash) => store.TryGet(column, KeyOf(ManifestKey, hash), out _);

    public bool TryGetManifest(BlobHash hash, [NotNullWhen(true)] out BlobManifest? manifest)
    {
        manifest = Manifest(ManifestKey, hash);
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
            store.Write(
                new WriteBatch().Delete(column, KeyOf(ManifestKey, hash)).Delete(column, KeyOf(ArrivingKey, hash)).DeletePrefix(column, KeyOf(ChunkKey, hash)),
                durable: false);
    }

    public IEnumerable<BlobHash> List() => Hashes(ManifestKey);

    public void Begin(BlobManifest manifest)
    {
        lock (_arrival)
        {
            if (Has(manifest.Hash)) return;
            var batch = new WriteBatch().Put(column, KeyOf(ArrivingKey, manifest.Hash), manifest.Encode());
            if (manifest.ChunkCount > 0) store.Write(batch, durable: false);
            else store.Write(new WriteBatch().Put(column, KeyOf(ManifestKey, manifest.Hash), manifest.Encode()), durable: true);
        }
    }

    public BlobManifest? Arriving(BlobHash hash) => Manifest(ArrivingKey, hash);

    public IEnumerable<BlobHash> ListArriving() => Hashes(ArrivingKey);

    // A walk over the keys would read the chunks too; a look at each costs less where most are missing, and at most 64 reads.
    public IReadOnlyList<int> Missing(BlobManifest manifest) =>
        Has(manifest.Hash) ? [] : [.. Enumerable.Range(0, manifest.ChunkCount).Where(index => !store.TryGet(column, KeyOf(manifest.Hash, index), out _))];

    public bool TryAdd(BlobManifest manifest, int index, ReadOnlySpan<byte> bytes, out ChunkFault fault)
    {
        if (!manifest.TryVerifyChunk(index, bytes, out fault)) return false;
        lock (_arrival)
        {
            var missing = Missing(manifest);
            if (!missing.Contains(index)) return true;
            var batch = new WriteBatch().Put(column, KeyOf(manifest.Hash, index), bytes);
            var isLast = missing.Count == 1;
            if (isLast) batch.Put(column, KeyOf(ManifestKey, manifest.Hash), manifest.Encode()).Delete(column, KeyOf(ArrivingKey, manifest.Hash));
            // The durable write of the last one makes those before it durable too.
            store.Write(batch, durable: isLast);
            return true;
        }
    }

    private BlobManifest? Manifest(byte kind, BlobHash hash)
    {
        if (!store.TryGet(column, KeyOf(kind, hash), out var bytes)) return null;
        if (BlobManifest.TryDecode(bytes, out var manifest, out var fault) && manifest.Hash == hash) return manifest;
        throw new StoreFailedException($"the manifest of blob {hash} is damaged: {fault}");
    }

    private IEnumerable<BlobHash> Hashes(byte kind) =>
        store.Scan(column, KeyRange.Prefix([kind])).Select(entry => new BlobHash(Hash256.FromBytes(entry.Key.AsSpan(1))));

    private static byte[] KeyOf(byte kind, BlobHash hash) => [kind, .. hash.Value.ToArray()];

    private static byte[] KeyOf(BlobHash hash, int index) => [ChunkKey, .. hash.Value.ToArray(), checked((byte)index)];
}
