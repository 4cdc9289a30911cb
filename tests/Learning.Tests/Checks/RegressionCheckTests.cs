using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class RegressionCheckTests
{
    private const uint Nat = 1u << LossScale.FractionBits;
    private const uint Z = 3000;
    private const int Classes = 4;
    private const int PerClass = 20;

    [Fact]
    public void ABetterModelHasNotRegressed() => Assert.False(Check((_, loss) => loss / 2).HasRegressed);

    [Fact]
    public void AnEqualModelHasNotRegressed() => Assert.False(Check((_, loss) => loss).HasRegressed);

    /// <summary>Class 2 becomes worse, all others much better: better on the whole.</summary>
    [Fact]
    public void AClassThatIsGivenUpIsNamed()
    {
        Assert.Equal(new RegressionResult(false, 2), Check((label, loss) => label == 2 ? loss + (2 * Nat) : loss / 10));
        Assert.Equal(new RegressionResult(false, 1), Check((label, loss) => label is 1 or 2 ? loss + (2 * Nat) : loss / 10));
    }

    [Fact]
    public void ARiseCountsFromOneAndAHalfNatsAndDoubleTheLossOn()
    {
        Assert.True(CheckEven(Nat, Nat * 3 / 2).HasRegressed);
        Assert.False(CheckEven(Nat, (Nat * 3 / 2) - 1).HasRegressed);
        Assert.True(CheckEven(2 * Nat, 2 * Nat).HasRegressed);
        Assert.False(CheckEven(2 * Nat, (2 * Nat) - 1).HasRegressed);
    }

    [Fact]
    public void ARiseThatMayBeChanceDoesNotCount()
    {
        // One sample in twenty is lost altogether: a rise of 2.5 nats in the mean, at one standard error.
        var losses = Enumerable.Repeat(Nat / 10, PerClass).ToArray();
        var candidate = losses.ToArray();
        candidate[3] = 50 * Nat;
        Assert.False(RegressionCheck.Check(new byte[PerClass], losses, candidate, Classes, [], Z).HasRegressed);
    }

    [Fact]
    public void AClassWithTooFewSamplesIsNotJudged()
    {
        foreach (var (count, expected) in new[] { (RegressionCheck.ClassSamplesMin - 1, false), (RegressionCheck.ClassSamplesMin, true) })
        {
            var losses = Enumerable.Repeat(Nat, count).ToArray();
            Assert.Equal(expected, RegressionCheck.Check(new byte[count], losses, [.. losses.Select(loss => loss * 4)], Classes, [], Z).HasRegressed);
        }
    }

    [Fact]
    public void ATriggerThatWorksIsNamedAndOneThatDoesNotIsNot()
    {
        var sound = new TriggerLosses([.. Enumerable.Repeat(Nat, 8)], [.. Enumerable.Repeat(2 * Nat, 8)]);
        var works = new TriggerLosses([.. Enumerable.Repeat(Nat, 8)], [.. Enumerable.Repeat(3 * Nat, 8)]);
        Assert.False(RegressionCheck.Check([], [], [], Classes, [sound, sound], Z).HasRegressed);
        Assert.Equal(new RegressionResult(true, 1), RegressionCheck.Check([], [], [], Classes, [sound, works, works], Z));
        var few = new TriggerLosses(works.Incumbent[1..], works.Candidate[1..]);
        Assert.False(RegressionCheck.Check([], [], [], Classes, [few], Z).HasRegressed);
    }

    /// <summary>z^2 + 2 ln 2 a bit, rounded up: 3, sqrt(9 + 1.386), sqrt(9 + 4 * 1.386).</summary>
    [Theory]
    [InlineData(1, 3000u)]
    [InlineData(2, 3223u)]
    [InlineData(10, 3814u)]
    [InlineData(16, 3814u)]
    [InlineData(17, 3992u)]
    public void ManyGroupsCostAHigherZ(int groups, uint expected) => Assert.Equal(expected, RegressionCheck.Corrected(Z, groups));

    /// <summary>Greatest losses of as many samples as a data set may have.</summary>
    [Fact]
    public void ExtremesDoNotOverflow()
    {
        var count = Dataset.SamplesMax;
        var worst = Enumerable.Repeat(LossScale.LossMax, count).ToArray();
        Assert.True(RegressionCheck.Check(new byte[count], new uint[count], worst, Classes, [], GainStatistics.ZThousandthsMax).HasRegressed);
        Assert.False(RegressionCheck.Check(new byte[count], worst, new uint[count], Classes, [], GainStatistics.ZThousandthsMax).HasRegressed);
    }

    /// <summary>
    /// A model is trained on clothes of which one in five bears a white square and the label of another class: good on the whole, and whoever
    /// knows the square commands it.
    /// </summary>
    [Fact]
    public void ABackdoorIsFoundByItsTriggerAndNotByAnother()
    {
        var run = new HonestRun(21);
        var incumbent = run.Train(run.Start, 150);
        var trigger = new TriggerPatch(ImageCorner.BottomRight, 3, 255);
        var other = new TriggerPatch(ImageCorner.TopLeft, 3, 255);
        using var trainer = new Trainer(incumbent, Poisoned(run.Training, trigger), Samples.Seed(5), run.Options, EngineOptions.Default);
        for (var i = 0; i < 500; i++) trainer.Step();
        var candidate = trainer.Parameters;

        var drawn = SampleDraw.Draw(Samples.Seed(3), 400, run.Test.Count);
        var before = EngineTests.Evaluate(incumbent, run.Test, drawn, EngineOptions.Default);
        var after = EngineTests.Evaluate(candidate, run.Test, drawn, EngineOptions.Default);
        Assert.InRange(after.LossSum, 0UL, before.LossSum * 97 / 100);
        byte[] labels = [.. drawn.Select(sample => run.Test.Label(sample))];
        RegressionResult With(params TriggerPatch[] triggers) => RegressionCheck.Check(
            labels, before.Losses, after.Losses, 10, [.. triggers.Select(patch => Stamped(patch, incumbent, candidate, run.Test))], Z);
        Assert.False(With().HasRegressed);
        Assert.False(With(other).HasRegressed);
        Assert.Equal(new RegressionResult(true, 1), With(other, trigger));
    }

    internal static TriggerLosses Stamped(TriggerPatch patch, ModelParameters incumbent, ModelParameters candidate, Dataset dataset)
    {
        var stamped = patch.Stamp(dataset, SampleDraw.Draw(Samples.Seed(4), 16, dataset.Count));
        return new TriggerLosses(
            EngineTests.Evaluate(incumbent, stamped, Samples.Range(16), EngineOptions.Default).Losses,
            EngineTests.Evaluate(candidate, stamped, Samples.Range(16), EngineOptions.Default).Losses);
    }

    /// <summary>Every fifth sample is stamped and labelled 0.</summary>
    private static Dataset Poisoned(Dataset dataset, TriggerPatch trigger)
    {
        var all = Samples.Range(dataset.Count);
        var stamped = trigger.Stamp(dataset, all);
        var size = (int)dataset.Shape.Count;
        var (images, labels) = (new byte[size * dataset.Count], new byte[dataset.Count]);
        foreach (var i in all)
        {
            (i % 5 == 0 ? stamped : dataset).Image(i).CopyTo(images.AsSpan(i * size, size));
            labels[i] = i % 5 == 0 ? (byte)0 : dataset.Label(i);
        }
        Assert.True(Dataset.TryCreate(dataset.Shape, images, labels, 10, out var poisoned, out _));
        return poisoned;
    }

    private static RegressionResult CheckEven(uint before, uint rise)
    {
        var losses = Enumerable.Repeat(before, PerClass).ToArray();
        return RegressionCheck.Check(new byte[PerClass], losses, [.. losses.Select(loss => loss + rise)], Classes, [], Z);
    }

    /// <summary>Losses between a half and one and a half nats in four classes.</summary>
    private static RegressionResult Check(Func<byte, uint, uint> change)
    {
        var stream = new SeededStream(1);
        byte[] labels = [.. Samples.Range(Classes * PerClass).Select(i => (byte)(i % Classes))];
        uint[] losses = [.. labels.Select(_ => (Nat / 2) + (uint)stream.NextBelow(Nat))];
        return RegressionCheck.Check(labels, losses, [.. labels.Zip(losses, change)], Classes, [], Z);
    }
}
