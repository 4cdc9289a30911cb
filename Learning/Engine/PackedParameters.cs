namespace NeuroChain.Learning;

/// <summary>A model's parameters as the kernels read them; filled by one thread, then read by all.</summary>
internal sealed class PackedParameters
{
    private readonly PackedLayer?[] _layers;

    public PackedParameters(ModelPlan plan)
    {
        _layers = [.. plan.Layers.Select(layer => layer.Spec switch
        {
            ConvolutionSpec => new PackedLayer(layer, ConvolutionKernel<ScalarLanes, float>.Block),
            DenseSpec => new PackedLayer(layer, DenseKernel<ScalarLanes, float>.Block),
            _ => null,
        })];
    }

    public PackedLayer this[int layer] => _layers[layer]!;

    public void Pack(ReadOnlySpan<float> parameters, bool backward)
    {
        foreach (var layer in _layers) layer?.Pack(parameters, backward);
    }
}
