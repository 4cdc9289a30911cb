using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// How far apart two models are in what they compute. Weights say nothing about that: a copy with its units in another order is as far away
/// as a stranger. So the logits on the same samples are compared.
/// </summary>
/// <remarks>
/// Integers only. Logits are rounded to 2^-10. Of each sample's the mean over the classes is taken off, because softmax does not see it.
/// Both models' numbers are divided by their own root mean square, because a scale of the logits is no work of anybody's. The distance is the mean
/// absolute difference in units of 2^-16: zero for a copy, symmetric, about 1.1 (73,000) for functions that have nothing in common.
/// </remarks>
public static class FunctionDistance
{
    public const int FractionBits = 16;

    /// <summary>The distance of a model without any contrast between classes to one that has some.</summary>
    public const uint Farthest = uint.MaxValue;

    public const int SamplesMax = 4096;

    private const int LogitBits = 10;

    /// <summary>Rounded logits within a sample are cut here after the mean is taken off: 2^10 nats.</summary>
    private const long CentredMax = 1L << 20;

    /// <param name="one">[sample][class], finite: <see cref="EvaluationResult.Logits"/>.</param>
    /// <param name="two">The other model's, on the same samples.</param>
    public static uint Between(ReadOnlySpan<float> one, ReadOnlySpan<float> two, int classes)
    {
        Invariant.Check(one.Length == two.Length, "two models are compared on the same samples");
        Invariant.Check(classes is >= 2 and <= ModelLimits.ClassesMax && one.Length % classes == 0, "each sample has all logits");
        Invariant.Check(one.Length > 0 && one.Length / classes <= SamplesMax, "models are compared on at least one sample");
        var (first, second) = (Standardise(one, classes), Standardise(two, classes));
        if (first is null || second is null) return first == second ? 0 : Farthest;
        var sum = 0L;
        for (var i = 0; i < first.Length; i++) sum += Math.Abs(first[i] - second[i]);
        return (uint)(sum / first.Length);
    }

    /// <summary>In units of 2^-16 root mean squares; null where every sample's logits are all equal.</summary>
    private static long[]? Standardise(ReadOnlySpan<float> logits, int classes)
    {
        var values = new long[logits.Length];
        var squares = UInt128.Zero;
        for (var at = 0; at < logits.Length; at += classes)
        {
            var sum = 0L;
            for (var i = at; i < at + classes; i++) sum += values[i] = Quantise(logits[i]);
            for (var i = at; i < at + classes; i++)
            {
                // Classes times the centred logit: whole numbers, and the factor goes with the root mean square.
                values[i] = Math.Clamp((values[i] * classes) - sum, -CentredMax * classes, CentredMax * classes);
                squares += (UInt128)((Int128)values[i] * values[i]);
            }
        }
        if (squares == UInt128.Zero) return null;
        // At most 4096 * 1024 values below 2^30: the squares stay below 2^82, and values * 2^32 below 2^62.
        var deviation = (long)IntegerMath.SqrtFloor((squares << (2 * FractionBits)) / (UInt128)values.Length);
        foreach (ref var value in values.AsSpan()) value = (value << (2 * FractionBits)) / deviation;
        return values;
    }

    /// <summary>Exact but for one rounding, ties to even. Cut at 2^40, so that even a large number that all classes share leaves the rest.</summary>
    private static long Quantise(float logit)
    {
        Invariant.Check(float.IsFinite(logit), "a model with a non-finite logit is refused before it is compared");
        var scaled = Math.Clamp((double)logit * (1 << LogitBits), -(double)(1L << 40), 1L << 40);
        return (long)Math.Round(scaled, MidpointRounding.ToEven);
    }
}
