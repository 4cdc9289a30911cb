using System.Diagnostics.Metrics;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Lets go of blobs that the chain does not need any more, whole ones and those that never became whole. Each goes with one write, so that a
/// crash leaves it there or not. The disk has the room back only when files are written anew without them.
/// </summary>
/// <param name="blobs">What is looked after.</param>
/// <param name="live">What is needed.</param>
/// <param name="retention">What goes.</param>
/// <param name="room">What there is.</param>
internal sealed class BlobKeeper(IBlobStore blobs, LiveBlobs live, BlobRetention retention, BlobRoom room)
{
    /// <summary>How long a blob stays that nobody needs.</summary>
    public const ulong GraceBlocks = 1_000;

    /// <summary>Blocks from one look to the next.</summary>
    private const ulong Every = 16;

    /// <summary>Files are written anew when an eighth of what there is was deleted, and never for less than one great blob.</summary>
    private const int ReclaimShare = 8;

    private static readonly Meter Meter = new("NeuroChain");

    private static readonly Counter<long> DeletedCounter = Meter.CreateCounter<long>("blobs_deleted_total", description: "Blobs that were deleted because the chain does not need them");

    private static readonly Counter<long> BytesCounter = Meter.CreateCounter<long>("blob_bytes_deleted_total", "By", "Their bytes");

    private Height _next;
    private bool _isReclaiming;

    /// <summary>Whether enough was deleted for <see cref="Reclaim"/> to be of use, or it has begun and is not done.</summary>
    public bool IsReclaimDue => _isReclaiming || blobs.Reclaimable >= Math.Max(BlobLimits.BlobBytesMax, blobs.Bytes / ReclaimShare);

    /// <summary>Gives back the disk's room of a part of what was deleted.</summary>
    /// <returns>Whether more is left, for the next turn.</returns>
    public bool Reclaim() => _isReclaiming = blobs.Reclaim();

    /// <summary>Deletes what is to go, where it is time to look or somebody found no room.</summary>
    /// <param name="height">The last one.</param>
    /// <param name="state">Of a node that is not behind: one that is knows not yet what its blobs are for.</param>
    /// <returns>How many went, and their bytes.</returns>
    public (int Blobs, long Bytes) Step(Height height, Func<LedgerState> state)
    {
        if (height < _next && !room.IsWanted) return (0, 0);
        _next = height.Plus(Every);
        // Listed before the state is read: a blob comes only when the chain names it, so this state, or one before it, names all of these.
        var held = blobs.List().Concat(blobs.ListArriving()).Select(Held).ToList();
        var now = state();
        var needs = live.Of(now, held.Select(blob => blob.Blob));
        var (count, bytes) = (0, 0L);
        foreach (var blob in retention.Step(now.Height, held, needs, room.TakeMark()))
        {
            // A block that came since may name it again, and then this validator may have voted already that it holds it.
            if (state() is var latest && latest.Height != now.Height) (now, needs) = (latest, live.Of(latest, [blob.Blob]));
            if (needs.Needed.Contains(blob.Blob)) continue;
            blobs.Delete(blob.Blob);
            (count, bytes) = (count + 1, bytes + blob.Bytes);
        }

        DeletedCounter.Add(count);
        BytesCounter.Add(bytes);
        return (count, bytes);
    }

    private HeldBlob Held(BlobHash blob) =>
        new(blob, (blobs.TryGetManifest(blob, out var manifest) ? manifest : blobs.Arriving(blob))?.Length ?? 0);
}
