namespace NeuroChain.Chain;

/// <summary>Why bytes that are said to be evidence prove nobody's guilt.</summary>
public enum EvidenceFault
{
    None,

    /// <summary>More than <see cref="FaultProof.SizeMax"/> bytes.</summary>
    TooLarge,

    /// <summary>Not the one encoding of any kind of evidence.</summary>
    Malformed,

    /// <summary>The two statements are of different keys: each may be right.</summary>
    DifferentSigners,

    /// <summary>The two statements are of different heights, or of different rounds or kinds where these must be the same.</summary>
    DifferentPlaces,

    /// <summary>The two statements say the same.</summary>
    SameStatement,

    /// <summary>The two statements stand the wrong way round: one fault has one form.</summary>
    WrongOrder,

    /// <summary>A statement is not signed by the key that it names, or not for this chain.</summary>
    WrongSignature,

    /// <summary>Precommit or prevote is for nil: nothing was locked, or nothing was voted for against it.</summary>
    NoBlock,

    /// <summary>The prevote is not of a later round than the precommit: the lock came after it.</summary>
    NotLater,

    /// <summary>The prevote answers a polka at or after the lock, as it must.</summary>
    Justified,

    /// <summary>The first height follows no header that would certify its leaders.</summary>
    FirstHeight,

    /// <summary>The header is not that of the proposed block, or is of another chain or height.</summary>
    WrongHeader,

    /// <summary>The second header is not the parent that the first one names.</summary>
    WrongParent,

    /// <summary>The parent's state root does not cover that record of the schedule.</summary>
    WrongRecord,

    /// <summary>The set is not the one that the schedule names.</summary>
    WrongValidators,

    /// <summary>The proposer leads that round.</summary>
    RightLeader,
}
