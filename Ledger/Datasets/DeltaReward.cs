using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What a delta that became a version is worth at once: 0.0001 % of the issued supply, a tenth of a gain of 2.5 %, halving with it.</summary>
public static class DeltaReward
{
    private const ulong GainsDivisor = 10;

    /// <summary>Rounded down.</summary>
    public static Amount Of(Amount issued, Height height, ulong halvingBlocks)
    {
        var halvings = height.Value / halvingBlocks;
        return halvings < 128 ? new Amount(Amount.DivRem(issued, RewardFormula.SupplyDivisor * GainsDivisor).Quotient.Units >> (int)halvings) : Amount.Zero;
    }

    /// <summary>The proposers' part of a certified gain among those of the last versions, by the samples that they added; the remainder stays.</summary>
    public static IEnumerable<(Address To, Amount Share)> Divide(Amount amount, IReadOnlyList<DeltaWinner> winners)
    {
        var adds = winners.Aggregate(0UL, (sum, winner) => sum + winner.Adds);
        return winners.Where(winner => winner.Adds > 0).Select(winner => (winner.Proposer, new Amount(IntegerMath.MultiplyDivide(amount.Units, winner.Adds, adds))));
    }
}
