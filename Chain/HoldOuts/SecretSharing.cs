namespace NeuroChain.Chain;

/// <summary>
/// Shamir's secret sharing, byte by byte over GF(2^8) with the polynomial x^8 + x^4 + x^3 + x + 1: share x of a byte s is s + c1 x + ... + c(k-1) x^(k-1),
/// and any k shares give s by interpolation at zero. Fewer say nothing about it. Source: Shamir, "How to share a secret" (1979); the field is that of FIPS 197.
/// </summary>
public static class SecretSharing
{
    /// <summary>Shares are numbered from 1 on; so many there are at most.</summary>
    public const int SharesMax = 255;

    /// <summary>The share of a number.</summary>
    /// <param name="secret">32 bytes.</param>
    /// <param name="coefficients">One hash for each power of x from 1 on: random, and never used for another secret.</param>
    /// <param name="number">From 1 on.</param>
    public static Hash256 Share(Hash256 secret, ReadOnlySpan<Hash256> coefficients, int number)
    {
        Invariant.Check(number is >= 1 and <= SharesMax, "share 0 would be the secret");
        var result = new byte[Hash256.Size];
        for (var power = coefficients.Length; power >= 0; power--)
        {
            var of = (power == 0 ? secret : coefficients[power - 1]).ToArray();
            for (var i = 0; i < result.Length; i++) result[i] = (byte)(Multiply(result[i], (byte)number) ^ of[i]);
        }

        return Hash256.FromBytes(result);
    }

    /// <summary>By what each share is multiplied to give the secret: the same for all secrets that were shared alike.</summary>
    /// <param name="numbers">Of the shares that are there, none twice.</param>
    public static byte[] Weights(IReadOnlyList<int> numbers)
    {
        var weights = new byte[numbers.Count];
        for (var one = 0; one < weights.Length; one++)
        {
            // The value at zero of the polynomial that is one at this share's number and zero at the others'.
            weights[one] = 1;
            for (var other = 0; other < weights.Length; other++)
            {
                if (other == one) continue;
                var (x, y) = ((byte)numbers[other], (byte)(numbers[other] ^ numbers[one]));
                Invariant.Check(y != 0, "no share counts twice");
                weights[one] = Multiply(weights[one], Multiply(x, Inverse(y)));
            }
        }

        return weights;
    }

    /// <summary>The secret, from as many shares as it takes. From fewer, or wrong ones, it is another.</summary>
    /// <param name="weights">Of <see cref="Weights"/>.</param>
    /// <param name="shares">In the same order.</param>
    public static Hash256 Combine(ReadOnlySpan<byte> weights, IReadOnlyList<Hash256> shares)
    {
        Invariant.Check(weights.Length == shares.Count, "each share has its weight");
        var result = new byte[Hash256.Size];
        for (var one = 0; one < weights.Length; one++)
        {
            var bytes = shares[one].ToArray();
            for (var i = 0; i < result.Length; i++) result[i] ^= Multiply(weights[one], bytes[i]);
        }

        return Hash256.FromBytes(result);
    }

    private static byte Multiply(byte left, byte right)
    {
        var (product, factor) = (0, (int)left);
        for (int rest = right; rest > 0; rest >>= 1)
        {
            if ((rest & 1) != 0) product ^= factor;
            factor <<= 1;
            if ((factor & 0x100) != 0) factor ^= 0x11b;
        }

        return (byte)product;
    }

    // x^254, since x^255 is one.
    private static byte Inverse(byte value)
    {
        byte result = 1;
        for (var i = 0; i < 254; i++) result = Multiply(result, value);
        return result;
    }
}
