using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>Blobs by their hash; a blob is there whole or not at all. Safe to call from any thread.</summary>
public interface IBlobStore
{
    /// <summary>Keeps a blob, on the disk on return; one that is there already costs nothing more than its hash.</summary>
    BlobManifest Put(ReadOnlySpan<byte> blob);

    /// <summary>Keeps a blob whose chunks have all arrived.</summary>
    void Put(BlobAssembly complete);

    bool Has(BlobHash hash);

    bool TryGetManifest(BlobHash hash, [NotNullWhen(true)] out BlobManifest? manifest);

    /// <summary>One chunk, or null where the blob or the chunk is not there.</summary>
    byte[]? ReadChunk(BlobHash hash, int index);

    /// <summary>The whole blob, or null where it is not there.</summary>
    byte[]? Read(BlobHash hash);

    /// <summary>Forgets a blob; one that is not there is no fault.</summary>
    void Delete(BlobHash hash);

    /// <summary>Hashes of all blobs in their order, as they are when the walk begins.</summary>
    IEnumerable<BlobHash> List();
}

/// <summary>
/// Blobs in one column of a store. A manifest is under <c>0 || hash</c> and a chunk under <c>1 || hash || number</c>, so that a walk
/// over the manifests reads no chunks.
/// </summary>
public sealed class BlobStore(IKeyValueStore store, Column column) : IBlobStore
{
    private const byte ManifestKey = 0;
    private const byte ChunkKey = 1;

    public BlobManifest Put(ReadOnlySpan<byte> blob)
    {
        var manifest = BlobManifest.Of(blob);
        if (Has(manifest.Hash)) return manifest;
        var batch = new WriteBatch();
        for (var i = 0; i < manifest.ChunkCount; i++) batch.Put(column, KeyOf(manifest.Hash, i), BlobManifest.ChunkOf(blob, i));
        store.Write(batch.Put(column, KeyOf(manifest.Hash), manifest.Encode()), durable: true);
        return manifest;
    }

    public void Put(BlobAssembly complete)
    {
        var assembled = complete.TryGetBlob(out var blob);
        Invariant.Check(assembled, "a blob is kept when all of it has arrived");
        Put(blob);
    }

    public bool Has(BlobHash hash) => store.TryGet(column, KeyOf(hash), out _);

    public bool TryGetManifest(BlobHash hash, [NotNullWhen(true)] out BlobManifest? manifest)
    {
        manifest = null;
        if (!store.TryGet(column, KeyOf(hash), out var bytes)) return false;
        if (BlobManifest.TryDecode(bytes, out manifest, out var fault) && manifest.Hash == hash) return true;
        throw new StoreFailedException($"the manifest of blob {hash} is damaged: {fault}");
    }

    public byte[]? ReadChunk(BlobHash hash, int index) =>
        index is >= 0 and < BlobLimits.ChunksMax ? store.Get(column, KeyOf(hash, index)) : null;

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

    public void Delete(BlobHash hash) =>
        store.Write(new WriteBatch().Delete(column, KeyOf(hash)).DeletePrefix(column, [ChunkKey, .. hash.Value.ToArray()]), durable: false);

    public IEnumerable<BlobHash> List() =>
        store.Scan(column, KeyRange.Prefix([ManifestKey])).Select(entry => new BlobHash(Hash256.FromBytes(entry.Key.AsSpan(1))));

    private static byte[] KeyOf(BlobHash hash) => [ManifestKey, .. hash.Value.ToArray()];

    private static byte[] KeyOf(BlobHash hash, int index) => [ChunkKey, .. hash.Value.ToArray(), checked((byte)index)];
}
