using System.Text;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node.Tests;

/// <summary>A private loss is that of one sample: what comes out of it hangs on no other sample of the draw.</summary>
public sealed class PrivateDrawTests
{
    private static readonly Dataset Samples = SmallImages.MakeDataset(60, 2);

    private readonly ModelSpec _spec;

    public PrivateDrawTests()
    {
        Assert.True(ModelSpec.TryCreate(Samples.Shape, [new FlattenSpec(), new DenseSpec(10)], out var spec, out _));
        _spec = spec;
    }

    [Fact]
    public void ASampleOfWhichNothingFiniteComesCountsTheMostAndTheOthersAsAlone()
    {
        var checkpoint = Overflowing(out var bad);
        int[] good = [.. Enumerable.Range(0, Samples.Count).Except(bad)];
        Assert.NotEmpty(bad);
        Assert.True(good.Length > 4);
        int[] drawn = [good[0], bad[0], good[1], good[2]];
        var whole = Ask(checkpoint, [good[3]], drawn).Losses[1];
        Assert.Equal(Loss.UnitsMax, whole[1]);
        Assert.Equal(drawn.Select(number => Ask(checkpoint, [], [number]).Losses[1][0]), whole);
        Assert.Equal(Ask(checkpoint, [good[3]], good[..3]).Losses[1], whole.Where((_, i) => i != 1));
    }

    [Fact]
    public void TheCommonDrawIsAllOrNothing()
    {
        var checkpoint = Overflowing(out var bad);
        Assert.Equal(CandidateVerdict.NotFinite, Ask(checkpoint, [bad[0]], []).Verdict);
    }

    // Of one unit the first pixel weighs so much that a bright one brings its sum above the greatest number.
    private byte[] Overflowing(out int[] bad)
    {
        var heavy = ModelParameters.HeUniform(_spec.Plan, Hash256.Sha256([3]));
        heavy.Of(_spec.Plan.Tensors[0])[0] = float.MaxValue * 0.5f;
        heavy.Of(_spec.Plan.Tensors[1])[0] = float.MaxValue * 0.75f;
        using var engine = new CanonicalEngine(_spec.Plan, EngineOptions.Default);
        bad = [.. Enumerable.Range(0, Samples.Count).Where(i => !engine.TryEvaluate(heavy, Samples, [i], out _, out _))];
        return Checkpoint.Write(heavy);
    }

    private CheckpointReport Ask(byte[] checkpoint, int[] common, int[] own) => new Evaluator([Samples], EngineOptions.Default).Evaluate(
        new EvaluationRequest(Samples.Root, _spec.CanonicalJson.ToArray(), checkpoint) { Draws = [new DrawnSamples(Hash256.Zero, common), new DrawnSamples(Hash256.Zero, own)] })!;
}
