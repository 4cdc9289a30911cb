namespace NeuroChain.Chain;

/// <summary>
/// How much may cross the bridge in a time, and what waits for how long. Both directions have a token bucket: it holds the capacity, fills by
/// the rate and begins full, so that in any time t at most capacity + rate * t passes.
/// </summary>
public sealed record BridgeParameters
{
    private static readonly Amount Cap = Amount.FromNtk(100_000_000);

    /// <summary>Credits at once: five percent of the cap.</summary>
    public Amount InCapacity { get; init; } = Amount.FromNtk(5_000_000);

    /// <summary>As much again in a day.</summary>
    public Amount InPerSecond { get; init; } = Amount.FromNtk(58);

    /// <summary>Withdrawals at once: one percent of the cap. It should not be more than the vault's own.</summary>
    public Amount OutCapacity { get; init; } = Amount.FromNtk(1_000_000);

    public Amount OutPerSecond { get; init; } = Amount.FromNtk(11);

    /// <summary>Above it a withdrawal is held, for validators to look at it: a thousandth of the cap.</summary>
    public Amount HoldAbove { get; init; } = Amount.FromNtk(100_000);

    /// <summary>Blocks that it is held: a day of one-second blocks.</summary>
    public ulong HoldBlocks { get; init; } = 86_400;

    /// <summary>Least withdrawal: one below the price of its release would never be fetched.</summary>
    public Amount WithdrawalMin { get; init; } = Amount.FromNtk(1);

    /// <summary>Seconds from the leaf of a withdrawal to its deadline; after it, it is refunded where it was not released.</summary>
    public uint ReleaseSeconds { get; init; } = 604_800;

    /// <summary>Blocks that validators may be of two minds about a block of Ethereum before credits stop.</summary>
    public ulong DisputeBlocks { get; init; } = 600;

    /// <summary>Blocks of Ethereum from one proof of the vault's reserves to the next: about an hour.</summary>
    public uint HeartbeatBlocks { get; init; } = 300;

    public string? Fault()
    {
        if (InCapacity.IsZero || InCapacity > Cap) return "parameters.bridge.in_capacity: above 0, at most the cap";
        if (OutCapacity.IsZero || OutCapacity > Cap) return "parameters.bridge.out_capacity: above 0, at most the cap";
        if (InPerSecond.IsZero || InPerSecond > Cap) return "parameters.bridge.in_per_second: above 0, at most the cap";
        if (OutPerSecond.IsZero || OutPerSecond > Cap) return "parameters.bridge.out_per_second: above 0, at most the cap";
        if (HoldBlocks is 0 or > 10_000_000) return "parameters.bridge.hold_blocks: a number from 1 to 10000000";
        if (WithdrawalMin.IsZero || WithdrawalMin > OutCapacity) return "parameters.bridge.withdrawal_min: above 0, at most out_capacity";
        if (ReleaseSeconds is < 60 or > 31_536_000) return "parameters.bridge.release_seconds: a number from 60 to 31536000";
        if (DisputeBlocks is 0 or > 10_000_000) return "parameters.bridge.dispute_blocks: a number from 1 to 10000000";
        return HeartbeatBlocks is 0 or > 1_000_000 ? "parameters.bridge.heartbeat_blocks: a number from 1 to 1000000" : null;
    }
}
