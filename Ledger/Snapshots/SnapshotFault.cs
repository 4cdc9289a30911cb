namespace NeuroChain.Ledger;

/// <summary>Why a snapshot, or a part of one, is not taken.</summary>
public enum SnapshotFault
{
    None,

    /// <summary>Longer than any chunk may be.</summary>
    TooLarge,

    /// <summary>More records than a chunk may have.</summary>
    TooManyRecords,

    /// <summary>Not the layout, cut short, prolonged, or without a record: empty chunks are not sent.</summary>
    Malformed,

    /// <summary>A key that is too short or too long to be one.</summary>
    MalformedKey,

    /// <summary>The manifest has no chunk at that index: it is beyond the last, or empty.</summary>
    NoSuchChunk,

    /// <summary>The manifest says another length.</summary>
    SizeDiffers,

    /// <summary>Records are not in the order of their paths, or one is there twice.</summary>
    OutOfOrder,

    /// <summary>A record belongs to another chunk.</summary>
    OutsideItsPart,

    /// <summary>The way from the root ends too early or too late for what is below it.</summary>
    WrongDepth,

    /// <summary>The chunk does not lead to the state root: a record was changed, added or left out.</summary>
    RootDiffers,

    /// <summary>The chunk is right, and shows that the manifest is not: it hides records or promises some that are not there.</summary>
    ContradictsManifest,

    /// <summary>Chunks are missing.</summary>
    Incomplete,
}
