using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class EngineTests
{
    public static TheoryData<int, KernelPath> OddSpecsOnAllPaths()
    {
        var data = new TheoryData<int, KernelPath>();
        for (var spec = 0; spec < Samples.OddSpecs; spec++)
            foreach (var path in Enum.GetValues<KernelPath>())
                data.Add(spec, path);
        return data;
    }

    [Theory]
    [MemberData(nameof(OddSpecsOnAllPaths))]
    public void LossesAndLogitsEqualTheReferenceBitForBit(int number, KernelPath path)
    {
        var plan = Samples.OddSpec(number).Plan;
        var parameters = Samples.Parameters(plan, 1);
        var dataset = Samples.DatasetFor(plan, 21, 2);
        var reference = new ReferenceModel(parameters);
        var result = Evaluate(parameters, dataset, Samples.Range(21), new EngineOptions(1, path));
        var correct = 0;
        for (var i = 0; i < dataset.Count; i++)
        {
            var expected = reference.Evaluate(dataset.Image(i), dataset.Label(i));
            Assert.Equal(Samples.Bits(expected.Logits), Samples.Bits(result.Logits.AsSpan(i * plan.Classes, plan.Classes)));
            Assert.Equal(LossScale.ToUnits(expected.Loss), result.Losses[i]);
            correct += expected.Correct ? 1 : 0;
        }
        Assert.Equal(correct, result.Correct);
        Assert.Equal(result.Losses.Aggregate(0UL, (sum, loss) => sum + loss), result.LossSum);
    }

    [Theory]
    [MemberData(nameof(OddSpecsOnAllPaths))]
    public void GradientsEqualTheReferenceBitForBit(int number, KernelPath path)
    {
        var plan = Samples.OddSpec(number).Plan;
        var parameters = Samples.Parameters(plan, 3);
        var dataset = Samples.DatasetFor(plan, 60, 4);
        // 37 samples are two whole blocks and one with a tail.
        var samples = SampleDraw.Draw(Samples.Seed(5), 37, 60);
        var expected = new ReferenceModel(parameters).Gradient(dataset, samples);
        foreach (var threads in new[] { 1, 2, 5 })
            Assert.Equal(Samples.Bits(expected), Samples.Bits(Gradient(parameters, dataset, samples, new EngineOptions(threads, path))));
        Assert.Contains(expected, value => value != 0f);
    }

    [Fact]
    public void ASecondBatchSeesNothingOfTheFirst()
    {
        var plan = Samples.OddSpec(1).Plan;
        var parameters = Samples.Parameters(plan, 6);
        var dataset = Samples.DatasetFor(plan, 40, 7);
        using var engine = new CanonicalEngine(plan, EngineOptions.Default);
        var (gradient, losses) = (new float[plan.ParameterCount], new uint[16]);
        engine.ComputeGradient(parameters, dataset, Samples.Range(16), gradient, losses);
        engine.ComputeGradient(parameters, dataset, [20, 21, 22], gradient, losses.AsSpan(0, 3));
        Assert.Equal(
            Samples.Bits(Gradient(parameters, dataset, [20, 21, 22], EngineOptions.Default)), Samples.Bits(gradient));
    }

    [Fact]
    public void ASampleScoresTheSameAloneAndInAnyCompany()
    {
        var plan = Samples.OddSpec(0).Plan;
        var parameters = Samples.Parameters(plan, 8);
        var dataset = Samples.DatasetFor(plan, 50, 9);
        var together = Evaluate(parameters, dataset, Samples.Range(50), new EngineOptions(2));
        var backwards = Evaluate(parameters, dataset, [.. Samples.Range(50).Reverse()], EngineOptions.Default);
        Assert.Equal(together.Losses, backwards.Losses.Reverse());
        for (var i = 0; i < 50; i++) Assert.Equal(together.Losses[i], Evaluate(parameters, dataset, [i], EngineOptions.Default).Losses[0]);
    }

    [Fact]
    public void NothingIsEvaluatedOnNoSamples()
    {
        var plan = Samples.OddSpec(0).Plan;
        var result = Evaluate(Samples.Parameters(plan, 1), Samples.DatasetFor(plan, 5, 1), [], EngineOptions.Default);
        Assert.Empty(result.Losses);
        Assert.Equal(0, result.Correct);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void ANonFiniteParameterIsNamed(float value)
    {
        var plan = Samples.OddSpec(0).Plan;
        var parameters = Samples.Parameters(plan, 1);
        parameters.Values[^1] = value;
        Assert.Equal(EvaluationFault.NonFiniteParameter, Fault(parameters, new EngineOptions()));
    }

    [Theory]
    [InlineData(KernelPath.Scalar)]
    [InlineData(KernelPath.Vector256)]
    [InlineData(KernelPath.Vector512)]
    public void ANonFiniteLogitIsNamed(KernelPath path)
    {
        var plan = Samples.OddSpec(3).Plan;
        var parameters = Samples.Parameters(plan, 1);
        parameters.Values.AsSpan().Fill(1e30f);
        Assert.Equal(EvaluationFault.NonFiniteLogit, Fault(parameters, new EngineOptions(2, path)));
    }

    [Theory]
    [InlineData(KernelPath.Scalar)]
    [InlineData(KernelPath.Vector512)]
    public void ANonFiniteLossFromFiniteLogitsIsNamed(KernelPath path)
    {
        var plan = Samples.OddSpec(3).Plan;
        var parameters = new ModelParameters(plan, new float[plan.ParameterCount]);
        parameters.Of(plan.Layers[^1].Bias!)[0] = float.MaxValue;
        parameters.Of(plan.Layers[^1].Bias!)[1] = -float.MaxValue;
        Assert.Equal(EvaluationFault.NonFiniteLoss, Fault(parameters, new EngineOptions(1, path)));
    }

    [Theory]
    [InlineData(KernelPath.Scalar)]
    [InlineData(KernelPath.Vector256)]
    [InlineData(KernelPath.Vector512)]
    public void SubnormalNumbersSurviveAWholePass(KernelPath path)
    {
        // 2^-100 * 2^-40 is subnormal; the second layer brings it back to 1.
        var plan = Samples.Spec(new(1, 1, 1), new ConvolutionSpec(1, 1, 0), new FlattenSpec(), new DenseSpec(1), new DenseSpec(2)).Plan;
        var parameters = new ModelParameters(plan, new float[plan.ParameterCount]);
        parameters.Of(plan.Layers[0].Weight!)[0] = MathF.ScaleB(1f, -100);
        parameters.Of(plan.Layers[2].Weight!)[0] = MathF.ScaleB(1f, -40);
        parameters.Of(plan.Layers[3].Weight!)[0] = MathF.ScaleB(1f, 120);
        Assert.True(Dataset.TryCreate(new(1, 1, 1), [255], [0], 2, out var dataset, out _));
        var logits = Evaluate(parameters, dataset, [0], new EngineOptions(1, path)).Logits;
        Assert.Equal(MathF.ScaleB(1f, -20), logits[0]);
    }

    [Theory]
    [InlineData(KernelPath.Scalar)]
    [InlineData(KernelPath.Vector256)]
    [InlineData(KernelPath.Vector512)]
    public void AmongEqualsThePoolsGradientGoesToTheFirst(KernelPath path)
    {
        // One channel of 2x2 equal values: after the pool only the tap that met the first pixel has learned anything.
        var plan = Samples.Spec(new(1, 2, 2), new ConvolutionSpec(1, 2, 1), new MaxPoolSpec(3), new FlattenSpec(), new DenseSpec(2)).Plan;
        var parameters = new ModelParameters(plan, new float[plan.ParameterCount]);
        parameters.Of(plan.Layers[^1].Weight!)[0] = 1f;
        Assert.True(Dataset.TryCreate(new(1, 2, 2), [255, 255, 255, 255], [1], 2, out var dataset, out _));
        var gradient = Gradient(parameters, dataset, [0], new EngineOptions(1, path));
        // All nine outputs are zero; the first sees the image's first pixel with the kernel's last tap only.
        var taps = gradient.AsSpan(plan.Layers[0].Weight!.Offset, 4).ToArray();
        Assert.Equal([0f, 0f, 0f, 0.5f], taps);
    }

    [Fact]
    public void AmongEqualLogitsTheFirstClassIsPredicted()
    {
        var plan = Samples.OddSpec(0).Plan;
        var dataset = Samples.DatasetFor(plan, 41, 2);
        var result = Evaluate(new ModelParameters(plan, new float[plan.ParameterCount]), dataset, Samples.Range(41), EngineOptions.Default);
        Assert.Equal(Samples.Range(41).Count(sample => dataset.Label(sample) == 0), result.Correct);
        Assert.NotEqual(Samples.Range(41).Count(sample => dataset.Label(sample) == 4), result.Correct);
        Assert.All(result.Losses, loss => Assert.Equal(LossScale.ToUnits(CanonicalMath.Log(5f)), loss));
    }

    [Fact]
    public void PathsAndThreadsAgreeOnRealData()
    {
        var data = Samples.FashionMnist();
        var plan = ModelSpec.SmallConvolutional().Plan;
        var parameters = Samples.Parameters(plan, 1);
        var samples = SampleDraw.Draw(Samples.Seed(2), 100, data.Test.Count);
        var losses = Evaluate(parameters, data.Test, samples, new EngineOptions(1, KernelPath.Scalar)).Losses;
        var gradient = Gradient(parameters, data.Test, samples, new EngineOptions(1, KernelPath.Scalar));
        foreach (var path in Enum.GetValues<KernelPath>())
        {
            foreach (var threads in new[] { 1, 2 })
            {
                var options = new EngineOptions(threads, path);
                Assert.Equal(losses, Evaluate(parameters, data.Test, samples, options).Losses);
                Assert.Equal(Samples.Bits(gradient), Samples.Bits(Gradient(parameters, data.Test, samples, options)));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void AnOddNumberOfThreadsIsTheOperatorsMistake(int threads) =>
        Assert.Throws<OperatorException>(() => new CanonicalEngine(Samples.OddSpec(0).Plan, new EngineOptions(threads)));

    private static EvaluationFault Fault(ModelParameters parameters, EngineOptions options)
    {
        using var engine = new CanonicalEngine(parameters.Plan, options);
        var dataset = Samples.DatasetFor(parameters.Plan, 40, 1);
        Assert.False(engine.TryEvaluate(parameters, dataset, Samples.Range(40), out var result, out var fault));
        Assert.Null(result);
        return fault;
    }

    internal static EvaluationResult Evaluate(ModelParameters parameters, Dataset dataset, int[] samples, EngineOptions options)
    {
        using var engine = new CanonicalEngine(parameters.Plan, options);
        Assert.True(engine.TryEvaluate(parameters, dataset, samples, out var result, out _));
        return result;
    }

    internal static float[] Gradient(ModelParameters parameters, Dataset dataset, int[] samples, EngineOptions options)
    {
        using var engine = new CanonicalEngine(parameters.Plan, options);
        var gradient = new float[parameters.Plan.ParameterCount];
        Assert.Equal(EvaluationFault.None, engine.ComputeGradient(parameters, dataset, samples, gradient, new uint[samples.Length]));
        return gradient;
    }
}
