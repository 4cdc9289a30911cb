using System.Buffers.Binary;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node.Tests;

/// <summary>Small images that can be learned, as data sets and as the IDX files that a node reads.</summary>
internal static class IdxFolder
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

    public static void Write(string folder, Dataset training, Dataset test)
    {
        Directory.CreateDirectory(folder);
        WritePart(folder, "train", training);
        WritePart(folder, "t10k", test);
    }

    // The reader knows by their first bytes that these are not packed.
    private static void WritePart(string folder, string part, Dataset dataset)
    {
        var images = new List<byte>(Numbers(0x0803, dataset.Count, Side, Side));
        var labels = new List<byte>(Numbers(0x0801, dataset.Count));
        for (var i = 0; i < dataset.Count; i++)
        {
            images.AddRange(dataset.Image(i));
            labels.Add(dataset.Label(i));
        }

        File.WriteAllBytes(Path.Combine(folder, $"{part}-images-idx3-ubyte.gz"), [.. images]);
        File.WriteAllBytes(Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"), [.. labels]);
    }

    private static byte[] Numbers(params int[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        return bytes;
    }
}
