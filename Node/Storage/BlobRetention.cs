using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A blob in the store, whole or arriving.</summary>
internal readonly record struct HeldBlob(BlobHash Blob, long Bytes);

/// <summary>
/// Which blobs go: those that nobody has needed for a while, and sooner where room is short. What is needed never goes. It remembers since when
/// nobody needs a blob; whoever begins anew, as a process after a restart, begins to count anew. Pure: no store, no clock.
/// </summary>
/// <param name="graceBlocks">How long a blob stays that nobody needs: a round that is just over may still be asked about by whoever is behind.</param>
/// <param name="bytesMax">Where all blobs have more, those that nobody needs go at once, the oldest first, down to nine tenths of it.</param>
internal sealed class BlobRetention(ulong graceBlocks, long bytesMax)
{
    private readonly Dictionary<BlobHash, Height> _unneeded = [];

    /// <summary>What to delete after a height.</summary>
    /// <param name="height">The last one.</param>
    /// <param name="held">All that is there.</param>
    /// <param name="needed">What of it the chain names.</param>
    public IReadOnlyList<HeldBlob> Step(Height height, IReadOnlyList<HeldBlob> held, IReadOnlySet<BlobHash> needed)
    {
        var here = held.Select(blob => blob.Blob).ToHashSet();
        foreach (var known in _unneeded.Keys.Where(blob => !here.Contains(blob) || needed.Contains(blob)).ToList()) _unneeded.Remove(known);
        var unneeded = held.Where(blob => !needed.Contains(blob.Blob)).ToList();
        foreach (var blob in unneeded) _unneeded.TryAdd(blob.Blob, height);

        var going = new List<HeldBlob>();
        var bytes = held.Sum(blob => blob.Bytes);
        var isFull = bytes > bytesMax;
        foreach (var blob in unneeded.OrderBy(blob => _unneeded[blob.Blob]).ThenBy(blob => blob.Blob.Value))
        {
            var isOver = _unneeded[blob.Blob].Plus(graceBlocks) <= height;
            if (!isOver && !(isFull && bytes > bytesMax / 10 * 9)) continue;
            going.Add(blob);
            bytes -= blob.Bytes;
        }

        foreach (var blob in going) _unneeded.Remove(blob.Blob);
        return going;
    }
}
