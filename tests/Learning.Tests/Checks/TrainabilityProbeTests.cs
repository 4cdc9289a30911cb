namespace NeuroChain.Learning.Tests;

public sealed class TrainabilityProbeTests
{
    private static readonly HonestRun Run = new(21);

    /// <summary>A small convolutional network after some hundred steps on clothes, in balance.</summary>
    private static readonly Lazy<ModelParameters> Trained = new(() => Canonicaliser.Canonicalise(Run.Train(Run.Start, 600)).Parameters);

    [Fact]
    public void ATrainedModelPasses() => Assert.Equal(ProbeFault.None, Probe(Trained.Value).Fault);

    [Fact]
    public void AllPathsAndNumbersOfThreadsSeeTheSame()
    {
        var spoiled = Sabotage.ScaleLayer(Trained.Value, 0, 10f);
        var expected = (Probe(Trained.Value), Probe(spoiled));
        foreach (var path in Enum.GetValues<KernelPath>())
            foreach (var threads in new[] { 1, 3 })
                Assert.Equal(expected, (Probe(Trained.Value, new(threads, path)), Probe(spoiled, new(threads, path))));
    }

    /// <summary>Without the balance check, which refuses these models before.</summary>
    [Theory]
    [InlineData(0, 10f)]
    [InlineData(0, 1000f)]
    [InlineData(0, 0.01f)]
    [InlineData(1, 10f)]
    public void ALayerThatWasScaledAtTheCostOfTheNextSpoilsTheTraining(int layer, float factor)
    {
        var spoiled = Sabotage.ScaleLayer(Trained.Value, layer, factor);
        Assert.Equal(BalanceFault.UnitOutOfBalance, BalanceCheck.Check(spoiled).Fault);
        Assert.Equal(ProbeFault.LossRises, Probe(spoiled).Fault);
    }

    /// <summary>What the balance check cannot see: the head has no next layer, and softmax does not see what all classes share.</summary>
    [Fact]
    public void ANumberAddedToAllClassesWeightsSpoilsTheTraining()
    {
        var spoiled = Canonicaliser.Canonicalise(Sabotage.ShiftHead(Trained.Value, 1000f, weights: true)).Parameters;
        Assert.Equal(BalanceFault.None, BalanceCheck.Check(spoiled).Fault);
        Assert.NotEqual(ProbeFault.None, Probe(spoiled).Fault);
    }

    [Theory]
    [InlineData(8, ProbeFault.DeadUnits)]
    [InlineData(5, ProbeFault.DeadUnits)]
    [InlineData(1, ProbeFault.None)]
    public void UnitsOfZerosAreDead(int units, ProbeFault expected) =>
        Assert.Equal(expected, Probe(Sabotage.Kill(Trained.Value, 0, units)).Fault);

    [Fact]
    public void UnitsThatAHugeBiasSilencesAreDead() =>
        Assert.Equal(ProbeFault.DeadUnits, Probe(Sabotage.Silence(Trained.Value, 0, 8, 1000f)).Fault);

    [Fact]
    public void AModelThatIsLostOnTheWayIsNamed()
    {
        var model = Trained.Value.Copy();
        foreach (ref var value in model.Of(model.Plan.Layers[^1].Weight!)) value *= 1e25f;
        Assert.Equal(ProbeFault.NotFinite, Probe(model).Fault);
    }

    [Fact]
    public void AnotherSeedDrawsOtherSamples()
    {
        var one = TrainabilityProbe.Run(Trained.Value, Run.Training, Samples.Seed(1), EngineOptions.Default);
        var two = TrainabilityProbe.Run(Trained.Value, Run.Training, Samples.Seed(2), EngineOptions.Default);
        Assert.NotEqual(one.LossBefore, two.LossBefore);
    }

    /// <summary>The candidate's own loss is measured on the very samples that the last steps see.</summary>
    [Fact]
    public void BothLossesAreOfTheSameSamples()
    {
        // A model that fifty more steps hardly change: on other samples the two would differ by more.
        var result = Probe(Trained.Value);
        Assert.InRange(result.LossAfter, result.LossBefore / 2, result.LossBefore * 3 / 2);
    }

    private static ProbeResult Probe(ModelParameters model, EngineOptions? engine = null) =>
        TrainabilityProbe.Run(model, Run.Training, Samples.Seed(77), engine ?? EngineOptions.Default);
}
