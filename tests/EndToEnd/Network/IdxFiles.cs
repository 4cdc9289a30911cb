using System.Buffers.Binary;
using NeuroChain.Learning;

namespace NeuroChain.EndToEnd;

/// <summary>Data sets as the IDX files that operators have; the reader knows by their first bytes that these are not packed.</summary>
internal static class IdxFiles
{
    /// <summary>A folder as MNIST's kin come in.</summary>
    public static void WriteFolder(string folder, Dataset training, Dataset test)
    {
        Directory.CreateDirectory(folder);
        foreach (var (part, dataset) in new[] { ("train", training), ("t10k", test) })
            Write(dataset, Path.Combine(folder, $"{part}-images-idx3-ubyte.gz"), Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"));
    }

    public static void Write(Dataset dataset, string images, string labels)
    {
        using (var file = File.Create(images))
        {
            file.Write(Numbers(0x0803, dataset.Count, dataset.Shape.Height, dataset.Shape.Width));
            for (var i = 0; i < dataset.Count; i++) file.Write(dataset.Image(i));
        }

        File.WriteAllBytes(labels, [.. Numbers(0x0801, dataset.Count), .. Enumerable.Range(0, dataset.Count).Select(i => dataset.Label(i))]);
    }

    private static byte[] Numbers(params int[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        return bytes;
    }
}
