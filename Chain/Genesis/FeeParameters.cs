namespace NeuroChain.Chain;

/// <summary>What block space costs and where fees go.</summary>
public sealed record FeeParameters
{
    /// <summary>Least price of a cost unit; the price follows the fullness of blocks (EIP-1559) and never falls below this.</summary>
    public Amount BaseFeeMin { get; init; } = new(10_000_000_000_000); // 0.00001 NTK: a transfer of 60 units costs less than fee_min

    /// <summary>Most cost units of a block. A unit is about a microsecond of one core, so that this bounds the time that a block takes.</summary>
    public uint BlockCostMax { get; init; } = 1_200_000;

    /// <summary>Share of the asked fee that goes to the treasury, in percent.</summary>
    public uint TreasuryPercent { get; init; } = 10;

    /// <summary>Share of the asked fee that is burned in the first year after genesis, in percent; then in the second, in the third, and after.</summary>
    public uint BurnPercentFirstYear { get; init; } = 30;

    public uint BurnPercentSecondYear { get; init; } = 20;

    public uint BurnPercentThirdYear { get; init; } = 10;

    public uint BurnPercentLater { get; init; }

    /// <summary>The burned share in the year of that number, the first being 0.</summary>
    public uint BurnPercent(ulong year) => year switch
    {
        0 => BurnPercentFirstYear,
        1 => BurnPercentSecondYear,
        2 => BurnPercentThirdYear,
        _ => BurnPercentLater,
    };

    public string? Fault()
    {
        if (BaseFeeMin.IsZero || BaseFeeMin > Amount.FromNtk(1)) return "parameters.fees.base_fee_min: above 0, at most 1 NTK";
        if (BlockCostMax is < 100_000 or > 100_000_000) return "parameters.fees.block_cost_max: a number from 100000 to 100000000";
        uint[] burned = [BurnPercentFirstYear, BurnPercentSecondYear, BurnPercentThirdYear, BurnPercentLater];
        return TreasuryPercent > 100 || burned.Any(percent => percent > 100 - TreasuryPercent)
            ? "parameters.fees: treasury_percent and each burn_percent together at most 100"
            : null;
    }
}
