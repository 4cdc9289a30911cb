namespace NeuroChain.Chain;

/// <summary>Why a certificate does not prove what it says.</summary>
public enum CertificateFault
{
    None,
    Malformed,
    WrongHeight,
    WrongBlock,
    UnknownValidator,
    WrongSignature,
    NotEnoughPower,
    DuplicateValidator,
    MixedRounds,
}
