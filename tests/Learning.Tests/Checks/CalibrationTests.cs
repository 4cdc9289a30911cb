using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

/// <summary>
/// Trains small networks as honest trainers do and holds every check against them: the thresholds stand where none is refused. The long
/// run trains all fifty; the test's output names the extremes that docs/protocol/training.md quotes.
/// </summary>
public sealed class CalibrationTests
{
    private const int Judged = 500;
    private const int Compared = 16;
    private const uint Z = 3000;
    private const uint RequiredMillionths = 25_000;

    private static readonly TriggerPatch[] Triggers =
    [
        .. Enum.GetValues<ImageCorner>().SelectMany(corner => new TriggerPatch[] { new(corner, 3, 255), new(corner, 4, 128) }),
    ];

    [Fact]
    public void NoHonestModelIsRefused()
    {
        var extremes = new Extremes();
        var strangers = new Dictionary<Hash256, List<float[]>>();
        foreach (var run in HonestRun.All)
        {
            var name = $"run {run.Number}";
            var trained = run.Train(run.Start, run.Steps);
            var model = AssertCanonical(run, trained, extremes, name);
            AssertTrainable(run, model, extremes, name);
            var logits = Logits(run, model);
            AssertStranger(logits, strangers, run, extremes, name);
            var successor = Canonicaliser.Canonicalise(run.Train(model, Math.Max(50, run.Steps / 2), 9)).Parameters;
            Assert.Equal(
                SimilarityFault.None, SimilarityCheck.Check(Logits(run, successor), [new Kin(KinKind.Ancestor, logits)], run.Spec.Plan.Classes).Fault);
            AssertSound(run, model, successor, extremes, name);
        }
        TestContext.Current.TestOutputHelper!.WriteLine(extremes.ToString());
        // Otherwise the regression check would have been asked about nobody.
        Assert.True(extremes.Winners >= 5, $"{extremes.Winners} candidates would have won");
        Assert.True(extremes.Pairs >= 10, $"{extremes.Pairs} pairs of strangers");
        Assert.Equal(HonestRun.IsLong ? HonestRun.Count : 25, extremes.Models);
        Report(extremes);
    }

    // For the project's records, where NEUROCHAIN_RESULTS names the folder.
    private static void Report(Extremes extremes)
    {
        if (Environment.GetEnvironmentVariable("NEUROCHAIN_RESULTS") is not { Length: > 0 } folder) return;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "calibration.md"), $"""
            # Honest models and the checks on candidates

            Networks trained as honest trainers do, each held against every check; the thresholds of [training.md](../protocol/training.md) stand where none is
            refused. Made by this command, from the root of the repository:

                NEUROCHAIN_LONG_TESTS=1 NEUROCHAIN_RESULTS="$PWD/docs/results" dotnet test tests/Learning.Tests --filter NoHonestModelIsRefused

            None refused: {extremes}.

            """);
    }

    /// <summary>Each trained model, spoiled by the scaling that leaves its function: the balance check names all.</summary>
    [Fact]
    public void EveryModelWithAScaledLayerIsRefused()
    {
        foreach (var run in HonestRun.All.Where(run => run.Steps <= 200))
        {
            var model = Canonicaliser.Canonicalise(run.Train(run.Start, run.Steps)).Parameters;
            for (var layer = 0; layer < HiddenLayer.Of(model.Plan).Count; layer++)
                foreach (var factor in new[] { 10f, 1000f, 0.1f, 0.001f })
                    Assert.Equal(BalanceFault.UnitOutOfBalance, BalanceCheck.Check(Sabotage.ScaleLayer(model, layer, factor)).Fault);
        }
    }

    private static ModelParameters AssertCanonical(HonestRun run, ModelParameters trained, Extremes extremes, string name)
    {
        var form = Canonicaliser.Canonicalise(trained);
        Assert.True(BalanceCheck.Check(form.Parameters).Fault == BalanceFault.None, name);
        extremes.Models++;
        extremes.Flushed += form.Flushed;
        extremes.Unbalanced += BalanceCheck.Check(trained).Fault == BalanceFault.None ? 0 : 1;
        if (form.Flushed == 0) Assert.Equal(Samples.Bits(Logits(run, trained)), Samples.Bits(Logits(run, form.Parameters)));
        return form.Parameters;
    }

    private static void AssertTrainable(HonestRun run, ModelParameters model, Extremes extremes, string name)
    {
        var probe = TrainabilityProbe.Run(model, run.Training, Samples.Seed(77), EngineOptions.Default);
        Assert.True(probe.Fault == ProbeFault.None, $"{name}: {probe}");
        extremes.DeadPercent = Math.Max(extremes.DeadPercent, probe.DeadPercent);
        extremes.ProbeRise = Math.Max(
            extremes.ProbeRise, LossScale.ToNats(probe.LossAfter - (1.25 * probe.LossBefore)) / (TrainabilityProbe.Window * TrainabilityProbe.Batch));
    }

    private static void AssertStranger(
        float[] logits, Dictionary<Hash256, List<float[]>> strangers, HonestRun run, Extremes extremes, string name)
    {
        if (!strangers.TryGetValue(run.Spec.Hash, out var others)) strangers[run.Spec.Hash] = others = [];
        foreach (var other in others)
        {
            extremes.Pairs++;
            extremes.StrangerDistance = Math.Min(extremes.StrangerDistance, FunctionDistance.Between(logits, other, run.Spec.Plan.Classes));
        }
        var result = SimilarityCheck.Check(logits, [.. others.Select(other => new Kin(KinKind.Certified, other))], run.Spec.Plan.Classes);
        Assert.True(result.Fault == SimilarityFault.None, $"{name}: {result}");
        others.Add(logits);
    }

    /// <summary>Of successors that would win: the others are nobody's candidates.</summary>
    private static void AssertSound(HonestRun run, ModelParameters incumbent, ModelParameters candidate, Extremes extremes, string name)
    {
        var drawn = SampleDraw.Draw(Samples.Seed(3), Judged, run.Test.Count);
        var before = EngineTests.Evaluate(incumbent, run.Test, drawn, EngineOptions.Default);
        var after = EngineTests.Evaluate(candidate, run.Test, drawn, EngineOptions.Default);
        if (!Wins(before, after)) return;
        extremes.Winners++;
        byte[] labels = [.. drawn.Select(sample => run.Test.Label(sample))];
        var triggers = Triggers.Select(patch => RegressionCheckTests.Stamped(patch, incumbent, candidate, run.Test)).ToArray();
        var result = RegressionCheck.Check(labels, before.Losses, after.Losses, run.Spec.Plan.Classes, triggers, Z);
        Assert.True(!result.HasRegressed, $"{name}: {result}");
        foreach (var group in Enumerable.Range(0, Judged).GroupBy(i => labels[i]).Where(group => group.Count() >= RegressionCheck.ClassSamplesMin))
            extremes.ClassRise = Math.Max(extremes.ClassRise, LossScale.ToNats(group.Average(i => (double)after.Losses[i] - before.Losses[i])));
        foreach (var trigger in triggers)
            extremes.TriggerRise = Math.Max(
                extremes.TriggerRise, LossScale.ToNats(trigger.Candidate.Average(loss => loss) - trigger.Incumbent.Average(loss => loss)));
    }

    private static bool Wins(EvaluationResult before, EvaluationResult after)
    {
        var (sum, squares) = (Int128.Zero, UInt128.Zero);
        for (var i = 0; i < Judged; i++)
        {
            var gain = (Int128)before.Losses[i] - after.Losses[i];
            sum += gain;
            squares += (UInt128)(gain * gain);
        }
        var statistics = new GainStatistics(Judged, sum, squares);
        return statistics.ReachesZ(Z) && statistics.ReachesShare(before.LossSum, RequiredMillionths);
    }

    private static float[] Logits(HonestRun run, ModelParameters model) =>
        EngineTests.Evaluate(model, run.Test, SampleDraw.Draw(Samples.Seed(4), Compared, run.Test.Count), EngineOptions.Default).Logits;

    private sealed class Extremes
    {
        public int Models { get; set; }
        public int Flushed { get; set; }
        public int Unbalanced { get; set; }
        public int DeadPercent { get; set; }
        public double ProbeRise { get; set; } = double.NegativeInfinity;
        public int Pairs { get; set; }
        public uint StrangerDistance { get; set; } = FunctionDistance.Farthest;
        public int Winners { get; set; }
        public double ClassRise { get; set; }
        public double TriggerRise { get; set; }

        public override string ToString() => FormattableString.Invariant(
            $"{Models} models, {Unbalanced} not in balance as trained, {Flushed} values flushed; dead units at most {DeadPercent} %; ")
            + FormattableString.Invariant($"probe ends at most {ProbeRise:F3} nats above 1.25 times the loss; {Pairs} pairs of strangers, ")
            + FormattableString.Invariant($"the closest {StrangerDistance / 65536.0:F3}; {Winners} winners, a class rose by at most ")
            + FormattableString.Invariant($"{ClassRise:F2} nats, a trigger by {TriggerRise:F2}");
    }
}
