namespace NeuroChain.Chain;

/// <summary>Where the required gain is reckoned from.</summary>
/// <param name="Height">The block of the anchor.</param>
/// <param name="GainMillionths">What was required there, in millionths of the incumbent's loss.</param>
/// <param name="Certified">Improvements of the task that were certified by then.</param>
/// <param name="TauBlocks">Blocks ahead of the pace in which the required gain doubles.</param>
public readonly record struct GainAnchor(Height Height, uint GainMillionths, ulong Certified, ulong TauBlocks);

/// <summary>
/// The gain that a task requires, as the pace of its improvements moves it: gain = anchor's gain * 2^((n * T - b) / tau), with n improvements
/// since the anchor, b blocks since it, and T blocks wanted from one improvement to the next. It looks at heights alone, never at times, and back
/// to the anchor, never to the value before, so that no rounding adds up. The form is ASERT, by M. B. Lundeberg and J. Toomim, and so is the cubic
/// that stands for 2^x (aserti3-2d, Bitcoin Cash 2020): its error is below 0.013 %.
/// </summary>
public static class GainRetarget
{
    // 64 doublings either way: more than any gain in 32 bits can show.
    private const int ExponentMax = 1 << 22;

    /// <summary>In millionths; more than 32 bits can hold is the greatest number that they can.</summary>
    /// <param name="anchor">Where to reckon from.</param>
    /// <param name="certified">Improvements so far, not fewer than at the anchor.</param>
    /// <param name="height">Not below the anchor's.</param>
    /// <param name="targetBlocks">T.</param>
    public static uint Of(GainAnchor anchor, ulong certified, Height height, ulong targetBlocks)
    {
        Invariant.Check(anchor.TauBlocks > 0, "a pace takes time");
        Invariant.Check(certified >= anchor.Certified && height >= anchor.Height, "the anchor lies behind");
        var ahead = ((Int128)(certified - anchor.Certified) * targetBlocks) - (height.Value - anchor.Height.Value);
        var bound = (Int128)anchor.TauBlocks * (ExponentMax >> 16);
        var exponent = (int)FloorDivide(Int128.Clamp(ahead, -bound, bound) * 65_536, anchor.TauBlocks);
        var (doublings, part) = (exponent >> 16, (ulong)(exponent & 0xffff));

        // 2^16 * 2^(part / 65536)
        var factor = 65_536 + (((195_766_423_245_049 * part) + (971_821_376 * part * part) + (5_127 * part * part * part) + (1UL << 47)) >> 48);
        var gain = (UInt128)anchor.GainMillionths * factor;
        gain = doublings >= 0 ? gain << doublings >> 16 : gain >> (16 - doublings);
        return gain > uint.MaxValue ? uint.MaxValue : (uint)gain;
    }

    private static Int128 FloorDivide(Int128 value, Int128 divisor)
    {
        var (quotient, remainder) = Int128.DivRem(value, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }
}
