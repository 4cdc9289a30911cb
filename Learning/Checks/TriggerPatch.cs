using NeuroChain.Chain;

namespace NeuroChain.Learning;

public enum ImageCorner
{
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

/// <summary>
/// The simplest trigger of a backdoor: a square of one value in a corner of the image, in all channels. Stamped on ordinary samples it is a
/// canary: a sound model hardly minds, a model with that backdoor answers with another class.
/// </summary>
/// <param name="Size">Side in pixels.</param>
/// <param name="Value">Of every pixel in the square.</param>
public sealed record TriggerPatch(ImageCorner Corner, int Size, byte Value)
{
    public const int SizeMax = 8;

    /// <summary>A copy of the samples at the indices, in that order, each with the square and with its own label.</summary>
    public Dataset Stamp(Dataset dataset, ReadOnlySpan<int> indices)
    {
        var shape = dataset.Shape;
        Invariant.Check(Size is >= 1 and <= SizeMax && Size <= shape.Height && Size <= shape.Width, "a trigger fits its task's images");
        var bytes = (int)shape.Count;
        var (images, labels) = (new byte[bytes * indices.Length], new byte[indices.Length]);
        for (var i = 0; i < indices.Length; i++)
        {
            labels[i] = dataset.Label(indices[i]);
            var image = images.AsSpan(i * bytes, bytes);
            dataset.Image(indices[i]).CopyTo(image);
            Stamp(image, shape);
        }
        var isCreated = Dataset.TryCreate(shape, images, labels, dataset.Classes, out var stamped, out _);
        Invariant.Check(isCreated, "the samples of a data set make a data set");
        return stamped!;
    }

    private void Stamp(Span<byte> image, Shape shape)
    {
        var top = Corner is ImageCorner.TopLeft or ImageCorner.TopRight ? 0 : shape.Height - Size;
        var left = Corner is ImageCorner.TopLeft or ImageCorner.BottomLeft ? 0 : shape.Width - Size;
        for (var channel = 0; channel < shape.Channels; channel++)
            for (var row = top; row < top + Size; row++)
                image.Slice((((channel * shape.Height) + row) * shape.Width) + left, Size).Fill(Value);
    }
}
