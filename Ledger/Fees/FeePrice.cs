using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// The price of a cost unit follows how full blocks are (EIP-1559): a full block raises it by an eighth, an empty one lowers it by an eighth,
/// one that is half full leaves it.
/// </summary>
public static class FeePrice
{
    private const uint ChangeDenominator = 8;

    /// <param name="fee">Of the block that ends.</param>
    /// <param name="cost">Its cost units.</param>
    /// <param name="parameters">The full block and the least price.</param>
    /// <returns>Of the next block.</returns>
    public static Amount Next(Amount fee, ulong cost, FeeParameters parameters)
    {
        UInt128 target = parameters.BlockCostMax / 2;
        var next = fee.Units;
        var above = UInt128.Min(UInt128.Max(cost, target) - target, target); // an odd bound is one more than two targets
        if (above > 0) next += UInt128.Max(IntegerMath.MultiplyDivide(fee.Units, above, target * ChangeDenominator), UInt128.One);
        else next -= IntegerMath.MultiplyDivide(fee.Units, target - cost, target * ChangeDenominator);
        // A price that nobody could pay any more would be no price: NTK's whole cap per unit is above every use.
        return new Amount(UInt128.Clamp(next, parameters.BaseFeeMin.Units, UnitsMax));
    }

    private static readonly UInt128 UnitsMax = Amount.FromNtk(100).Units;
}
