namespace NeuroChain.Learning;

/// <summary>
/// Losses as integers of 2^-20 nats: the single-precision loss is clamped to [0, 64] nats, multiplied by 2^20 (exact, also for subnormals,
/// in double precision) and rounded to the nearest integer, ties to even.
/// </summary>
public static class LossScale
{
    public const int FractionBits = 20;

    /// <summary>64 nats.</summary>
    public const uint LossMax = 64u << FractionBits;

    // Values that no loss has stand for faults until all workers are done, so that the first sample's fault is named on any schedule.
    private const uint NonFiniteLogit = uint.MaxValue;
    private const uint NonFiniteLoss = uint.MaxValue - 1;

    /// <param name="nats">A finite number.</param>
    public static uint ToUnits(float nats)
    {
        var clamped = nats > 64f ? 64.0 : nats > 0f ? (double)nats : 0.0;
        return (uint)Math.Round(clamped * (1 << FractionBits), MidpointRounding.ToEven);
    }

    public static double ToNats(double units) => units / (1 << FractionBits);

    internal static uint ToUnits(SampleLoss loss) =>
        !loss.LogitsAreFinite ? NonFiniteLogit : !float.IsFinite(loss.Loss) ? NonFiniteLoss : ToUnits(loss.Loss);

    internal static EvaluationFault FirstFault(ReadOnlySpan<uint> losses)
    {
        foreach (var loss in losses)
        {
            if (loss == NonFiniteLogit) return EvaluationFault.NonFiniteLogit;
            if (loss == NonFiniteLoss) return EvaluationFault.NonFiniteLoss;
        }
        return EvaluationFault.None;
    }
}
