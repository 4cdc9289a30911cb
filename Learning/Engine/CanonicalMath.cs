using System.Runtime.CompilerServices;

namespace NeuroChain.Learning;

/// <summary>
/// exp and log of our own, because a run-time library's differ between systems. They consist of +, -, *, / and fused multiply-add in a
/// written order, each exactly rounded, and of exact scaling by powers of two.
/// </summary>
internal static class CanonicalMath
{
    private const float Log2E = 1.44269502f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>1.5 * 2^23: adding and subtracting it rounds a number of moderate size to an integer, ties to even.</summary>
    private const float RoundingShift = 12582912f;

    /// <summary>
    /// e^x; at most 1.011 units in the last place from the true value (measured over all floats in [-104, 89]). +0 below -104, infinity
    /// above 88.72, NaN for NaN, and exactly 1 for 0. The polynomial is that of Moshier's Cephes expf.
    /// </summary>
    public static float Exp(float x)
    {
        unchecked
        {
            if (float.IsNaN(x)) return x;
            if (x < -104f) return 0f;
            if (x > 89f) return float.PositiveInfinity;
            var n = (x * Log2E) + RoundingShift - RoundingShift;
            var r = MathF.FusedMultiplyAdd(-n, Ln2High, x);
            r = MathF.FusedMultiplyAdd(-n, Ln2Low, r);
            var p = MathF.FusedMultiplyAdd(1.9875691500e-4f, r, 1.3981999507e-3f);
            p = MathF.FusedMultiplyAdd(p, r, 8.3334519073e-3f);
            p = MathF.FusedMultiplyAdd(p, r, 4.1665795894e-2f);
            p = MathF.FusedMultiplyAdd(p, r, 1.6666665459e-1f);
            p = MathF.FusedMultiplyAdd(p, r, 5.0000001201e-1f);
            p = MathF.FusedMultiplyAdd(p, r * r, r) + 1f;
            // Two factors, because 2^n itself may be out of range; the first product is exact, so a subnormal result is rounded once.
            var exponent = (int)n;
            var half = exponent >> 1;
            return p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
        }
    }

    /// <summary>
    /// The natural logarithm; at most 0.835 units in the last place from the true value (measured over all positive floats). -infinity
    /// for 0, NaN for negative numbers, exactly 0 for 1. The scheme and polynomial are those of FreeBSD's logf (e_logf.c).
    /// </summary>
    public static float Log(float x)
    {
        unchecked
        {
            if (float.IsNaN(x) || x < 0f) return float.NaN;
            if (x == 0f) return float.NegativeInfinity;
            if (float.IsPositiveInfinity(x)) return x;
            var exponent = 0;
            if (x < 1.17549435e-38f)
            {
                x *= 1 << 25;
                exponent = -25;
            }
            // Brings the mantissa into [sqrt(1/2), sqrt(2)): 0x3f3504f3 is sqrt(1/2).
            var bits = BitConverter.SingleToInt32Bits(x) + (0x3f800000 - 0x3f3504f3);
            exponent += (bits >> 23) - 127;
            var f = BitConverter.Int32BitsToSingle((bits & 0x007fffff) + 0x3f3504f3) - 1f;
            var s = f / (2f + f);
            var z = s * s;
            var w = z * z;
            var even = w * (0.40000972152f + (w * 0.24279078841f));
            var odd = z * (0.66666662693f + (w * 0.28498786688f));
            var half = 0.5f * f * f;
            var k = (float)exponent;
            return (s * (half + (odd + even))) + (k * 9.0580006145e-6f) - half + f + (k * 6.9313812256e-1f);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float PowerOfTwo(int exponent) => BitConverter.Int32BitsToSingle(unchecked((exponent + 127) << 23));
}
