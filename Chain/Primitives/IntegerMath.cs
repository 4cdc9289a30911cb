namespace NeuroChain.Chain;

/// <summary>Integer arithmetic that the framework lacks: 256-bit products, roots, logarithms in fixed point. Exact on every machine.</summary>
public static class IntegerMath
{
    /// <summary>a * b in 256 bits.</summary>
    public static (UInt128 High, UInt128 Low) Multiply(UInt128 a, UInt128 b)
    {
        var mask = (UInt128)ulong.MaxValue;
        UInt128 aLow = a & mask, aHigh = a >> 64, bLow = b & mask, bHigh = b >> 64;
        var low = aLow * bLow;
        var middle = (aHigh * bLow) + (low >> 64);
        var cross = (aLow * bHigh) + (middle & mask);
        return ((aHigh * bHigh) + (middle >> 64) + (cross >> 64), (cross << 64) | (low & mask));
    }

    /// <summary>floor(a * b / divisor), the product in 256 bits.</summary>
    /// <exception cref="OverflowException">The quotient does not fit 128 bits.</exception>
    public static UInt128 MultiplyDivide(UInt128 a, UInt128 b, UInt128 divisor)
    {
        var (high, low) = Multiply(a, b);
        if (high == UInt128.Zero) return low / divisor;
        if (high >= divisor) throw new OverflowException("the quotient does not fit 128 bits");
        var quotient = UInt128.Zero;
        var remainder = high;
        for (var bit = 127; bit >= 0; bit--)
        {
            var carry = remainder >> 127 != UInt128.Zero;
            remainder = (remainder << 1) | ((low >> bit) & 1);
            if (carry || remainder >= divisor)
            {
                remainder = unchecked(remainder - divisor);
                quotient |= UInt128.One << bit;
            }
        }

        return quotient;
    }

    public static UInt128 DivCeiling(UInt128 value, UInt128 divisor)
    {
        var (quotient, remainder) = UInt128.DivRem(value, divisor);
        return remainder == UInt128.Zero ? quotient : quotient + 1;
    }

    /// <summary>The greatest integer whose square is not above the value.</summary>
    public static UInt128 SqrtFloor(UInt128 value)
    {
        var root = UInt128.Zero;
        var bit = UInt128.One << 126;
        while (bit > value) bit >>= 2;
        for (; bit != UInt128.Zero; bit >>= 2)
        {
            if (value >= root + bit)
            {
                value -= root + bit;
                root = (root >> 1) + bit;
            }
            else
            {
                root >>= 1;
            }
        }

        return root;
    }

    public static UInt128 SqrtCeiling(UInt128 value)
    {
        var root = SqrtFloor(value);
        return root * root == value ? root : root + 1;
    }

    /// <summary>
    /// 2^32 * log2(numerator / denominator) for numerator >= denominator > 0, by repeated squaring: each bit of the fraction is whether the
    /// square has passed two. Never above the floor of the true value and at most one below it; powers of two are exact.
    /// </summary>
    /// <remarks>
    /// The mantissa is cut to 62 bits after each squaring, and each squaring doubles the cuts before: in the end they come to less than 2^-27
    /// of the last place. So the bits differ from those of the floor only where the true value lies that little above an integer.
    /// </remarks>
    public static ulong Log2Fixed32(ulong numerator, ulong denominator)
    {
        Invariant.Check(denominator > 0, "a logarithm of a ratio needs a denominator");
        Invariant.Check(numerator >= denominator, "the logarithm of a ratio below one is negative");
        ulong whole = 0;
        var scaled = (UInt128)denominator;
        while (scaled << 1 <= numerator)
        {
            scaled <<= 1;
            whole++;
        }

        // mantissa in [1, 2) with 62 bits after the point
        var mantissa = ((UInt128)numerator << 62) / scaled;
        ulong fraction = 0;
        for (var bit = 0; bit < 32; bit++)
        {
            mantissa = (mantissa * mantissa) >> 62;
            fraction <<= 1;
            if (mantissa >> 63 == UInt128.Zero) continue;
            mantissa >>= 1;
            fraction |= 1;
        }

        return (whole << 32) | fraction;
    }
}
