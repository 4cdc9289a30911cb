using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>How a turn ends for a process that does not survive it.</summary>
public enum TurnEnd
{
    Lives,

    /// <summary>The machine dies inside a change to its disk, in this turn or soon after.</summary>
    DiesInside,

    /// <summary>The machine dies when the inputs were handled and nothing was made durable.</summary>
    DiesBefore,

    /// <summary>The machine dies when some of the turn's outputs are out.</summary>
    DiesAfter,

    /// <summary>The process is killed when the inputs were handled.</summary>
    KilledBefore,

    /// <summary>The process is killed when some of the outputs are out.</summary>
    KilledAfter,
}

/// <summary>Draws for each turn how it ends, and how long a node is away.</summary>
public sealed class CrashPlan(SeededStream draw, SimulationOptions options)
{
    public SeededStream Draw => draw;

    public TurnEnd Next()
    {
        if (options.CrashPerTurn == 0 || !draw.NextChance(options.CrashPerTurn, 100_000)) return TurnEnd.Lives;
        return draw.NextBelow(8) switch
        {
            < 3 => TurnEnd.DiesInside,
            3 => TurnEnd.DiesBefore,
            4 or 5 => TurnEnd.DiesAfter,
            6 => TurnEnd.KilledBefore,
            _ => TurnEnd.KilledAfter,
        };
    }

    /// <summary>Milliseconds until somebody starts the node again.</summary>
    public ulong Away() => 50 + draw.NextBelow(options.DownMaxMs);

    /// <summary>Whether the machine shall die once more, while it recovers.</summary>
    public bool DiesAgain() => options.CrashPerTurn > 0 && draw.NextChance(1, 5);

    /// <summary>How many of the outputs got out.</summary>
    public int Let(int outputs) => (int)draw.NextBelow((ulong)outputs + 1);
}
