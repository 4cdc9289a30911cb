using NeuroChain.Chain;

namespace NeuroChain.Learning.Torch;

/// <summary>
/// A model spec as a module of libtorch. Its parameters are the tensors of the plan, in the plan's order, so that they go from a checkpoint and
/// back as they are: no layout differs between the two engines.
/// </summary>
public sealed class Sequential : IDisposable
{
    private readonly ModelPlan _plan;
    private readonly Dictionary<string, Tensor> _byName = new(StringComparer.Ordinal);

    public Sequential(ModelParameters start, Device device)
    {
        _plan = start.Plan;
        try
        {
            foreach (var tensor in _plan.Tensors)
            {
                var shape = tensor.Shape.Select(extent => (long)extent).ToArray();
                _byName.Add(tensor.Name, Tensor.From(start.Of(tensor), shape, device));
                _byName[tensor.Name].RequiresGrad();
            }
        }
        catch
        {
            // Where one does not fit, the others hold just the memory that is short.
            foreach (var made in _byName.Values) made.Dispose();
            throw;
        }
        Parameters = [.. _plan.Tensors.Select(tensor => _byName[tensor.Name])];
    }

    public IReadOnlyList<Tensor> Parameters { get; }

    /// <param name="input">[samples, channels, rows, columns]</param>
    /// <returns>Logits, [samples, classes].</returns>
    public Tensor Forward(Tensor input)
    {
        var value = input;
        foreach (var layer in _plan.Layers) value = Forward(layer, value);
        return value;
    }

    /// <summary>A copy of all parameters.</summary>
    public ModelParameters Read() => Read(tensor => tensor);

    /// <summary>A copy of all gradients, in the places of their parameters.</summary>
    public ModelParameters ReadGradients() => Read(tensor => tensor.Grad);

    public void Dispose()
    {
        foreach (var tensor in Parameters) tensor.Dispose();
    }

    private ModelParameters Read(Func<Tensor, Tensor> choose)
    {
        using var scope = new DisposeScope();
        var read = new ModelParameters(_plan, new float[_plan.ParameterCount]);
        foreach (var tensor in _plan.Tensors) choose(_byName[tensor.Name]).CopyTo(read.Of(tensor));
        return read;
    }

    private Tensor Forward(LayerPlan layer, Tensor input)
    {
        switch (layer.Spec)
        {
            case ConvolutionSpec convolution:
                return Functional.Conv2d(input, Weight(layer), Bias(layer), convolution.Padding);
            case DenseSpec:
                return Functional.Linear(input, Weight(layer), Bias(layer));
            case MaxPoolSpec pool:
                return Functional.MaxPool2d(input, pool.Window);
            case ReluSpec:
                return Functional.Relu(input);
            default:
                Invariant.Check(layer.Spec is FlattenSpec, "every kind of layer has its function");
                return Functional.Flatten(input);
        }
    }

    private Tensor Weight(LayerPlan layer) => _byName[layer.Weight!.Name];

    private Tensor Bias(LayerPlan layer) => _byName[layer.Bias!.Name];
}
