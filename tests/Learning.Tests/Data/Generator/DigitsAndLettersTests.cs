using System.Security.Cryptography;
using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class DigitsAndLettersTests
{
    private static readonly DigitsAndLetters Generator = DigitsAndLetters.Instance;

    [Fact]
    public void TheGeneratorHasItsName() =>
        Assert.Equal("0xc86c0186bf0ba0ebc0a855e53f59cbbaa00bcbbb5c72e287977ce3c5501c4b36", Generator.Identity.ToString());

    // Another value here is another generator: models were trained and judged on these bytes.
    [Theory]
    [InlineData(SampleStream.Training, 1, 0, 200, "0x17370854bfafaf9799c3ac868abc150f6602bbe0289e83dddff1832aae92af27")]
    [InlineData(SampleStream.Evaluation, 1, 0, 200, "0x5f1fd52a20c81596df0fb77a6559e4c22fb2042e4bd8825b0947476aa271f54e")]
    [InlineData(SampleStream.Evaluation, 2, 1_000_000_007, 200, "0x04663941a9c760fa4b4fd6ccec504b575ade7c7ae13ba31719ae339350b5aeae")]
    public void TheSamplesNeverChange(SampleStream purpose, byte seed, ulong first, int count, string root) =>
        Assert.Equal(root, Generator.Samples(purpose, Samples.Seed(seed), first, count).Root.ToString());

    // What judges: validators that painted another root here would attest other losses.
    [Fact]
    public void TheSamplesOfADrawNeverChange()
    {
        var seed = Samples.Seed(6);
        Assert.Equal("0x3ca5af9bafc94b73f1fc6dad6cf7616a22a830a4ff845bbccef41de74738ca7a", Generator.Take(SampleDraw.Draw(seed, 200, Generator.Count), seed).Root.ToString());
    }

    [Fact]
    public void TheSameNumbersAreOtherSamplesUnderTheSeedOfAnotherDraw()
    {
        int[] numbers = [0, 5, 1_000_000_007];
        var (one, two) = (Hashes(Generator.Take(numbers, Samples.Seed(6))), Hashes(Generator.Take(numbers, Samples.Seed(7))));
        Assert.Empty(one.Intersect(two));
        Assert.Equal(one[1], Hashes(Generator.Samples(SampleStream.Evaluation, Samples.Seed(6), 5, 1))[0]);
        Assert.Empty(one.Intersect(Hashes(Generator.DrawForLearning(Samples.Seed(6), 6))));
    }

    [Fact]
    public void ASampleIsTheSameFromAnyPosition()
    {
        var all = Hashes(Generator.Samples(SampleStream.Training, Samples.Seed(3), 100, 120));
        foreach (var (skip, take) in new[] { (0, 1), (1, 1), (7, 36), (35, 2), (119, 1), (40, 80) })
            Assert.Equal(all[skip..(skip + take)], Hashes(Generator.Samples(SampleStream.Training, Samples.Seed(3), 100 + (ulong)skip, take)));
    }

    [Fact]
    public void EveryClassIsOnceInEachGroup()
    {
        var samples = Generator.Samples(SampleStream.Evaluation, Samples.Seed(4), 0, 20 * DigitsAndLetters.Classes);
        var orders = new HashSet<string>();
        foreach (var group in Labels(samples).Chunk(DigitsAndLetters.Classes))
        {
            Assert.Equal(Enumerable.Range(0, DigitsAndLetters.Classes), group.Select(label => (int)label).Order());
            orders.Add(string.Join(' ', group));
        }

        Assert.Equal(20, orders.Count);
    }

    [Fact]
    public void PurposesAndSeedsShareNoSample()
    {
        var hashes = new HashSet<Hash256>();
        foreach (var purpose in Enum.GetValues<SampleStream>())
            for (byte seed = 0; seed < 3; seed++)
                hashes.UnionWith(Hashes(Generator.Samples(purpose, Samples.Seed(seed), 0, 300)));
        Assert.Equal(2 * 3 * 300, hashes.Count);
    }

    // Pixels of one sample say nothing about those of the same sample of another stream: a correlation would show as a small mean difference.
    [Fact]
    public void TheOrderOfClassesDiffersBetweenPurposes()
    {
        var training = Labels(Generator.Samples(SampleStream.Training, Samples.Seed(5), 0, 1440));
        var evaluation = Labels(Generator.Samples(SampleStream.Evaluation, Samples.Seed(5), 0, 1440));
        var equal = training.Zip(evaluation).Count(pair => pair.First == pair.Second);
        Assert.InRange(equal, 15, 70); // 40 expected of independent orders, standard deviation 6.3
    }

    [Fact]
    public void APictureHasInkOnPaper()
    {
        var samples = Generator.Samples(SampleStream.Evaluation, Samples.Seed(6), 0, 720);
        Assert.Equal(new Shape(1, 28, 28), samples.Shape);
        for (var i = 0; i < samples.Count; i++)
        {
            var sorted = samples.Image(i).ToArray();
            Array.Sort(sorted);
            // The brightest twentieth of the pixels stands out from the darker half in every picture.
            Assert.True(sorted[^40] - sorted[392] > 25, $"sample {i} of {DigitsAndLetters.Character(samples.Label(i))} is empty");
        }
    }

    [Fact]
    public void AStretchHasItsBounds()
    {
        Assert.Throws<InvariantException>(() => Generator.Samples(SampleStream.Training, Samples.Seed(1), 0, 0));
        Assert.Throws<InvariantException>(() => Generator.Samples(SampleStream.Training, Samples.Seed(1), 0, Dataset.SamplesMax + 1));
        Assert.Throws<OverflowException>(() => Generator.Samples(SampleStream.Training, Samples.Seed(1), ulong.MaxValue, 2));
        Assert.Equal(1, Generator.Samples(SampleStream.Training, Samples.Seed(1), ulong.MaxValue, 1).Count);
    }

    // A floor under "learnable": guessing gives a loss of ln 36 = 3.58 nats and 2.8 % right.
    [Fact]
    public void ASmallNetworkLearnsIt()
    {
        var spec = ModelSpec.SmallConvolutional(classes: DigitsAndLetters.Classes);
        var learning = Generator.Samples(SampleStream.Training, Samples.Seed(7), 0, 7200);
        var fresh = Generator.Samples(SampleStream.Evaluation, Samples.Seed(7), 0, 720);
        using var trainer = new Trainer(
            ModelParameters.HeUniform(spec.Plan, Samples.Seed(7)), learning, Samples.Seed(7), new TrainerOptions { LearningRate = 0.03f }, new EngineOptions(1));
        for (var step = 0; step < 500; step++) Assert.Equal(EvaluationFault.None, trainer.Step().Fault);
        using var engine = new CanonicalEngine(spec.Plan, new EngineOptions(1));
        Assert.True(engine.TryEvaluate(trainer.Parameters, fresh, Samples.Range(fresh.Count), out var result, out _));
        Assert.InRange(LossScale.ToNats((double)result.LossSum / fresh.Count), 0.5, 3.2);
        Assert.True(result.Correct > fresh.Count / 8, $"{result.Correct} of {fresh.Count}");
    }

    [Fact]
    public void AContactSheetHasEverySampleInItsPlace()
    {
        var samples = Generator.Samples(SampleStream.Evaluation, Samples.Seed(8), 0, 5);
        var file = ContactSheet.ToPgm(samples, 3);
        var head = "P5\n88 59\n255\n"u8;
        Assert.True(file.AsSpan().StartsWith(head));
        Assert.Equal(head.Length + (88 * 59), file.Length);
        for (var sample = 0; sample < 5; sample++)
        {
            var corner = head.Length + ((1 + (sample / 3 * 29)) * 88) + 1 + (sample % 3 * 29);
            for (var row = 0; row < 28; row++)
                Assert.Equal(samples.Image(sample).Slice(row * 28, 28), file.AsSpan(corner + (row * 88), 28));
        }
    }

    private static byte[] Labels(Dataset samples) => [.. Enumerable.Range(0, samples.Count).Select(samples.Label)];

    private static Hash256[] Hashes(Dataset samples) => [.. Enumerable.Range(0, samples.Count).Select(samples.SampleHash)];
}
