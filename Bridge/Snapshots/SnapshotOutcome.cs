namespace NeuroChain.Bridge;

/// <summary>Why there is no snapshot.</summary>
public enum SnapshotFault
{
    None,

    /// <summary>Fewer endpoints than required answer and may be counted.</summary>
    BelowQuorum,

    /// <summary>The quorum does not call the block final yet.</summary>
    NotFinal,

    /// <summary>No required number of endpoints names the same block.</summary>
    NoAgreement,

    /// <summary>A fork added a field that is not known here.</summary>
    UnknownHeaderLayout,

    /// <summary>No required number of endpoints gives the same events of a single block.</summary>
    EventsDisagree,

    /// <summary>By the events somebody gave what it did not have: they begin too late, or are another kind of token's.</summary>
    EventsDoNotAddUp,

    /// <summary>No endpoint proves the token's storage after the block: most keep the states of the last blocks only.</summary>
    NotProven,

    /// <summary>There is no contract at the token's address.</summary>
    NoToken,

    /// <summary>A balance by the events is not the one in the token's storage.</summary>
    BalanceDiffers,

    /// <summary>All balances together are not the token's supply: a holder is missing.</summary>
    SupplyDiffers,

    /// <summary>More than the cap, or nobody holds anything that is not excluded.</summary>
    SupplyOutOfRange,

    TooManyHolders,

    /// <summary>An address is left out that holds nothing: a wrong one, or it belongs off the list.</summary>
    ExcludedHoldsNothing,
}

/// <summary>A snapshot, or why there is none.</summary>
/// <param name="File">Null where there is a fault.</param>
/// <param name="Fault">None where there is a file.</param>
/// <param name="Detail">For the operator.</param>
public sealed record SnapshotOutcome(HoldersFile? File, SnapshotFault Fault, string Detail)
{
    internal static SnapshotOutcome No(SnapshotFault fault, string detail) => new(null, fault, detail);
}
