using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// What a snapshot must agree with: the header of its height and the one after it, both trusted by a light client. A snapshot's own validators
/// say nothing: whoever invents a state invents them with it.
/// </summary>
/// <param name="Block">Of the snapshot's height.</param>
/// <param name="After">Of the height after: it has the root of the state.</param>
internal sealed record SnapshotAnchor(Header Block, Header After)
{
    /// <summary>Null where the light client does not trust both headers.</summary>
    public static SnapshotAnchor? Of(LightClient headers, Height height) =>
        headers.At(height)?.Header is { } block && headers.At(height.Next())?.Header is { } after ? new SnapshotAnchor(block, after) : null;

    /// <summary>The first part of a mark that is not what the headers say; null where all of it is.</summary>
    public string? FaultOf(LedgerMark mark)
    {
        var wanted = LedgerMark.Of(Block, After);
        if (mark.Height != wanted.Height) return "height";
        if (mark.Block != wanted.Block) return "block";
        if (mark.Time != wanted.Time) return "time";
        if (mark.StateRoot != wanted.StateRoot) return "state root";
        if (mark.ReceiptsRoot != wanted.ReceiptsRoot) return "receipts root";
        if (mark.EventsRoot != wanted.EventsRoot) return "events root";
        return mark.BridgeRoot != wanted.BridgeRoot ? "bridge root" : null;
    }

    /// <summary>The same of a whole snapshot: the block after it is the one that is trusted, too.</summary>
    public string? FaultOf(StoredSnapshot snapshot) => FaultOf(snapshot.State.Mark) ?? (snapshot.Next.Block.Hash != After.Hash ? "block after it" : null);
}
