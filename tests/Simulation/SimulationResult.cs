using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>What a run came to. Two runs of one seed are equal.</summary>
public sealed record SimulationResult
{
    public required ulong Seed { get; init; }

    public required int Validators { get; init; }

    /// <summary>What those did that broke the rules; empty where all were honest.</summary>
    public required string Byzantine { get; init; }

    public required Height Height { get; init; }

    /// <summary>The sum over all heights of the rounds that deciding them took, the first counting as one.</summary>
    public required ulong Rounds { get; init; }

    /// <summary>Keys against which some node has evidence.</summary>
    public required int Convicted { get; init; }

    /// <summary>Keys that the chain has jailed for it.</summary>
    public required int Punished { get; init; }

    public required int Crashes { get; init; }

    public required int Partitions { get; init; }

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
}
