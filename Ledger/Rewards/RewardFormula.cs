using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What a certified gain is worth: c * ln(L / (L - g)), with L the incumbent's summed loss and g the summed gain that is paid, both on samples that
/// judged nobody. Logarithms add up, so a gain that is claimed in parts pays the same as in one piece.
/// </summary>
/// <remarks>
/// c is such that a gain of 2.5 % pays 0.001 % of the issued supply: reward = issued / 100,000 * log(L / (L - g)) / log(1000 / 975). Only the
/// ratio of logarithms counts, so base 2 does; in fixed point with 32 bits after the point a gain of 0.01 % still has six digits.
/// </remarks>
public static class RewardFormula
{
    /// <summary>The reference gain pays the issued supply divided by this.</summary>
    public const ulong SupplyDivisor = 100_000;

    private static readonly ulong ReferenceLog = IntegerMath.Log2Fixed32(1000, 975);

    /// <summary>Rounded down.</summary>
    /// <param name="issued">Supply by which the task's rewards are reckoned.</param>
    /// <param name="lossSum">L.</param>
    /// <param name="paidSum">g.</param>
    /// <param name="halvings">How often the reward has halved.</param>
    public static Amount Of(Amount issued, ulong lossSum, ulong paidSum, ulong halvings)
    {
        Invariant.Check(paidSum <= lossSum, "nobody gains more than the whole loss");
        if (paidSum == 0) return Amount.Zero;
        var rest = Math.Max(lossSum - paidSum, 1); // a loss of exactly zero is worth as much as the smallest that can be written
        var log = IntegerMath.Log2Fixed32(lossSum, rest);
        var whole = IntegerMath.MultiplyDivide(issued.Units, log, (UInt128)SupplyDivisor * ReferenceLog);
        return halvings < 128 ? new Amount(whole >> (int)halvings) : Amount.Zero;
    }
}
