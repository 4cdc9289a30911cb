namespace NeuroChain.Chain;

/// <summary>What the holder's wallet signed.</summary>
public enum ClaimForm : byte
{
    /// <summary>EIP-712: the wallet shows each field by its name.</summary>
    Typed = 1,

    /// <summary>EIP-191: the one text of the claim, for wallets without typed data.</summary>
    Text = 2,
}
