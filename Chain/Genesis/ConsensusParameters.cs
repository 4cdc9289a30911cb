namespace NeuroChain.Chain;

/// <summary>
/// How far the time of a fresh block may be from the clock of a validator that prevotes it: the proposer-based timestamps of Tendermint
/// (cometbft, spec/consensus/proposer-based-timestamp).
/// </summary>
public sealed record ConsensusParameters
{
    /// <summary>Milliseconds that the clocks of honest validators may be apart.</summary>
    public uint PrecisionMs { get; init; } = 500;

    /// <summary>
    /// Milliseconds that a proposal of round 0 may take to arrive; as much more in every further round, so that too small a value costs rounds
    /// and never halts the chain.
    /// </summary>
    public uint MessageDelayMs { get; init; } = 3_000;

    /// <summary>
    /// Whether a block of this time, freshly proposed in this round, fits to the clock when the proposal came. Only the past is bounded more
    /// loosely from round to round: nobody's patience makes a time from the future true.
    /// </summary>
    /// <remarks>In 128 bits: a proposal may name any time of 64.</remarks>
    public bool IsTimely(Timestamp block, Timestamp received, Round round)
    {
        var latest = (UInt128)block.Milliseconds + PrecisionMs + ((UInt128)MessageDelayMs * (round.Value + 1UL));
        return MillisecondsAhead(block, received) == 0 && received.Milliseconds <= latest;
    }

    /// <summary>How many milliseconds a clock must go on until a block of this time is not from the future; 0 where it is not.</summary>
    public ulong MillisecondsAhead(Timestamp block, Timestamp clock)
    {
        var latest = (UInt128)clock.Milliseconds + PrecisionMs;
        return block.Milliseconds <= latest ? 0 : block.Milliseconds - (ulong)latest;
    }

    public string? Fault()
    {
        if (PrecisionMs is < 1 or > 60_000) return "parameters.consensus.precision_ms: a number from 1 to 60000";
        return MessageDelayMs is < 1 or > 600_000 ? "parameters.consensus.message_delay_ms: a number from 1 to 600000" : null;
    }
}
