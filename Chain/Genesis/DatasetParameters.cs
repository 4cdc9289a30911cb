namespace NeuroChain.Chain;

/// <summary>How training sets change: how often, by how much at once, and what a proposal puts down.</summary>
public sealed record DatasetParameters
{
    /// <summary>Bounds of what stakeholders may vote a period to.</summary>
    public const ulong PeriodBlocksLeast = 100, PeriodBlocksMost = 10_000_000;

    /// <summary>Blocks from one decision on deltas to the next, until a task's stakeholders vote for another number: a week of one-second blocks.</summary>
    public ulong PeriodBlocks { get; init; } = 604_800;

    /// <summary>Put down with a delta; burned where validators do not find the result that it names.</summary>
    public Amount DeltaBond { get; init; } = Amount.FromNtk(100);

    /// <summary>Most samples that a delta adds, and most that it removes, in percent of the set.</summary>
    public uint DeltaPercentMax { get; init; } = 5;

    public string? Fault()
    {
        if (PeriodBlocks is < 2 or > PeriodBlocksMost) return $"parameters.datasets.period_blocks: a number from 2 to {PeriodBlocksMost}";
        return DeltaPercentMax is 0 or > 100 ? "parameters.datasets.delta_percent_max: a number from 1 to 100" : null;
    }
}
