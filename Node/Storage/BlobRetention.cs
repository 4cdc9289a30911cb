using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A blob in the store, whole or arriving.</summary>
internal readonly record struct HeldBlob(BlobHash Blob, long Bytes);

/// <summary>A blob that is worth keeping as long as there is room.</summary>
/// <param name="IsCertified">A judged candidate goes before any certified checkpoint.</param>
/// <param name="Since">The height at which it was judged or certified; of two the older goes first.</param>
internal readonly record struct SpareBlob(bool IsCertified, Height Since);

/// <param name="Needed">What never goes.</param>
/// <param name="Spare">What goes where room is short, once nothing is left that nobody needs.</param>
internal sealed record BlobNeeds(IReadOnlySet<BlobHash> Needed, IReadOnlyDictionary<BlobHash, SpareBlob> Spare);

/// <summary>
/// Which blobs go: those that nobody has needed for a while, and sooner where room is short; then, while it still is, those that are kept as long as
/// there is room. What is needed never goes. It remembers since when nobody needs a blob; whoever begins anew, as a process after a restart,
/// begins to count anew. Pure: no store, no clock.
/// </summary>
/// <param name="graceBlocks">How long a blob stays that nobody needs: a round that is just over may still be asked about by whoever is behind.</param>
internal sealed class BlobRetention(ulong graceBlocks)
{
    private readonly Dictionary<BlobHash, Height> _unneeded = [];

    /// <summary>What to delete after a height.</summary>
    /// <param name="height">The last one.</param>
    /// <param name="held">All that is there.</param>
    /// <param name="needs">What of it the chain names.</param>
    /// <param name="mark">Where all blobs have more bytes, some go at once, and no more than it takes.</param>
    public IReadOnlyList<HeldBlob> Step(Height height, IReadOnlyList<HeldBlob> held, BlobNeeds needs, long mark)
    {
        var here = held.Select(blob => blob.Blob).ToHashSet();
        foreach (var known in _unneeded.Keys.Where(blob => !here.Contains(blob) || IsNamed(blob, needs)).ToList()) _unneeded.Remove(known);
        var unneeded = held.Where(blob => !IsNamed(blob.Blob, needs)).ToList();
        foreach (var blob in unneeded) _unneeded.TryAdd(blob.Blob, height);

        var going = new List<HeldBlob>();
        var bytes = held.Sum(blob => blob.Bytes);
        foreach (var blob in unneeded.OrderBy(blob => _unneeded[blob.Blob]).ThenBy(blob => blob.Blob.Value))
            if (bytes > mark || _unneeded[blob.Blob].Plus(graceBlocks) <= height)
                Go(blob);
        foreach (var blob in held.Where(blob => IsSpare(blob.Blob, needs)).OrderBy(blob => needs.Spare[blob.Blob].IsCertified).ThenBy(blob => needs.Spare[blob.Blob].Since).ThenBy(blob => blob.Blob.Value))
            if (bytes > mark)
                Go(blob);

        foreach (var blob in going) _unneeded.Remove(blob.Blob);
        return going;

        void Go(HeldBlob blob)
        {
            going.Add(blob);
            bytes -= blob.Bytes;
        }
    }

    private static bool IsSpare(BlobHash blob, BlobNeeds needs) => !needs.Needed.Contains(blob) && needs.Spare.ContainsKey(blob);

    private static bool IsNamed(BlobHash blob, BlobNeeds needs) => needs.Needed.Contains(blob) || needs.Spare.ContainsKey(blob);
}
