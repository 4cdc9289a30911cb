using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

/// <summary>One way in which an honest trainer may train a small network; the number fixes everything.</summary>
internal sealed record HonestRun(int Number)
{
    public const int Count = 50;

    private const int TrainingSamples = 6000;

    public static bool IsLong => Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1";

    /// <summary>All, or those of at most a few hundred steps on small images that are soon done.</summary>
    public static IEnumerable<HonestRun> All =>
        Enumerable.Range(0, Count).Select(number => new HonestRun(number)).Where(run => IsLong || (run.Number % 3 != 1 && run.Steps <= 400));

    public int Steps => new[] { 50, 100, 200, 400, 800, 1500 }[Number % 6];

    private bool HasMomentum => Number / 4 % 2 == 1;

    public TrainerOptions Options => new()
    {
        LearningRate = (HasMomentum ? new[] { 0.005f, 0.01f, 0.02f, 0.03f } : [0.01f, 0.03f, 0.05f, 0.1f])[Number % 4],
        Momentum = HasMomentum ? 0.9f : 0f,
        WeightDecay = new[] { 0f, 1e-4f, 1e-3f }[Number % 3],
        Batch = new[] { 8, 16, 32, 64 }[Number / 2 % 4],
    };

    public ModelSpec Spec => (Number % 5) switch
    {
        0 when IsLong => ModelSpec.SmallConvolutional(),
        0 or 1 => ModelSpec.SmallConvolutional(1, 14, 14),
        2 => Samples.Spec(
            new(1, 14, 14), new FlattenSpec(), new DenseSpec(32), new ReluSpec(), new DenseSpec(16), new ReluSpec(), new DenseSpec(10)),
        3 => Samples.Spec(
            new(1, 14, 14), ConvolutionSpec.Same(4, 3), new ReluSpec(), new ConvolutionSpec(8, 5, 0), new ReluSpec(), new MaxPoolSpec(2),
            new FlattenSpec(), new DenseSpec(24), new ReluSpec(), new DenseSpec(10)),
        _ => Samples.OddSpec(Number % 2 == 0 ? 0 : 3),
    };

    public Dataset Training => DataOf(Spec.Plan, training: true);

    public Dataset Test => DataOf(Spec.Plan, training: false);

    /// <summary>Fresh weights of this run's model.</summary>
    public ModelParameters Start => ModelParameters.HeUniform(Spec.Plan, Samples.Seed((byte)(100 + Number)));

    public static Dataset DataOf(ModelPlan plan, bool training)
    {
        if (plan.Input == new Shape(1, 28, 28)) return training ? Samples.FashionMnist().Training : Samples.FashionMnist().Test;
        if (plan.Input == new Shape(1, 14, 14)) return training ? SmallTraining.Value : SmallTest.Value;
        return Samples.DatasetFor(plan, training ? 2000 : 1000, (byte)(training ? 1 : 2));
    }

    /// <summary>So many steps from the start, by this run's options.</summary>
    public ModelParameters Train(ModelParameters start, int steps, byte seed = 7)
    {
        using var trainer = new Trainer(start, Training, Samples.Seed(seed), Options, new EngineOptions());
        for (var i = 0; i < steps; i++) Assert.Equal(EvaluationFault.None, trainer.Step().Fault);
        return trainer.Parameters;
    }

    private static readonly Lazy<Dataset> SmallTraining = new(() => Shrink(Samples.FashionMnist().Training, TrainingSamples));
    private static readonly Lazy<Dataset> SmallTest = new(() => Shrink(Samples.FashionMnist().Test, 10_000));

    /// <summary>Clothes at half the size: each pixel is the mean of four.</summary>
    private static Dataset Shrink(Dataset dataset, int count)
    {
        var (images, labels) = (new byte[count * 14 * 14], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = dataset.Label(i);
            var image = dataset.Image(i);
            for (var at = 0; at < 14 * 14; at++)
            {
                var corner = (at / 14 * 2 * 28) + (at % 14 * 2);
                images[(i * 14 * 14) + at] = (byte)((image[corner] + image[corner + 1] + image[corner + 28] + image[corner + 29]) / 4);
            }
        }
        Assert.True(Dataset.TryCreate(new(1, 14, 14), images, labels, 10, out var shrunk, out _));
        return shrunk;
    }
}
