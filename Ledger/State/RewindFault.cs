namespace NeuroChain.Ledger;

/// <summary>Why a state could not be taken back to an earlier one.</summary>
public enum RewindFault
{
    None,

    /// <summary>The mark is of a height that this state has not reached.</summary>
    MarkIsLater,

    /// <summary>What came out has not the root of the mark: a batch is missing, is of another chain or was damaged.</summary>
    RootDiffers,
}
