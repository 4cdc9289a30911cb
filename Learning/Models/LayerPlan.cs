namespace NeuroChain.Learning;

/// <summary>A layer with its derived shapes; weight and bias are null where the layer learns nothing.</summary>
public sealed record LayerPlan(LayerSpec Spec, Shape Input, Shape Output, ParameterTensor? Weight, ParameterTensor? Bias);
