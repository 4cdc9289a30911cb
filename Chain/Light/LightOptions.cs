namespace NeuroChain.Chain;

/// <summary>What a light client takes for granted about time.</summary>
public sealed record LightOptions
{
    /// <summary>
    /// For so long after the time of a header its validators can be held to account, so that more than a third of them do not sign what is not so.
    /// Two weeks, as light clients of other BFT chains have it.
    /// </summary>
    public ulong TrustingPeriodMs { get; init; } = 14UL * 24 * 60 * 60 * 1000;

    /// <summary>How far a header's time may be ahead of the caller's clock.</summary>
    public ulong ClockDriftMs { get; init; } = 10_000;
}
