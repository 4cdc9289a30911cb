using System.Diagnostics.Metrics;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Lets go of blobs that the chain does not need any more, whole ones and those that never became whole. Each goes with one write, so that a
/// crash leaves it there or not.
/// </summary>
/// <param name="blobs">What is looked after.</param>
/// <param name="live">What is needed.</param>
/// <param name="retention">What goes.</param>
internal sealed class BlobKeeper(IBlobStore blobs, LiveBlobs live, BlobRetention retention)
{
    /// <summary>How long a blob stays that nobody needs.</summary>
    public const ulong GraceBlocks = 1_000;

    /// <summary>Blocks from one look to the next.</summary>
    private const ulong Every = 16;

    private static readonly Meter Meter = new("NeuroChain");

    private static readonly Counter<long> DeletedCounter = Meter.CreateCounter<long>("blobs_deleted_total", description: "Blobs that were deleted because the chain does not need them");

    private static readonly Counter<long> BytesCounter = Meter.CreateCounter<long>("blob_bytes_deleted_total", "By", "Their bytes");

    private Height _next;

    /// <summary>Deletes what is to go, where it is time to look.</summary>
    /// <param name="height">The last one.</param>
    /// <param name="state">Of a node that is not behind: one that is knows not yet what its blobs are for.</param>
    /// <returns>How many went, and their bytes.</returns>
    public (int Blobs, long Bytes) Step(Height height, Func<LedgerState> state)
    {
        if (height < _next) return (0, 0);
        _next = height.Plus(Every);
        // Listed before the state is read: a blob comes only when the chain names it, so this state, or one before it, names all of these.
        var held = blobs.List().Concat(blobs.ListArriving()).Select(Held).ToList();
        var now = state();
        var going = retention.Step(now.Height, held, live.Of(now, held.Select(blob => blob.Blob)));
        foreach (var blob in going) blobs.Delete(blob.Blob);
        var bytes = going.Sum(blob => blob.Bytes);
        DeletedCounter.Add(going.Count);
        BytesCounter.Add(bytes);
        return (going.Count, bytes);
    }

    private HeldBlob Held(BlobHash blob) =>
        new(blob, (blobs.TryGetManifest(blob, out var manifest) ? manifest : blobs.Arriving(blob))?.Length ?? 0);
}
