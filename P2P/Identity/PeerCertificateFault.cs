namespace NeuroChain.P2P;

/// <summary>Why a certificate proves no identity.</summary>
public enum PeerCertificateFault
{
    None,

    /// <summary>Larger than any certificate that a node makes.</summary>
    TooLarge,

    /// <summary>The TLS key is not on P-256.</summary>
    WrongKeyType,

    NotYetValid,

    Expired,

    /// <summary>It does not carry the node identity extension.</summary>
    ExtensionMissing,

    /// <summary>The extension is there twice, has another length or version, or holds no signature.</summary>
    ExtensionMalformed,

    /// <summary>The signature is nobody's.</summary>
    BadSignature,
}
