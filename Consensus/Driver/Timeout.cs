using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>Which of the paper's three timers (L21, L35, L48).</summary>
public enum TimeoutKind : byte
{
    Propose = 1,
    Prevote = 2,
    Precommit = 3,
}

public readonly record struct Timeout(TimeoutKind Kind, Height Height, Round Round);

/// <summary>
/// Durations of the timers: linear in the round and capped. Without a cap a private chain that was down for a night waits for hours; a
/// capped timer still synchronises because votes and certificates are re-broadcast.
/// </summary>
public sealed record TimeoutSettings
{
    public TimeSpan Propose { get; init; } = TimeSpan.FromMilliseconds(2000);

    public TimeSpan Prevote { get; init; } = TimeSpan.FromMilliseconds(700);

    public TimeSpan Precommit { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>Added per round.</summary>
    public TimeSpan Delta { get; init; } = TimeSpan.FromMilliseconds(300);

    public TimeSpan Cap { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan After(TimeoutKind kind, Round round)
    {
        var initial = kind switch
        {
            TimeoutKind.Propose => Propose,
            TimeoutKind.Prevote => Prevote,
            _ => Precommit,
        };
        // The cap is reached long before the product could overflow, so rounds beyond it need not be multiplied.
        var rounds = Math.Min(round.Value, 1_000_000);
        var ticks = Math.Min(Cap.Ticks, initial.Ticks + (rounds * Delta.Ticks));
        return TimeSpan.FromTicks(ticks);
    }
}
