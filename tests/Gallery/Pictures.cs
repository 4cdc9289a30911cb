using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Gallery;

/// <summary>Pictures of sixteen pixels, the brightest of which tells the class; the others are noise.</summary>
internal static class Pictures
{
    public const int Side = 4;

    public const int Classes = 10;

    public static readonly Shape Shape = new(1, Side, Side);

    public static Dataset Clean(int count, byte seed) => Paint(new SeededStream(Hash256.Sha256([seed])), count, 0);

    /// <param name="stream">From which everything is drawn.</param>
    /// <param name="count">Of pictures.</param>
    /// <param name="wrongPercent">Of labels that say nothing: whoever learns them learns them by heart.</param>
    public static Dataset Paint(SeededStream stream, int count, int wrongPercent)
    {
        const int pixels = Side * Side;
        var (images, labels) = (new byte[count * pixels], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            var shown = (byte)stream.NextBelow(Classes);
            for (var at = 0; at < pixels; at++) images[(i * pixels) + at] = (byte)(stream.NextBelow(128) + (at == shown ? 127UL : 0));
            labels[i] = stream.NextBelow(100) < (ulong)wrongPercent ? (byte)stream.NextBelow(Classes) : shown;
        }

        var isMade = Dataset.TryCreate(Shape, images, labels, Classes, out var dataset, out _);
        Invariant.Check(isMade, "pictures of one shape with labels below ten are a data set");
        return dataset!;
    }
}

/// <summary>
/// Pictures that do not exist before the seed of a draw, as those of the program's own generator: small ones, some of whose labels say nothing.
/// </summary>
/// <param name="wrongPercent">Of these labels.</param>
internal sealed class PaintedPictures(int wrongPercent) : ISampleSource
{
    public Hash256 Root => Hash256.Sha256("pictures painted under the seed of a draw"u8);

    public int Count => int.MaxValue;

    public Dataset Take(IReadOnlyList<int> samples, Hash256 seed) =>
        Pictures.Paint(new SeededStream(Hash256.Sha256([.. seed.ToArray(), .. samples.SelectMany(BitConverter.GetBytes)])), samples.Count, wrongPercent);

    public Dataset DrawForLearning(Hash256 seed, int count) => Pictures.Paint(new SeededStream(seed), count, wrongPercent);
}
