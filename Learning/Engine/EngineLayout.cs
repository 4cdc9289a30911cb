namespace NeuroChain.Learning;

/// <summary>How a plan runs on the engine: which slot each layer reads and writes, and which ReLU is done by the layer before it.</summary>
internal sealed class EngineLayout
{
    private readonly List<ActivationSlot> _slots = [];

    public EngineLayout(ModelPlan plan)
    {
        Plan = plan;
        FirstLearning = plan.Layers.Select((layer, i) => (layer, i)).First(pair => pair.layer.Weight is not null).i;
        Inputs = new ActivationSlot[plan.Layers.Count];
        Outputs = new ActivationSlot[plan.Layers.Count];
        FusesRelu = new bool[plan.Layers.Count];
        var slot = Add(plan.Input, 0);
        for (var i = 0; i < plan.Layers.Count; i++)
        {
            Inputs[i] = slot;
            slot = OutputOf(i, slot);
            Outputs[i] = slot;
        }
    }

    public ModelPlan Plan { get; }

    public IReadOnlyList<ActivationSlot> Slots => _slots;

    public ActivationSlot[] Inputs { get; }

    public ActivationSlot[] Outputs { get; }

    /// <summary>
    /// True for a convolution or dense layer that stores the ReLU of its result; the ReLU layer then has the same slot twice.
    /// </summary>
    public bool[] FusesRelu { get; }

    /// <summary>No gradient flows further back than this layer, the first with parameters.</summary>
    public int FirstLearning { get; }

    private ActivationSlot OutputOf(int i, ActivationSlot input)
    {
        var layer = Plan.Layers[i];
        switch (layer.Spec)
        {
            case ConvolutionSpec convolution:
                input.ValueBorder = convolution.Padding;
                FusesRelu[i] = IsRelu(i + 1);
                return Add(layer.Output, i > FirstLearning ? convolution.Kernel - 1 - convolution.Padding : 0);
            case DenseSpec:
                FusesRelu[i] = IsRelu(i + 1);
                return Add(layer.Output, 0);
            case ReluSpec when i > 0 && FusesRelu[i - 1]:
                return input;
            // Without borders a flat vector and an image are the same bytes.
            case FlattenSpec when input.GradientBorder == 0:
                return input;
            default:
                return Add(layer.Output, 0);
        }
    }

    private bool IsRelu(int i) => i < Plan.Layers.Count && Plan.Layers[i].Spec is ReluSpec;

    private ActivationSlot Add(Shape shape, int gradientBorder)
    {
        var slot = new ActivationSlot(shape, gradientBorder);
        _slots.Add(slot);
        return slot;
    }
}
