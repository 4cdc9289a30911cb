using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

/// <summary>Models and data that many tests use.</summary>
internal static class Samples
{
    public static Hash256 Seed(byte number) => Hash256.Sha256([number]);

    public static ModelSpec Spec(Shape input, params LayerSpec[] layers)
    {
        Assert.True(ModelSpec.TryCreate(input, layers, out var spec, out var error), error.ToString());
        return spec;
    }

    /// <summary>Small networks that between them have every odd case: even kernels, wide borders, tails, single pixels, lone layers.</summary>
    public static ModelSpec OddSpec(int number) => number switch
    {
        0 => Spec(new(1, 9, 7), ConvolutionSpec.Same(3, 3), new ReluSpec(), new MaxPoolSpec(2), new FlattenSpec(), new DenseSpec(5)),
        1 => Spec(
            new(3, 6, 11), new ConvolutionSpec(5, 1, 0), new ReluSpec(), new ConvolutionSpec(6, 3, 0), new MaxPoolSpec(3),
            new ConvolutionSpec(9, 2, 1), new ReluSpec(), new FlattenSpec(), new DenseSpec(4)),
        2 => Spec(new(2, 5, 5), new ConvolutionSpec(4, 5, 4), new ConvolutionSpec(2, 4, 1), new FlattenSpec(), new DenseSpec(3)),
        3 => Spec(new(1, 8, 8), new FlattenSpec(), new DenseSpec(33), new ReluSpec(), new DenseSpec(17), new ReluSpec(), new DenseSpec(10)),
        4 => Spec(
            new(1, 7, 7), new MaxPoolSpec(2), new ReluSpec(), new ConvolutionSpec(4, 3, 2), new MaxPoolSpec(2), new ReluSpec(),
            new ReluSpec(), new ConvolutionSpec(1, 2, 0), new FlattenSpec(), new ReluSpec(), new DenseSpec(2)),
        5 => Spec(new(2, 3, 1), new ConvolutionSpec(13, 1, 0), new ReluSpec(), new FlattenSpec(), new DenseSpec(70), new DenseSpec(9)),
        _ => Spec(new(1, 1, 17), new ConvolutionSpec(2, 3, 2), new ReluSpec(), new FlattenSpec(), new DenseSpec(3)),
    };

    public const int OddSpecs = 7;

    /// <summary>Images whose brightness pattern depends on the label, with noise: something that can be learned.</summary>
    public static Dataset Dataset(Shape shape, int classes, int count, byte seed)
    {
        var stream = new SeededStream(Seed(seed));
        var size = (int)shape.Count;
        var (images, labels) = (new byte[size * count], new byte[count]);
        stream.Fill(images);
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)stream.NextBelow((ulong)classes);
            for (var at = 0; at < size; at++)
                images[(i * size) + at] = (byte)((images[(i * size) + at] / 2) + (at % classes == labels[i] ? 127 : 0));
        }
        Assert.True(NeuroChain.Learning.Dataset.TryCreate(shape, images, labels, classes, out var dataset, out _));
        return dataset;
    }

    public static Dataset DatasetFor(ModelPlan plan, int count, byte seed) => Dataset(plan.Input, plan.Classes, count, seed);

    /// <summary>Random parameters whose biases are not zero either.</summary>
    public static ModelParameters Parameters(ModelPlan plan, byte seed)
    {
        var parameters = ModelParameters.HeUniform(plan, Seed(seed));
        var stream = new SeededStream(Seed((byte)(seed + 100)));
        foreach (var tensor in plan.Tensors.Where(tensor => tensor.Shape.Count == 1))
            foreach (ref var value in parameters.Of(tensor))
                value = ((int)stream.NextBelow(2001) - 1000) / 4096f;
        return parameters;
    }

    public static int[] Range(int count) => [.. Enumerable.Range(0, count)];

    public static uint[] Bits(ReadOnlySpan<float> values)
    {
        var bits = new uint[values.Length];
        for (var i = 0; i < bits.Length; i++) bits[i] = BitConverter.SingleToUInt32Bits(values[i]);
        return bits;
    }

    public static IdxFolder FashionMnist()
    {
        if (!NeuroChain.Learning.FashionMnist.IsInstalled) Assert.Skip("Debian's package dataset-fashion-mnist is not installed");
        return Loaded.Value;
    }

    private static readonly Lazy<IdxFolder> Loaded = new(() => NeuroChain.Learning.FashionMnist.Load());
}
