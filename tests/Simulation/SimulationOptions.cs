using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>The faults of one run, themselves drawn from its seed: every run is a different bad day.</summary>
public sealed record SimulationOptions
{
    public required ulong Seed { get; init; }

    public int Validators { get; init; } = 4;

    /// <summary>Messages lost, in thousandths.</summary>
    public ulong LossThousandths { get; init; }

    /// <summary>Messages that arrive twice, in thousandths.</summary>
    public ulong DuplicateThousandths { get; init; }

    /// <summary>Least and most delay of a message in milliseconds; the spread reorders.</summary>
    public ulong DelayMin { get; init; } = 1;

    public ulong DelayMax { get; init; } = 20;

    /// <summary>Chance that a turn ends in a crash, in hundred-thousandths.</summary>
    public ulong CrashPerTurn { get; init; }

    /// <summary>How long a crashed node stays away, at most.</summary>
    public ulong DownMax { get; init; } = 5_000;

    /// <summary>How far the clocks of the nodes are apart, at most.</summary>
    public ulong ClockSkewMax { get; init; }

    /// <summary>The same once the faults are over: within the precision that the chain counts on, or the slowest clock leads alone.</summary>
    public ulong HealthyClockSkewMax { get; init; } = 400;

    /// <summary>Equal powers, or different ones.</summary>
    public bool WeightedPower { get; init; }

    /// <summary>Transfers offered per second.</summary>
    public ulong TransfersPerSecond { get; init; } = 2;

    /// <summary>Virtual milliseconds with faults.</summary>
    public ulong FaultyFor { get; init; } = 20_000;

    /// <summary>Virtual milliseconds without faults in which the chain must move on again.</summary>
    public ulong HealthyFor { get; init; } = 25_000;

    public static SimulationOptions FromSeed(ulong seed)
    {
        var draw = new SeededStream(seed);
        return new SimulationOptions
        {
            Seed = seed,
            LossThousandths = draw.NextChance(1, 4) ? 0 : draw.NextBelow(250),
            DuplicateThousandths = draw.NextBelow(200),
            DelayMin = draw.NextBelow(10),
            DelayMax = 10 + draw.NextBelow(draw.NextChance(1, 3) ? 1_500UL : 150UL),
            CrashPerTurn = draw.NextChance(1, 4) ? 0 : draw.NextBelow(3_000),
            DownMax = 100 + draw.NextBelow(8_000),
            ClockSkewMax = draw.NextBelow(2_000),
            WeightedPower = draw.NextChance(1, 3),
            TransfersPerSecond = draw.NextBelow(5),
        };
    }
}
