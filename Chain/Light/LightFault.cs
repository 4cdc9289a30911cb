namespace NeuroChain.Chain;

/// <summary>Why a light client does not trust a header. The first group is found from the light block alone, the second against what is trusted.</summary>
public enum LightFault
{
    None,

    WrongVersion,
    WrongGenesis,

    /// <summary>The set is not the one that the header names, or the header names another than the trusted header before it.</summary>
    WrongValidators,
    AuthorNotAValidator,

    /// <summary>The certificate's height, hash, bridge root or next validators are not the header's own.</summary>
    CertificateOfAnotherBlock,
    DecidedBeforeBuilt,
    UnknownSigner,

    /// <summary>A validator stands twice in the certificate, or the signers are not in order.</summary>
    DuplicateSigner,
    WrongSignature,

    /// <summary>Two thirds of the power or less signed.</summary>
    NotFinal,

    /// <summary>The header is not the one that the operator trusts.</summary>
    NotTheTrustedHeader,

    /// <summary>The trusted header below is older than the trusting period: its validators may have left, and could sign anything.</summary>
    TrustExpired,

    /// <summary>The header's time is further ahead of the clock than the drift allows.</summary>
    FromTheFuture,

    /// <summary>Times must ascend with heights.</summary>
    TimeNotAscending,

    /// <summary>The neighbour's parent hash names another block.</summary>
    WrongParent,

    /// <summary>The genesis document fixes the sets of heights 1 and 2; this header names another.</summary>
    WrongNextValidators,

    /// <summary>Signers with a third of the trusted set's power or less: a header between the two is needed. The block is kept for then.</summary>
    NotEnoughTrust,

    /// <summary>Only the parent of the lowest trusted header can be trusted by its hash.</summary>
    NotTheParent,

    /// <summary>Two certified headers of one height. The evidence is in <see cref="LightClient.Fork"/>; nothing is trusted any more.</summary>
    Fork,
}
