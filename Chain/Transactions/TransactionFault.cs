namespace NeuroChain.Chain;

/// <summary>Why bytes are no transaction of this chain. Rules that need the state are the ledger's and have reasons of their own.</summary>
public enum TransactionFault
{
    None,
    TooLarge,
    NotCanonical,
    WrongChain,
    MalformedSender,
    MalformedFee,
    NoMessage,
    MalformedMessage,
    MemoTooLong,
    FeeOnProtocolMessage,
    NonceOnProtocolMessage,
    MalformedSignature,
    WrongSignature,

    /// <summary>A claim's own signature: r or s zero, or s high.</summary>
    MalformedClaimSignature,

    /// <summary>A claim that its holder did not sign, or signed otherwise.</summary>
    WrongClaimSigner,
}
