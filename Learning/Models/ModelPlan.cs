using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// A model spec with every shape derived and checked once. Tensors lie in the flat parameter vector in the ordinal order of their names,
/// which is also their order in a checkpoint, so that a checkpoint's payload is the parameter vector itself.
/// </summary>
public sealed class ModelPlan
{
    private ModelPlan(ModelSpec spec, LayerPlan[] layers, ParameterTensor[] tensors, int parameterCount)
    {
        Spec = spec;
        Layers = layers;
        Tensors = tensors;
        ParameterCount = parameterCount;
    }

    public ModelSpec Spec { get; }

    public Shape Input => Spec.Input;

    public IReadOnlyList<LayerPlan> Layers { get; }

    /// <summary>In the ordinal order of their names.</summary>
    public IReadOnlyList<ParameterTensor> Tensors { get; }

    public int ParameterCount { get; }

    public int Classes => Layers[^1].Output.Channels;

    /// <summary>Multiply-adds of one sample's forward pass.</summary>
    public long MultiplyAdds => Layers.Sum(layer => WorkOf(layer.Spec, layer.Input, layer.Output));

    /// <summary>Whether the images have this model's input shape and the labels are among its classes.</summary>
    public bool Fits(Dataset dataset) => dataset.Shape == Input && dataset.Classes <= Classes;

    internal static bool TryCompile(ModelSpec spec, [NotNullWhen(true)] out ModelPlan? plan, out ModelSpecError error)
    {
        plan = null;
        error = ModelSpecError.DimensionOutOfRange;
        if (!InRange(spec.Input.Channels, ModelLimits.ChannelsMax) || !InRange(spec.Input.Height, ModelLimits.SideMax)
            || !InRange(spec.Input.Width, ModelLimits.SideMax)) return false;
        error = ModelSpecError.NoLayers;
        if (spec.Layers.Count == 0) return false;

        var shapes = new Shape[spec.Layers.Count + 1];
        shapes[0] = spec.Input;
        var (flat, parameters, activations, work) = (false, 0L, 0L, 0L);
        for (var i = 0; i < spec.Layers.Count; i++)
        {
            var layer = spec.Layers[i];
            error = Derive(layer, shapes[i], flat, out shapes[i + 1]);
            if (error != ModelSpecError.None) return false;
            flat |= layer is FlattenSpec;
            foreach (var shape in TensorShapes(layer, shapes[i])) parameters += shape.Aggregate(1L, (product, side) => product * side);
            activations += ValuesWithBorders(layer, shapes[i], shapes[i + 1]);
            work += WorkOf(layer, shapes[i], shapes[i + 1]);
            error = parameters > ModelLimits.ParametersMax ? ModelSpecError.TooManyParameters
                : activations > ModelLimits.ActivationsMax ? ModelSpecError.TooManyActivations
                : work > ModelLimits.MultiplyAddsMax ? ModelSpecError.TooMuchWork : ModelSpecError.None;
            if (error != ModelSpecError.None) return false;
        }
        error = ModelSpecError.LastLayerNotDense;
        if (spec.Layers[^1] is not DenseSpec head) return false;
        error = head.Units < 2 ? ModelSpecError.TooFewClasses
            : head.Units > ModelLimits.ClassesMax ? ModelSpecError.DimensionOutOfRange : ModelSpecError.None;
        if (error != ModelSpecError.None) return false;

        plan = Build(spec, shapes);
        Invariant.Check(plan.ParameterCount == parameters, "both passes count the same tensors");
        return true;
    }

    private static ModelPlan Build(ModelSpec spec, Shape[] shapes)
    {
        var named = new SortedDictionary<string, int[]>(StringComparer.Ordinal);
        for (var i = 0; i < spec.Layers.Count; i++)
        {
            var layerShapes = TensorShapes(spec.Layers[i], shapes[i]);
            for (var j = 0; j < layerShapes.Length; j++) named.Add(Name(i, j == 0 ? "weight" : "bias"), layerShapes[j]);
        }
        var tensors = new Dictionary<string, ParameterTensor>();
        var ordered = new List<ParameterTensor>();
        var offset = 0;
        foreach (var (name, shape) in named)
        {
            var tensor = new ParameterTensor(name, shape, offset, shape.Aggregate(1, (product, side) => product * side));
            tensors.Add(name, tensor);
            ordered.Add(tensor);
            offset += tensor.Count;
        }
        var layers = spec.Layers.Select((layer, i) => new LayerPlan(
            layer, shapes[i], shapes[i + 1], tensors.GetValueOrDefault(Name(i, "weight")), tensors.GetValueOrDefault(Name(i, "bias"))));
        return new ModelPlan(spec, [.. layers], [.. ordered], offset);
    }

    private static ModelSpecError Derive(LayerSpec layer, Shape input, bool flat, out Shape output)
    {
        output = input;
        switch (layer)
        {
            case DenseSpec dense:
                output = Shape.Flat(dense.Units);
                return !InRange(dense.Units, ModelLimits.UnitsMax) ? ModelSpecError.DimensionOutOfRange
                    : flat ? ModelSpecError.None : ModelSpecError.DenseNeedsFlatInput;
            case ConvolutionSpec convolution:
                if (flat) return ModelSpecError.LayerNeedsImageInput;
                if (!InRange(convolution.Channels, ModelLimits.ChannelsMax) || !InRange(convolution.Kernel, ModelLimits.KernelMax)
                    || convolution.Padding < 0) return ModelSpecError.DimensionOutOfRange;
                if (convolution.Padding >= convolution.Kernel) return ModelSpecError.PaddingNotBelowKernel;
                var grown = (2 * convolution.Padding) - convolution.Kernel + 1;
                output = new Shape(convolution.Channels, input.Height + grown, input.Width + grown);
                return output.Height < 1 || output.Width < 1 ? ModelSpecError.KernelLargerThanInput : ModelSpecError.None;
            case MaxPoolSpec pool:
                if (flat) return ModelSpecError.LayerNeedsImageInput;
                if (!InRange(pool.Window, ModelLimits.WindowMax)) return ModelSpecError.DimensionOutOfRange;
                output = input with { Height = input.Height / pool.Window, Width = input.Width / pool.Window };
                return output.Height < 1 || output.Width < 1 ? ModelSpecError.WindowLargerThanInput : ModelSpecError.None;
            case FlattenSpec:
                if (flat) return ModelSpecError.LayerNeedsImageInput;
                if (input.Count > ModelLimits.ActivationsMax) return ModelSpecError.TooManyActivations;
                output = Shape.Flat((int)input.Count);
                return ModelSpecError.None;
            default:
                return ModelSpecError.None;
        }
    }

    private static int[][] TensorShapes(LayerSpec layer, Shape input) => layer switch
    {
        DenseSpec dense => [[dense.Units, input.Channels], [dense.Units]],
        ConvolutionSpec convolution =>
            [[convolution.Channels, input.Channels, convolution.Kernel, convolution.Kernel], [convolution.Channels]],
        _ => [],
    };

    private static long WorkOf(LayerSpec layer, Shape input, Shape output) => layer switch
    {
        DenseSpec => input.Count * output.Count,
        ConvolutionSpec convolution => output.Count * input.Channels * convolution.Kernel * convolution.Kernel,
        _ => 0,
    };

    // Borders of a padded input and of the gradient that flows back are at most a kernel wide on each side.
    private static long ValuesWithBorders(LayerSpec layer, Shape input, Shape output) => layer is ConvolutionSpec convolution
        ? Bordered(input, convolution.Padding) + Bordered(output, convolution.Kernel - 1 - convolution.Padding)
        : input.Count + output.Count;

    private static long Bordered(Shape shape, int border) =>
        (long)shape.Channels * (shape.Height + (2 * border)) * (shape.Width + (2 * border));

    private static string Name(int layer, string what) => string.Create(CultureInfo.InvariantCulture, $"{layer}.{what}");

    private static bool InRange(int value, int max) => value >= 1 && value <= max;
}
