namespace NeuroChain.Ledger;

/// <summary>Kinds of the bridge's records.</summary>
internal static class BridgeKeys
{
    public const byte Status = 0;

    /// <summary>By the number of a block of Ethereum.</summary>
    public const byte Attested = 1;

    /// <summary>By the order in which blocks were attested.</summary>
    public const byte AttestedOrder = 2;

    /// <summary>By the identity of a validator.</summary>
    public const byte Words = 3;

    public const byte Disputes = 4;

    /// <summary>By the number of a pending lock.</summary>
    public const byte Pending = 5;

    /// <summary>By the nonce of a lock.</summary>
    public const byte Quarantine = 6;

    /// <summary>By burn id.</summary>
    public const byte Withdrawal = 7;

    /// <summary>By the number of a waiting withdrawal.</summary>
    public const byte Waiting = 8;

    /// <summary>By height, and by height and number.</summary>
    public const byte HeldCount = 9;

    public const byte Held = 10;

    public const byte Peaks = 11;

    /// <summary>By index.</summary>
    public const byte Leaf = 12;

    /// <summary>By the number of an order.</summary>
    public const byte Order = 13;

    public const byte Sets = 14;
}
