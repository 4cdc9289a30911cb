namespace NeuroChain.Ledger;

/// <summary>Bounds of a mempool; each node may have its own.</summary>
public sealed record MempoolOptions
{
    /// <summary>Transactions that pay and have no lane of their own: a few full blocks.</summary>
    public int CountMax { get; init; } = 50_000;

    /// <summary>Their bytes.</summary>
    public long BytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// How many blocks' reserved room the training and bridge lanes hold, each: so many blocks empty a full lane, whatever the others do.
    /// </summary>
    public int LaneBlocks { get; init; } = 2;

    /// <summary>How far a nonce may be ahead of its account: bounds what one sender holds, whatever it pays.</summary>
    public ulong NonceGapMax { get; init; } = 64;

    /// <summary>Bytes that one sender holds.</summary>
    public long SenderBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Transactions that wait for a missing nonce: they earn no block anything yet.</summary>
    public int GappedMax { get; init; } = 5_000;

    /// <summary>How many of a sender's next transactions may push others out: bounds what one paid fee can undo.</summary>
    public ulong EvictorDepthMax { get; init; } = 4;

    /// <summary>Heights that a transaction must stay good for to push others out: one that passes away soon would do it for nothing.</summary>
    public ulong EvictorHeightsMin { get; init; } = 100;

    /// <summary>Protocol messages of one validator. A training round takes five of each.</summary>
    public int ProtocolPerValidatorMax { get; init; } = 64;

    /// <summary>Bytes of the protocol messages of one validator.</summary>
    public long ProtocolBytesPerValidatorMax { get; init; } = 256 * 1024;

    /// <summary>Claims of a snapshot: a few blocks' part of the bridge lane, and about 6 MB.</summary>
    public int ClaimsMax { get; init; } = 4_096;

    /// <summary>Heights that a protocol message waits; its window has closed long before.</summary>
    public ulong ProtocolHeightsMax { get; init; } = 32;
}
