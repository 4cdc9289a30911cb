namespace NeuroChain.Chain;

/// <summary>Who holds what the NTK papers hand out. The keys are the operators' to make.</summary>
public sealed record NtkHolders(Address Sale, Address Team, Address Partners, Address Liquidity, Address Researchers);

/// <summary>
/// The allocation of the NTK papers for a chain of its own (supply mode "native"): the whole cap of 100,000,000 NTK, 60 % for sale, of which
/// what stayed unsold is burned, team 12 %, partners 12 %, liquidity reserve 10 %, researchers 6 %. The papers pay learning out of no pot of
/// their own: the reserve is carved out of the share for sale, the only one that is not promised to somebody.
/// </summary>
public static class NtkAllocation
{
    public const ulong CapNtk = 100_000_000;

    public const ulong SalePercent = 60;

    public const ulong TeamPercent = 12;

    public const ulong PartnersPercent = 12;

    public const ulong LiquidityPercent = 10;

    public const ulong ResearchersPercent = 6;

    /// <summary>The document with its supply replaced; datasets, tasks, validators and parameters stay.</summary>
    /// <param name="genesis">A document of any supply.</param>
    /// <param name="holders">Five different addresses.</param>
    /// <param name="learningReserve">At most the share for sale.</param>
    /// <param name="sold">
    /// What the sale has sold where it is over: the rest of its share never comes into being. Null where the chain starts before: the holder
    /// of the sale gets all of it, and burns what stays unsold.
    /// </param>
    /// <exception cref="OperatorException">Two holders are the same, or the reserve or what was sold is too large.</exception>
    public static GenesisDocument Apply(GenesisDocument genesis, NtkHolders holders, Amount learningReserve, Amount? sold = null)
    {
        if (learningReserve > Share(SalePercent)) throw new OperatorException($"the learning reserve is carved out of the share for sale: at most {Share(SalePercent)} NTK");
        var forSale = Share(SalePercent) - learningReserve;
        if (sold > forSale) throw new OperatorException($"no more can have been sold than was for sale: {forSale} NTK");
        GenesisAllocation[] allocations =
        [
            new(holders.Sale, sold ?? forSale),
            new(holders.Team, Share(TeamPercent)),
            new(holders.Partners, Share(PartnersPercent)),
            new(holders.Liquidity, Share(LiquidityPercent)),
            new(holders.Researchers, Share(ResearchersPercent)),
        ];
        if (allocations.Select(allocation => allocation.Address).Distinct().Count() != allocations.Length) throw new OperatorException("the five holders have five different addresses");
        return genesis with
        {
            SupplyMode = GenesisDocument.NativeSupply,
            Allocations = [.. allocations.Where(allocation => !allocation.Amount.IsZero)],
            RewardReserve = learningReserve,
        };
    }

    private static Amount Share(ulong percent) => Amount.FromNtk(CapNtk / 100 * percent);
}
