namespace NeuroChain.Ledger;

/// <summary>Bounds of a mempool; each node may have its own.</summary>
public sealed record MempoolOptions
{
    /// <summary>Transactions that pay: about four full blocks.</summary>
    public int CountMax { get; init; } = 50_000;

    /// <summary>Their bytes.</summary>
    public long BytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>How far a nonce may be ahead of its account: bounds what one sender holds, whatever it pays.</summary>
    public ulong NonceGapMax { get; init; } = 64;

    /// <summary>Protocol messages of one validator. A training round takes five of each.</summary>
    public int ProtocolPerValidatorMax { get; init; } = 64;

    /// <summary>Heights that a protocol message waits; its window has closed long before.</summary>
    public ulong ProtocolHeightsMax { get; init; } = 32;
}
