namespace NeuroChain.Chain;

/// <summary>Why bytes are no RLP of Ethereum's, or none of the kind that is read. The first reason stands.</summary>
public enum EthereumFault
{
    None,

    /// <summary>A length says more than there is.</summary>
    Truncated,

    /// <summary>Bytes after the end of the item, or more items in a list than it has.</summary>
    LeftOver,

    /// <summary>A length, or a single byte, that has a shorter form.</summary>
    NotShortest,

    /// <summary>A number that begins with a zero byte.</summary>
    LeadingZero,

    NotAString,
    NotAList,

    /// <summary>Other than the fixed number of bytes of a hash, an address or a bloom.</summary>
    WrongSize,

    /// <summary>More bytes or a greater number than the field may have.</summary>
    TooLarge,

    /// <summary>A number of items that no known fork has: it may be a fork to come, and is never guessed at.</summary>
    UnknownLayout,

    /// <summary>A type byte that is none of the known ones (EIP-2718).</summary>
    UnknownType,

    /// <summary>Neither failure nor success, or a state root where a status belongs.</summary>
    MalformedStatus,

    /// <summary>The bloom is not that of the logs.</summary>
    BloomMismatch,

    TooManyTopics,

    /// <summary>v or the parity is none that the type has, or r and s are out of range, or s is high (EIP-2).</summary>
    MalformedSignature,

    /// <summary>2^64 - 1 (EIP-2681).</summary>
    NonceTooLarge,

    /// <summary>A tip that is more than the whole fee (EIP-1559).</summary>
    TipAboveFee,
}
