namespace NeuroChain.Ledger;

/// <summary>Why a transaction is not taken into the mempool.</summary>
public enum MempoolRejection
{
    None,
    AlreadyKnown,
    Expired,
    NonceTooLow,
    NonceTooFarAhead,
    FeeTooLow,
    FeesNotPayable,
    ReplacementFeeTooLow,
    Full,

    NotAValidator,
    TooManyFromValidator,
}
