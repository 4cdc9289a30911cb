using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What a delta that became a version is worth at once: 0.0001 % of the issued supply, a tenth of a gain of 2.5 %, halving with it, for a change as
/// large as one may be at the end of a period as long as the chain's own; less in the proportion in which the change is smaller or the period shorter.
/// </summary>
public static class DeltaReward
{
    private const ulong GainsDivisor = 10;

    /// <summary>Of the largest change in a whole period, rounded down.</summary>
    public static Amount Of(Amount issued, Height height, ulong halvingBlocks)
    {
        var halvings = height.Value / halvingBlocks;
        return halvings < 128 ? new Amount(Amount.DivRem(issued, RewardFormula.SupplyDivisor * GainsDivisor).Quotient.Units >> (int)halvings) : Amount.Zero;
    }

    /// <summary>Of a change of that size at the end of a period of that length, rounded down.</summary>
    /// <param name="most">What the largest change in a whole period is worth.</param>
    /// <param name="period">Blocks of the period that ends.</param>
    /// <param name="wholePeriod">Blocks of the chain's own; a longer one earns no more, for nobody is paid for waiting.</param>
    /// <param name="changed">Samples that come and go.</param>
    /// <param name="mostChanged">Most that may come, and most that may go.</param>
    public static Amount Share(Amount most, ulong period, ulong wholePeriod, ulong changed, ulong mostChanged)
    {
        var forPeriod = IntegerMath.MultiplyDivide(most.Units, Math.Min(period, wholePeriod), wholePeriod);
        return new Amount(IntegerMath.MultiplyDivide(forPeriod, Math.Min(changed, mostChanged), mostChanged));
    }

    /// <summary>The proposers' part of a certified gain among those of the last versions, by the samples that they added; the remainder stays.</summary>
    public static IEnumerable<(Address To, Amount Share)> Divide(Amount amount, IReadOnlyList<DeltaWinner> winners)
    {
        var adds = winners.Aggregate(0UL, (sum, winner) => sum + winner.Adds);
        return winners.Where(winner => winner.Adds > 0).Select(winner => (winner.Proposer, new Amount(IntegerMath.MultiplyDivide(amount.Units, winner.Adds, adds))));
    }
}
