using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// Labelled images of one shape, eight bits a value, samples one after the other. The engine reads a pixel p as the single-precision
/// quotient p / 255.
/// </summary>
public sealed class Dataset : ISampleSource
{
    public const int SamplesMax = 1 << 20;
    public const long BytesMax = 1L << 30;
    public const int ClassesMax = 256;

    private readonly byte[] _images;
    private readonly byte[] _labels;
    private readonly Lazy<Hash256> _root;

    private Dataset(Shape shape, byte[] images, byte[] labels, int classes)
    {
        Shape = shape;
        Classes = classes;
        _images = images;
        _labels = labels;
        _root = new Lazy<Hash256>(ComputeRoot);
    }

    public Shape Shape { get; }

    public int Count => _labels.Length;

    /// <summary>Labels are below this number.</summary>
    public int Classes { get; }

    /// <summary>SHA-256 over the hashes of all samples, in order.</summary>
    public Hash256 Root => _root.Value;

    /// <param name="images">count x channels x height x width bytes; the dataset keeps the array.</param>
    /// <param name="labels">One byte a sample; the dataset keeps the array.</param>
    public static bool TryCreate(
        Shape shape, byte[] images, byte[] labels, int classes, [NotNullWhen(true)] out Dataset? dataset, out DatasetError error)
    {
        dataset = null;
        error = DatasetError.DimensionOutOfRange;
        if (shape.Channels is < 1 or > ModelLimits.ChannelsMax || shape.Height is < 1 or > ModelLimits.SideMax
            || shape.Width is < 1 or > ModelLimits.SideMax || classes is < 2 or > ClassesMax || labels.Length == 0) return false;
        error = DatasetError.TooLarge;
        if (labels.Length > SamplesMax || images.Length > BytesMax) return false;
        error = DatasetError.CountsDiffer;
        if (images.Length != shape.Count * labels.Length) return false;
        error = DatasetError.LabelOutOfRange;
        foreach (var label in labels)
            if (label >= classes)
                return false;
        error = DatasetError.None;
        dataset = new Dataset(shape, images, labels, classes);
        return true;
    }

    public ReadOnlySpan<byte> Image(int sample) => _images.AsSpan(sample * (int)Shape.Count, (int)Shape.Count);

    public byte Label(int sample) => _labels[sample];

    /// <summary>All images, one after the other.</summary>
    internal ReadOnlySpan<byte> Images => _images;

    internal ReadOnlySpan<byte> Labels => _labels;

    public Dataset Take(IReadOnlyList<int> samples, Hash256 seed) => Take(samples);

    public Dataset DrawForLearning(Hash256 seed, int count) => Take(SampleDraw.Draw(seed, Math.Min(count, Count), Count));

    /// <summary>These samples, in this order.</summary>
    public Dataset Take(IReadOnlyList<int> samples)
    {
        var size = (int)Shape.Count;
        var (images, labels) = (new byte[(long)samples.Count * size], new byte[samples.Count]);
        for (var i = 0; i < samples.Count; i++)
        {
            Image(samples[i]).CopyTo(images.AsSpan(i * size));
            labels[i] = Label(samples[i]);
        }

        var isValid = TryCreate(Shape, images, labels, Classes, out var part, out _);
        Invariant.Check(isValid, "a part of a data set that is not empty is one");
        return part!;
    }

    /// <summary>SHA-256 of the label byte and the pixels: what proves one sample later without the others.</summary>
    public Hash256 SampleHash(int sample)
    {
        using var hasher = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        return SampleHash(hasher, sample);
    }

    private Hash256 ComputeRoot()
    {
        using var leaves = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> leaf = stackalloc byte[Hash256.Size];
        for (var i = 0; i < Count; i++)
        {
            SampleHash(leaves, i).CopyTo(leaf);
            all.AppendData(leaf);
        }
        return Hash256.FromBytes(all.GetHashAndReset());
    }

    private Hash256 SampleHash(IncrementalHash hasher, int sample)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        hasher.AppendData(_labels.AsSpan(sample, 1));
        hasher.AppendData(Image(sample));
        hasher.GetHashAndReset(digest);
        return Hash256.FromBytes(digest);
    }
}
