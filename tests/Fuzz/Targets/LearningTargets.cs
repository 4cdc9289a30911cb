using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Fuzz;

/// <summary>Decoders of Learning that read what trainers send: the checkpoint is anybody's bytes.</summary>
internal static class LearningTargets
{
    private static readonly ModelSpec Small = SmallSpec();

    public static readonly ImmutableArray<FuzzTarget> All =
    [
        new("model-spec", ["ModelSpec.TryParse", "ModelSpecJson.TryRead", "ModelSpecJson.TryReadModel", "ModelSpecJson.TryReadLayer"], _ => ModelSpec.SmallConvolutional().CanonicalJson.ToArray(), ReencodeSpec)
        { Spelling = Spelling.Several, TestInputs = 4_000 },
        new("checkpoint", ["Checkpoint.TryRead"], s => Checkpoint.Write(ModelParameters.HeUniform(Small.Plan, s.NextHash())),
            bytes => Checkpoint.TryRead(bytes, Small.Plan, out var parameters, out _) ? Checkpoint.Write(parameters) : null) { TestInputs = 4_000 },
        new("dataset-delta", ["DatasetDelta.TryDecode"], DeltaCase, ReencodeDelta),
        new("sparse-delta", ["SparseDelta.TryDecode"], AnyDelta, bytes => SparseDelta.TryDecode(bytes, out var delta, out _) ? delta.Encode() : null),
        new("glyph-font", ["GlyphFont.TryRead"], AnyFont, bytes => GlyphFont.TryRead(bytes, out _, out _) ? bytes : null) { Spelling = Spelling.Several },
    ];

    private static byte[] AnyDelta(SeededStream s)
    {
        var from = ModelParameters.HeUniform(Small.Plan, s.NextHash());
        return SparseDelta.Between(from, ModelParameters.HeUniform(Small.Plan, s.NextHash()), 1 + (int)s.NextBelow(8), out _).Encode();
    }

    private static byte[] AnyFont(SeededStream s) => System.Text.Encoding.ASCII.GetBytes(
        "# a font\nface any\n" + string.Concat(GlyphFont.Characters.Select(c => $"{c} {s.NextBelow(13)},{s.NextBelow(17)} ~{s.NextBelow(13)},2 3,{s.NextBelow(17)} / 1,1 2,2\n")));

    private static ModelSpec SmallSpec()
    {
        Assert.True(ModelSpec.TryCreate(new Shape(1, 2, 2), [new FlattenSpec(), new DenseSpec(3)], out var spec, out _));
        return spec;
    }

    private static byte[] DeltaCase(SeededStream stream)
    {
        var set = Samples(stream, 12);
        var removes = Enumerable.Range(0, (int)stream.NextBelow(4));
        return DatasetDelta.Between(set, removes, Samples(stream, 1 + (int)stream.NextBelow(5))).Encode();
    }

    private static Dataset Samples(SeededStream stream, int count)
    {
        var (images, labels) = (new byte[count * 4], new byte[count]);
        stream.Fill(images);
        for (var i = 0; i < count; i++) labels[i] = (byte)stream.NextBelow(3);
        Assert.True(Dataset.TryCreate(new Shape(1, 2, 2), images, labels, 3, out var dataset, out _));
        return dataset;
    }

    private static byte[]? ReencodeDelta(byte[] bytes)
    {
        if (DatasetDelta.TryDecode(bytes, out var delta, out var error)) return delta.Encode();
        Assert.NotEqual(DatasetDeltaError.None, error);
        return null;
    }

    private static byte[]? ReencodeSpec(byte[] bytes)
    {
        if (ModelSpec.TryParse(bytes, out var spec, out var error)) return spec.CanonicalJson.ToArray();
        Assert.NotEqual(ModelSpecError.None, error);
        return null;
    }
}
