using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>What a run came to. Two runs of one seed are equal.</summary>
public sealed record SimulationResult
{
    public required ulong Seed { get; init; }

    public required int Validators { get; init; }

    /// <summary>What those were to do that broke the rules; empty where all were honest. How often they did it is among <see cref="Faults"/>.</summary>
    public required string Byzantine { get; init; }

    public required Height Height { get; init; }

    /// <summary>What <see cref="Height"/> was when the core was healed: those above were decided with more than two thirds of the nodes in order.</summary>
    public required Height HeightAtHealing { get; init; }

    /// <summary>
    /// The sum over all heights of the rounds that deciding them took, the first counting as one; where the chain forks, on the side that was told first.
    /// </summary>
    public required ulong Rounds { get; init; }

    /// <summary>Keys against which some node has evidence.</summary>
    public required int Convicted { get; init; }

    /// <summary>Keys that the chain has jailed for it.</summary>
    public required int Punished { get; init; }

    public required int Crashes { get; init; }

    /// <summary>Partitions and clogged links that touched any link.</summary>
    public required int Partitions { get; init; }

    /// <summary>Disks that were left little room; whose process ended by that is among <see cref="Faults"/>.</summary>
    public required int FullDisks { get; init; }

    public required int BadSectors { get; init; }

    public required long Messages { get; init; }

    public required long Events { get; init; }

    /// <summary>Milliseconds from the healing of the core to its first decision.</summary>
    public required ulong FirstDecisionMs { get; init; }

    /// <summary>Whether some nodes went on failing after that.</summary>
    public required bool HasRest { get; init; }

    /// <summary>What was done on the chain besides transfers, and whether many lied; empty where neither.</summary>
    public required string Loads { get; init; }

    /// <summary>Faults by kind.</summary>
    public required Tally Faults { get; init; }

    /// <summary>What happened on the chain, by the kind of its events, each height counted once; and what checkers counted.</summary>
    public required Tally Done { get; init; }

    /// <summary>Over everything that happened, in its order.</summary>
    public required Hash256 EventHash { get; init; }

    /// <summary>Whether a behaviour of <see cref="Byzantine"/> did anything that an honest node would not have. Twins do by being two.</summary>
    public bool HasDone(string behaviour) => behaviour == Cluster.Twins || Faults[$"did_{behaviour}"] > 0;
}
