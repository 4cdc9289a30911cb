using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// A blob on its way: chunks come in any order, from anybody, and each is checked when it arrives. Memory is taken for what has
/// arrived only, never for what a manifest promises. For one thread at a time.
/// </summary>
public sealed class BlobAssembly(BlobManifest manifest)
{
    private readonly byte[]?[] _chunks = new byte[manifest.ChunkCount][];
    private int _arrived;

    public BlobManifest Manifest => manifest;

    public bool IsComplete => _arrived == manifest.ChunkCount;

    /// <summary>Numbers of the chunks that are still to come, lowest first.</summary>
    public IEnumerable<int> Missing => Enumerable.Range(0, manifest.ChunkCount).Where(i => _chunks[i] is null);

    /// <summary>Takes a chunk that fits; one that was there already is no fault and changes nothing.</summary>
    public bool TryAdd(int index, ReadOnlySpan<byte> bytes, out ChunkFault fault)
    {
        if (!manifest.TryVerifyChunk(index, bytes, out fault)) return false;
        if (_chunks[index] is not null) return true;
        _chunks[index] = bytes.ToArray();
        _arrived++;
        return true;
    }

    /// <summary>The whole blob, where every chunk has arrived.</summary>
    public bool TryGetBlob([NotNullWhen(true)] out byte[]? blob)
    {
        blob = null;
        if (!IsComplete) return false;
        blob = new byte[manifest.Length];
        for (var i = 0; i < _chunks.Length; i++) _chunks[i]!.CopyTo(blob, i * BlobLimits.ChunkBytes);
        return true;
    }
}
