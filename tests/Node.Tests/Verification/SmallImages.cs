using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node.Tests;

/// <summary>Small images that can be learned.</summary>
internal static class SmallImages
{
    private const int Side = 4;
    private const int Classes = 10;

    /// <summary>Images whose brightest pixel tells the class, in noise.</summary>
    public static Dataset MakeDataset(int count, byte seed)
    {
        var stream = new SeededStream(Hash256.Sha256([seed]));
        var (images, labels) = (new byte[count * Side * Side], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)stream.NextBelow(Classes);
            for (var at = 0; at < Side * Side; at++) images[(i * Side * Side) + at] = (byte)(stream.NextBelow(128) + (at == labels[i] ? 127UL : 0));
        }

        Assert.True(Dataset.TryCreate(new Shape(1, Side, Side), images, labels, Classes, out var dataset, out _));
        return dataset;
    }
}
