namespace NeuroChain.Chain;

/// <summary>The pot that claims of a bridged chain are paid from: it is filled by locks on Ethereum.</summary>
public static class ClaimsPot
{
    /// <summary>The recipient of a lock that names the pot. It is no account: its first bytes are not zero.</summary>
    public static readonly Hash256 Recipient = Keccak256.Hash("NeuroChain claims pot v1"u8);
}
