namespace NeuroChain.Chain;

/// <summary>How training sets change: how often, by how much at once, and what a proposal puts down.</summary>
public sealed record DatasetParameters
{
    /// <summary>Longest period that there may be.</summary>
    public const ulong PeriodBlocksMost = 10_000_000;

    // The shortest period that stakeholders may vote for is this part of the chain's own: a day where that is a week.
    private const ulong PeriodsPerPeriod = 7;

    /// <summary>Blocks from one decision on deltas to the next, until a task's stakeholders vote for another number: a week of one-second blocks.</summary>
    public ulong PeriodBlocks { get; init; } = 604_800;

    /// <summary>Put down with a delta, or more; burned where validators do not find the result that it names.</summary>
    public Amount DeltaBond { get; init; } = Amount.FromNtk(100);

    /// <summary>Share of the bond that a delta costs that was decided on and not applied, in percent: it took one of few places.</summary>
    public uint DeltaFeePercent { get; init; } = 5;

    /// <summary>Most samples that a delta adds, and most that it removes, in percent of the set.</summary>
    public uint DeltaPercentMax { get; init; } = 5;

    /// <summary>Shortest period that stakeholders may vote for.</summary>
    public ulong ShortestPeriod() => Math.Max(2, PeriodBlocks / PeriodsPerPeriod);

    public string? Fault()
    {
        if (PeriodBlocks is < 2 or > PeriodBlocksMost) return $"parameters.datasets.period_blocks: a number from 2 to {PeriodBlocksMost}";
        if (DeltaBond.IsZero) return "parameters.datasets.delta_bond: above 0";
        if (DeltaFeePercent is 0 or > 100) return "parameters.datasets.delta_fee_percent: a number from 1 to 100";
        return DeltaPercentMax is 0 or > 100 ? "parameters.datasets.delta_percent_max: a number from 1 to 100" : null;
    }
}
