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
    ReplacementExpiresEarlier,

    /// <summary>What waits behind the replaced one would no longer be covered by the balance.</summary>
    ReplacementSpendsMore,
    TooManyFromSender,
    Full,

    NotAValidator,
    TooManyFromValidator,

    /// <summary>A claim that the next block would not take.</summary>
    ClaimRefused,
}
