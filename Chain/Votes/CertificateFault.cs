namespace NeuroChain.Chain;

/// <summary>Why a certificate does not prove what it says.</summary>
public enum CertificateFault
{
    None,
    WrongHeight,
    WrongBlock,
    UnknownValidator,
    WrongSignature,
    NotEnoughPower,

    /// <summary>A validator stands twice, or behind one that comes after it: signers ascend, so that none counts twice.</summary>
    DuplicateValidator,
    MixedRounds,
}
