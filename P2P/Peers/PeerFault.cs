namespace NeuroChain.P2P;

/// <summary>What a peer did that no honest one does. What an honest node may do under load or with a wrong clock is none of these.</summary>
public enum PeerFault
{
    /// <summary>Bytes that are no message, or more of them than its kind has.</summary>
    Malformed,

    /// <summary>Something signed by nobody, or by another than it says.</summary>
    WrongSignature,

    /// <summary>A proposal or a certificate that breaks a rule of the chain.</summary>
    BrokenRule,

    /// <summary>Something of one who has no say at this height.</summary>
    Stranger,

    /// <summary>An answer that does not answer what was asked.</summary>
    UselessAnswer,
}
