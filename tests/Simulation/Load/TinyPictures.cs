using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Simulation;

/// <summary>
/// Data and a model that a real trainer gets somewhere with in a millisecond: pictures of sixteen pixels, the brightest of which tells the class, and
/// two dense layers.
/// </summary>
internal static class TinyPictures
{
    private const int Side = 4;
    private const int Classes = 10;
    private const int Hidden = 16;
    private const int Count = 600;

    public static Dataset Training { get; } = Paint(1);

    public static Dataset Evaluation { get; } = Paint(2);

    public static ModelSpec Spec { get; } = MakeSpec();

    private static Dataset Paint(byte seed)
    {
        const int pixels = Side * Side;
        var draw = new SeededStream(Hash256.Sha256([seed]));
        var (images, labels) = (new byte[Count * pixels], new byte[Count]);
        for (var i = 0; i < Count; i++)
        {
            labels[i] = (byte)draw.NextBelow(Classes);
            for (var at = 0; at < pixels; at++) images[(i * pixels) + at] = (byte)(draw.NextBelow(128) + (at == labels[i] ? 127UL : 0));
        }

        var isMade = Dataset.TryCreate(new Shape(1, Side, Side), images, labels, Classes, out var dataset, out _);
        Invariant.Check(isMade, "pictures of one shape with labels below ten are a data set");
        return dataset!;
    }

    private static ModelSpec MakeSpec()
    {
        var isSpec = ModelSpec.TryCreate(new Shape(1, Side, Side), [new FlattenSpec(), new DenseSpec(Hidden), new ReluSpec(), new DenseSpec(Classes)], out var spec, out _);
        Invariant.Check(isSpec, "two dense layers are a model");
        return spec!;
    }
}
