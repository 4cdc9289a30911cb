namespace NeuroChain.Learning;

/// <summary>Why a checkpoint is not in balance.</summary>
public enum BalanceFault
{
    None,

    /// <summary>A parameter is neither zero nor of a magnitude from 2^-30 to 2^30.</summary>
    ParameterOutOfRange,

    /// <summary>A hidden unit's own parameters are more than twice, or less than half, as long as those that read it.</summary>
    UnitOutOfBalance,
}

/// <param name="Tensor">Where; null without a fault. A unit is named by the tensor of its weights.</param>
/// <param name="Index">Of the value in the tensor, or of the unit.</param>
public readonly record struct BalanceResult(BalanceFault Fault, ParameterTensor? Tensor, int Index);

/// <summary>
/// Refuses models that compute well and cannot be trained on: who multiplies a layer by s and divides the next by s changes no loss, but
/// gradients of the two then differ by s squared. Trainers bring a model into balance with <see cref="Canonicaliser"/>.
/// </summary>
/// <remarks>
/// Let a be the sum of squares of a unit's weights and bias, b that of the weights that read it. The rule is 4a >= b and a &lt;= 4b, in double
/// precision and in the order of the tensors. A unit with a = 0 or b = 0 does nothing and is left to <see cref="TrainabilityProbe"/>. The
/// range keeps products of ordinary models away from subnormal numbers, which are slow on many processors, and from infinity.
/// </remarks>
public static class BalanceCheck
{
    /// <summary>2^-30.</summary>
    public const float MagnitudeMin = 1f / (1 << 30);

    /// <summary>2^30.</summary>
    public const float MagnitudeMax = 1 << 30;

    /// <summary>The first fault: values in the order of the tensors, then units in the order of the layers.</summary>
    public static BalanceResult Check(ModelParameters parameters)
    {
        foreach (var tensor in parameters.Plan.Tensors)
        {
            var values = parameters.Of(tensor);
            for (var i = 0; i < values.Length; i++)
                if (!IsInRange(values[i]))
                    return new BalanceResult(BalanceFault.ParameterOutOfRange, tensor, i);
        }
        foreach (var layer in HiddenLayer.Of(parameters.Plan))
        {
            for (var unit = 0; unit < layer.Units; unit++)
                if (Compare(layer, parameters.Values, unit) != 0)
                    return new BalanceResult(BalanceFault.UnitOutOfBalance, layer.Weight, unit);
        }
        return default;
    }

    internal static bool IsInRange(float value) => value == 0f || (MathF.Abs(value) >= MagnitudeMin && MathF.Abs(value) <= MagnitudeMax);

    /// <summary>1 where the unit's own side is too long, -1 where the side that reads it is, else 0.</summary>
    internal static int Compare(HiddenLayer layer, ReadOnlySpan<float> values, int unit)
    {
        var incoming = layer.IncomingSquares(values, unit);
        var outgoing = layer.OutgoingSquares(values, unit);
        return incoming == 0 || outgoing == 0 ? 0 : incoming > 4 * outgoing ? 1 : outgoing > 4 * incoming ? -1 : 0;
    }
}
