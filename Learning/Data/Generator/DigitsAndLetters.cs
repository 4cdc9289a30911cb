using System.Buffers.Binary;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>What samples are for. Each purpose has a tag of its own, so that no seed gives one the samples of the other.</summary>
public enum SampleStream
{
    Training,
    Evaluation,
}

/// <summary>
/// The generator "digits-letters-1": the digits and capital letters as 28x28 grey pictures, 36 classes, drawn with strokes of its own font,
/// bent, slanted, scratched, blurred and noisy. Sample i of a seed is a function of generator, purpose, seed and i alone, in integers and
/// tables, so it is the same bytes everywhere, from any position on, and nothing needs to be stored.
/// <code>
/// identity = SHA-256(generator tag || SHA-256(font) || name)
/// key      = SHA-256(purpose tag || identity || seed || kind (1) || number (8, big-endian))
/// </code>
/// Kind 0 seeds the order of the classes in a group of 36 samples, in which each class is once; kind 1 seeds one sample.
/// </summary>
public sealed class DigitsAndLetters : ISampleSource
{
    public const string Name = "digits-letters-1";
    public const int Classes = 36;

    private const string FontResource = "NeuroChain.Learning.strokes.txt";
    private const string FontHash = "0xf0932d363e6a81143948991f2bc7636695959d9bfcdb0313157dcb046438c6cd";
    private const byte OrderKind = 0;
    private const byte SampleKind = 1;

    private static readonly Lazy<DigitsAndLetters> Loaded = new(Load);

    private readonly GlyphFont _font;

    private DigitsAndLetters(GlyphFont font, Hash256 fontHash)
    {
        _font = font;
        Identity = Domain.Generator.Hash(fontHash.ToArray(), Encoding.ASCII.GetBytes(Name));
    }

    public static DigitsAndLetters Instance => Loaded.Value;

    public static Shape Shape => new(1, SamplePainter.Side, SamplePainter.Side);

    /// <summary>Names this generator on chain, its font included. Changed code that draws anything else needs another name.</summary>
    public Hash256 Identity { get; }

    /// <summary>The character of a label.</summary>
    public static char Character(byte label) => GlyphFont.Characters[label];

    public Hash256 Root => Identity;

    public int Count => int.MaxValue;

    /// <summary>
    /// Samples of the evaluation stream of this seed, by their numbers. Each draw of each round of each chain has a stream of its own, which
    /// nobody can paint, or learn by heart, before its seed is there.
    /// </summary>
    public Dataset Take(IReadOnlyList<int> samples, Hash256 seed) => Paint(SampleStream.Evaluation, seed, samples.Count, i =>
    {
        Invariant.Check(samples[i] >= 0, "samples have numbers from 0 on");
        return (ulong)samples[i];
    });

    public Dataset DrawForLearning(Hash256 seed, int count) => Samples(SampleStream.Training, seed, 0, count);

    /// <summary>Samples first to first + count - 1 of a seed, in memory for whoever is to use them now.</summary>
    /// <exception cref="InvariantException">None, or more than a data set may have.</exception>
    public Dataset Samples(SampleStream purpose, Hash256 seed, ulong first, int count) =>
        Paint(purpose, seed, count, i => checked(first + (ulong)i));

    private Dataset Paint(SampleStream purpose, Hash256 seed, int count, Func<int, ulong> numberOf)
    {
        Invariant.Check(count is > 0 and <= Dataset.SamplesMax, "a stretch of samples fits into a data set");
        var painter = new SamplePainter(_font);
        var size = (int)Shape.Count;
        var (images, labels) = (new byte[(long)size * count], new byte[count]);
        var order = new byte[Classes];
        var drawn = (ulong?)null;
        for (var i = 0; i < count; i++)
        {
            var number = numberOf(i);
            var group = number / Classes;
            if (drawn != group) DrawOrder(purpose, seed, group, order);
            drawn = group;
            labels[i] = order[(int)(number % Classes)];
            painter.Paint(labels[i], StreamOf(purpose, seed, SampleKind, number), images.AsSpan(i * size, size));
        }

        var isValid = Dataset.TryCreate(Shape, images, labels, Classes, out var dataset, out _);
        Invariant.Check(isValid, "what the generator draws is a data set");
        return dataset!;
    }

    private void DrawOrder(SampleStream purpose, Hash256 seed, ulong group, byte[] order)
    {
        var stream = StreamOf(purpose, seed, OrderKind, group);
        for (var i = 0; i < order.Length; i++) order[i] = (byte)i;
        for (var i = 0; i < order.Length - 1; i++)
        {
            var drawn = i + (int)stream.NextBelow((ulong)(order.Length - i));
            (order[i], order[drawn]) = (order[drawn], order[i]);
        }
    }

    private SeededStream StreamOf(SampleStream purpose, Hash256 seed, byte kind, ulong number)
    {
        Span<byte> place = stackalloc byte[Hash256.Size + 1 + sizeof(ulong)];
        seed.CopyTo(place);
        place[Hash256.Size] = kind;
        BinaryPrimitives.WriteUInt64BigEndian(place[(Hash256.Size + 1)..], number);
        var domain = purpose == SampleStream.Training ? Domain.GeneratedTraining : Domain.GeneratedEvaluation;
        return new SeededStream(domain.Hash(Identity.ToArray(), place));
    }

    private static DigitsAndLetters Load()
    {
        using var resource = typeof(DigitsAndLetters).Assembly.GetManifestResourceStream(FontResource);
        Invariant.Check(resource is not null, "the font is built into the program");
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        var file = bytes.ToArray();
        var hash = Hash256.Sha256(file);
        Invariant.Check(hash.ToString() == FontHash, "the font is the one that the generator was named with");
        var isFont = GlyphFont.TryRead(file, out var font, out _);
        Invariant.Check(isFont, "the font that is built in can be read");
        return new DigitsAndLetters(font!, hash);
    }
}
