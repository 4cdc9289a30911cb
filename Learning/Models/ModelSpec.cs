using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// A model's architecture as it stands on chain: input, layers in order, and softmax cross-entropy as the loss. An instance has passed
/// every check and carries its <see cref="Plan"/>; its identity is <see cref="Hash"/>, SHA-256 of the canonical JSON.
/// </summary>
public sealed class ModelSpec
{
    private readonly byte[] _canonical;

    private ModelSpec(Shape input, LayerSpec[] layers)
    {
        Input = input;
        Layers = layers;
        _canonical = ModelSpecJson.Write(input, layers);
        Hash = Hash256.Sha256(_canonical);
    }

    public Shape Input { get; }

    public IReadOnlyList<LayerSpec> Layers { get; }

    public ModelPlan Plan { get; private set; } = null!;

    public Hash256 Hash { get; }

    /// <summary>UTF-8 without white space, fields in one order: the bytes that <see cref="Hash"/> covers.</summary>
    public ReadOnlySpan<byte> CanonicalJson => _canonical;

    public static bool TryCreate(
        Shape input, IReadOnlyList<LayerSpec> layers, [NotNullWhen(true)] out ModelSpec? spec, out ModelSpecError error)
    {
        spec = null;
        if (layers.Count > ModelLimits.LayersMax)
        {
            error = ModelSpecError.TooManyLayers;
            return false;
        }
        var candidate = new ModelSpec(input, [.. layers]);
        if (!ModelPlan.TryCompile(candidate, out var plan, out error)) return false;
        candidate.Plan = plan;
        spec = candidate;
        return true;
    }

    /// <summary>Reads JSON in any spacing and order of fields; unknown, missing and repeated fields are refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out ModelSpec? spec, out ModelSpecError error)
    {
        spec = null;
        return ModelSpecJson.TryRead(json, out var input, out var layers, out error) && TryCreate(input, layers, out spec, out error);
    }

    /// <summary>
    /// The testnet's network: two 3x3 convolutions (8, then 16 channels) with ReLU and 2x2 pooling, and a dense layer; 9,098 parameters
    /// for 28x28 images and ten classes.
    /// </summary>
    /// <exception cref="OperatorException">The images are too small or too large for it.</exception>
    public static ModelSpec SmallConvolutional(int channels = 1, int height = 28, int width = 28, int classes = 10)
    {
        LayerSpec[] layers =
        [
            ConvolutionSpec.Same(8, 3), new ReluSpec(), new MaxPoolSpec(2),
            ConvolutionSpec.Same(16, 3), new ReluSpec(), new MaxPoolSpec(2),
            new FlattenSpec(), new DenseSpec(classes),
        ];
        return TryCreate(new Shape(channels, height, width), layers, out var spec, out var error)
            ? spec
            : throw new OperatorException(
                $"a small convolutional network cannot take {channels}x{height}x{width} images in {classes} classes "
                + $"({error}): change them");
    }
}
