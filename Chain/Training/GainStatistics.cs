namespace NeuroChain.Chain;

/// <summary>
/// The paired test of a claimed improvement, in integers: E samples, the sum of the differences d = incumbent's loss - candidate's loss
/// (2^-20 nats), and the sum of their squares. A mean gain counts when it is at least z standard errors: the Ladder with a paired test.
/// </summary>
/// <remarks>
/// With mean m = S/E and unbiased variance v = (Q - S^2/E)/(E-1), the standard error is sqrt(v/E), and m >= z*sqrt(v/E) is, for S >= 0,
/// S^2 * (E-1) >= z^2 * (E*Q - S^2). Bounds: E <= 2^20, |d| <= 2^26, so S^2 <= 2^92 and E*Q <= 2^92; the products with z^2 and E are taken
/// in 256 bits.
/// </remarks>
public readonly record struct GainStatistics(uint Samples, Int128 Sum, UInt128 SquareSum)
{
    public const uint ZThousandthsMax = 16_000;

    public const uint PaidErrorsThousandthsMax = 4_000;

    /// <summary>Whether these sums can come from samples at all: E*Q >= S^2, by Cauchy and Schwarz. Sums from outside are asked first.</summary>
    public bool IsPossible
    {
        get
        {
            var (high, low) = IntegerMath.Multiply(SquareSum, Samples);
            var magnitude = (UInt128)Int128.Abs(Sum);
            var (squareHigh, squareLow) = IntegerMath.Multiply(magnitude, magnitude);
            return high == squareHigh ? low >= squareLow : high > squareHigh;
        }
    }

    /// <summary>Whether the mean gain is positive and at least z standard errors; z in thousandths.</summary>
    public bool ReachesZ(uint zThousandths)
    {
        if (Sum <= 0) return false;
        var sumSquare = (UInt128)Sum * (UInt128)Sum;
        var spread = ((UInt128)Samples * SquareSum) - sumSquare;
        var (leftHigh, leftLow) = IntegerMath.Multiply(sumSquare, (UInt128)(Samples - 1) * 1_000_000);
        var (rightHigh, rightLow) = IntegerMath.Multiply(spread, (UInt128)zThousandths * zThousandths);
        return leftHigh == rightHigh ? leftLow >= rightLow : leftHigh > rightHigh;
    }

    /// <summary>Whether the mean gain is at least this many millionths of the incumbent's mean loss.</summary>
    public bool ReachesShare(ulong incumbentLossSum, uint millionths) => Sum >= 0 && Sum * 1_000_000 >= (Int128)incumbentLossSum * millionths;

    /// <summary>
    /// The summed gain that is paid: S less so many standard errors' worth, that is S - e * sqrt((E*Q - S^2) / (E-1)), rounded down, never below
    /// zero.
    /// </summary>
    /// <param name="errorsThousandths">e in thousandths, at most <see cref="PaidErrorsThousandthsMax"/>.</param>
    public ulong PaidSum(uint errorsThousandths)
    {
        Invariant.Check(errorsThousandths <= PaidErrorsThousandthsMax, "the square below fits 128 bits");
        if (Sum <= 0) return 0;
        var sumSquare = (UInt128)Sum * (UInt128)Sum;
        var spread = ((UInt128)Samples * SquareSum) - sumSquare;
        var error = IntegerMath.SqrtCeiling(
            IntegerMath.DivCeiling(spread * errorsThousandths * errorsThousandths, (UInt128)(Samples - 1) * 1_000_000));
        return (UInt128)Sum > error ? (ulong)((UInt128)Sum - error) : 0;
    }

    /// <summary>
    /// How many standard errors the mean gain is above zero, in thousandths, rounded down: sqrt(S^2 * (E-1) * 10^6 / (E*Q - S^2)), at most
    /// 2^32 - 1, which is also what a gain without any spread has. Zero for a gain that is none.
    /// </summary>
    public uint ReachedZThousandths()
    {
        if (Sum <= 0) return 0;
        var sumSquare = (UInt128)Sum * (UInt128)Sum;
        var spread = ((UInt128)Samples * SquareSum) - sumSquare;
        if (spread == UInt128.Zero) return uint.MaxValue;
        var factor = (UInt128)(Samples - 1) * 1_000_000;
        // Above 2^64 the root is past what can be written.
        var (high, _) = IntegerMath.Multiply(sumSquare, factor);
        if (high >= spread) return uint.MaxValue;
        var square = IntegerMath.MultiplyDivide(sumSquare, factor, spread);
        return square > ulong.MaxValue ? uint.MaxValue : (uint)IntegerMath.SqrtFloor(square);
    }

    /// <summary>Whether the mean gain plus z standard errors still stays below the claim: the claim was false.</summary>
    public bool IsBelowClaim(ulong claimedMean, uint zThousandths)
    {
        var missing = ((Int128)claimedMean * Samples) - Sum;
        return missing > 0 && (this with { Sum = missing, SquareSum = ShiftedSquareSum(claimedMean) }).ReachesZ(zThousandths);
    }

    // The sum of (claim - d)^2: the same spread about another centre.
    private UInt128 ShiftedSquareSum(ulong claimedMean)
    {
        var claim = (Int128)claimedMean;
        return (UInt128)((Int128)SquareSum + (claim * claim * Samples) - (2 * claim * Sum));
    }
}
