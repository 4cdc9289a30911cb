using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>The values of a model's tensors as one flat vector in the plan's order.</summary>
public sealed class ModelParameters
{
    public ModelParameters(ModelPlan plan, float[] values)
    {
        Invariant.Check(values.Length == plan.ParameterCount, "the plan says how many parameters there are");
        Plan = plan;
        Values = values;
    }

    public ModelPlan Plan { get; }

    public float[] Values { get; }

    public bool IsFinite
    {
        get
        {
            foreach (var value in Values)
                if (!float.IsFinite(value))
                    return false;
            return true;
        }
    }

    public Span<float> Of(ParameterTensor tensor) => Values.AsSpan(tensor.Offset, tensor.Count);

    public ModelParameters Copy() => new(Plan, [.. Values]);

    /// <summary>
    /// He-uniform start (He et al., arXiv 1502.01852): weights uniform in +-sqrt(6 / fan-in), from 24 bits of the stream each, in the
    /// order of the tensors; biases zero. Only exact operations and sqrt, so every machine starts from the same bits.
    /// </summary>
    public static ModelParameters HeUniform(ModelPlan plan, Hash256 seed)
    {
        var parameters = new ModelParameters(plan, new float[plan.ParameterCount]);
        var stream = new SeededStream(seed);
        foreach (var tensor in plan.Tensors)
        {
            if (tensor.Shape.Count == 1) continue;
            var bound = MathF.Sqrt(6f / (tensor.Count / tensor.Shape[0]));
            foreach (ref var value in parameters.Of(tensor))
            {
                var draw = (int)(stream.NextUInt64() >> 40) - (1 << 23);
                value = draw * (1f / (1 << 23)) * bound;
            }
        }
        return parameters;
    }
}
