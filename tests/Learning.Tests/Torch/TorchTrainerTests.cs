using NeuroChain.Chain;
using NeuroChain.Learning.Torch;

namespace NeuroChain.Learning.Tests;

/// <summary>Both engines learn the same; tolerances are those of Learning/README.md.</summary>
public sealed class TorchTrainerTests
{
    /// <summary>Of gradients and weights after one step: what other orders of summing make of single precision.</summary>
    private const float OneStep = 1e-5f;

    private static readonly TrainerOptions Options = new() { LearningRate = 0.03f, Momentum = 0.9f, WeightDecay = 1e-4f, Batch = 40 };

    public static IEnumerable<TheoryDataRow<string, int>> EveryOddSpec =>
        from device in TorchMachine.Devices from number in Samples.Range(Samples.OddSpecs) select new TheoryDataRow<string, int>(device.Data, number);

    [Theory]
    [MemberData(nameof(EveryOddSpec))]
    public void GradientsOfEveryKindOfLayerAgree(string on, int number)
    {
        var device = TorchMachine.Demand(on);
        using var scope = new DisposeScope();
        var plan = Samples.OddSpec(number).Plan;
        var data = Samples.DatasetFor(plan, 24, 3);
        var start = Samples.Parameters(plan, 4);
        var samples = Samples.Range(24);
        using var engine = new CanonicalEngine(plan, EngineOptions.Default);
        var (expected, losses) = (new float[plan.ParameterCount], new uint[24]);
        Assert.Equal(EvaluationFault.None, engine.ComputeGradient(start, data, samples, expected, losses));

        TorchLibrary.AllowTf32(false);
        using var model = new Sequential(start, device);
        var images = Tensor.From(data.Images, [24, plan.Input.Channels, plan.Input.Height, plan.Input.Width], device);
        var (pixels, targets) = Functional.Batch(images, Tensor.Labels(data.Labels, plan.Classes, device), [.. samples.Select(sample => (long)sample)]);
        var loss = Functional.CrossEntropy(model.Forward(pixels), targets);
        loss.Backward();
        Assert.Equal(LossScale.ToNats(losses.Average(one => (double)one)), loss.Item(), 1e-5);
        AssertNear(expected, model.ReadGradients().Values, OneStep);
    }

    [Theory]
    [MemberData(nameof(EveryOddSpec))]
    public void AStepIsTheWrittenOne(string on, int number)
    {
        var device = TorchMachine.Demand(on);
        var plan = Samples.OddSpec(number).Plan;
        var data = Samples.DatasetFor(plan, 60, 5);
        var start = Samples.Parameters(plan, 6);
        using var canonical = new Trainer(start, data, Samples.Seed(7), Options, EngineOptions.Default);
        using var torch = new TorchTrainer(start, data, Samples.Seed(7), Options, device, isBfloat16: false, threads: 1);
        for (var step = 1; step <= 3; step++)
        {
            var (expected, result) = (canonical.Step(), torch.Run(1));
            Assert.Equal((step, EvaluationFault.None), (result.Step, result.Fault));
            Assert.Equal(LossScale.ToNats(expected.MeanLoss), LossScale.ToNats(result.MeanLoss), 1e-4);
            AssertNear(canonical.Parameters.Values, torch.Parameters.Values, step * OneStep);
        }
    }

    [Theory]
    [MemberData(nameof(TorchMachine.Devices), MemberType = typeof(TorchMachine))]
    public void LossesAgreeOverTwoHundredStepsOnRealData(string on)
    {
        var device = TorchMachine.Demand(on);
        var (canonical, torch) = (LossAfter(200, null), LossAfter(200, (device, false)));
        // Rounding that differs in one step grows with the steps, as it does between any two machines: see the README.
        Assert.Equal(canonical, torch, 0.01);
    }

    [Theory]
    [MemberData(nameof(TorchMachine.Devices), MemberType = typeof(TorchMachine))]
    public void InBfloat16LossesAgreeMoreLoosely(string on)
    {
        var device = TorchMachine.Demand(on);
        Assert.Equal(LossAfter(200, null), LossAfter(200, (device, true)), 0.05);
    }

    [Theory]
    [MemberData(nameof(TorchMachine.Devices), MemberType = typeof(TorchMachine))]
    public void ACheckpointGoesThroughUnchanged(string on)
    {
        var device = TorchMachine.Demand(on);
        var plan = ModelSpec.SmallConvolutional().Plan;
        var bytes = Checkpoint.Write(Samples.Parameters(plan, 8));
        Assert.True(Checkpoint.TryRead(bytes, plan, out var read, out _));
        using var model = new Sequential(read, device);
        Assert.Equal(bytes, Checkpoint.Write(model.Read()));
    }

    [Theory]
    [MemberData(nameof(TorchMachine.Devices), MemberType = typeof(TorchMachine))]
    public void EachEngineGoesOnWhereTheOtherStopped(string on)
    {
        var device = TorchMachine.Demand(on);
        var plan = Samples.OddSpec(3).Plan;
        var data = Samples.DatasetFor(plan, 400, 9);
        var start = ModelParameters.HeUniform(plan, Samples.Seed(10));
        byte[] middle;
        using (var torch = new TorchTrainer(start, data, Samples.Seed(11), Options, device, isBfloat16: false, threads: 2))
        {
            torch.Run(100);
            middle = Checkpoint.Write(torch.Parameters);
        }
        Assert.True(Trainer.TryResume(middle, plan, data, Samples.Seed(12), Options, EngineOptions.Default, out var canonical, out _));
        using (canonical)
        {
            canonical.Run(100);
            Assert.True(canonical.TryWriteCheckpoint(out var end));
            var (first, second, third) = (Loss(Checkpoint.Write(start), plan, data), Loss(middle, plan, data), Loss(end, plan, data));
            Assert.True(second < 0.8 * first, $"{first} {second}");
            Assert.True(third < second, $"{second} {third}");
        }
    }

    [Fact]
    public void SeveralStepsAtOnceAreTheSameSteps()
    {
        TorchMachine.Demand();
        var plan = Samples.OddSpec(0).Plan;
        var data = Samples.DatasetFor(plan, 60, 5);
        var start = Samples.Parameters(plan, 6);
        using var one = new TorchTrainer(start, data, Samples.Seed(7), Options, Device.Cpu, isBfloat16: false, threads: 1);
        using var five = new TorchTrainer(start, data, Samples.Seed(7), Options, Device.Cpu, isBfloat16: false, threads: 1);
        StepResult last = default;
        for (var i = 0; i < 5; i++) last = one.Run(1);
        Assert.Equal(last, five.Run(5));
        Assert.Equal(Samples.Bits(one.Parameters.Values), Samples.Bits(five.Parameters.Values));
    }

    [Fact]
    public void DivergenceIsNamedAndEndsTheSteps()
    {
        TorchMachine.Demand();
        var plan = Samples.OddSpec(0).Plan;
        var data = Samples.DatasetFor(plan, 60, 5);
        using var torch = new TorchTrainer(
            Samples.Parameters(plan, 6), data, Samples.Seed(7), Options with { LearningRate = 1e38f }, Device.Cpu, isBfloat16: false, threads: 1);
        var diverged = torch.Run(5);
        Assert.True(diverged.Fault is EvaluationFault.NonFiniteLoss or EvaluationFault.NonFiniteParameter);
        // Steps on numbers that are none are no work, and nobody declares them as trained samples.
        Assert.Equal(0, diverged.Step);
        Assert.Equal(diverged, torch.Run(5));
    }

    [Fact]
    public void ATrainerThatIsMadeInsideAScopeOutlivesIt()
    {
        TorchMachine.Demand();
        var plan = Samples.OddSpec(0).Plan;
        TorchTrainer torch;
        using (new DisposeScope())
            torch = new TorchTrainer(Samples.Parameters(plan, 6), Samples.DatasetFor(plan, 60, 5), Samples.Seed(7), Options, Device.Cpu, isBfloat16: false, threads: 1);
        using (torch) Assert.Equal(EvaluationFault.None, torch.Run(2).Fault);
    }

    [Fact]
    public void TheCanonicalEngineStillFindsItsFloatingPointUnharmed()
    {
        TorchMachine.Demand();
        var plan = Samples.OddSpec(0).Plan;
        var data = Samples.DatasetFor(plan, 60, 5);
        var start = Samples.Parameters(plan, 6);
        float[] Train()
        {
            using var trainer = new Trainer(start, data, Samples.Seed(7), Options, new EngineOptions(2));
            trainer.Run(3);
            return trainer.Parameters.Values;
        }
        var before = Train();
        using var torch = new TorchTrainer(start, data, Samples.Seed(7), Options, Device.Cpu, isBfloat16: false, threads: 2);
        torch.Run(3);
        Assert.Equal(Samples.Bits(before), Samples.Bits(Train()));
    }

    private static double LossAfter(int steps, (Device Device, bool IsBfloat16)? torch)
    {
        var data = Samples.FashionMnist();
        var plan = ModelSpec.SmallConvolutional().Plan;
        var start = ModelParameters.HeUniform(plan, Samples.Seed(1));
        using ITrainingEngine engine = torch is { } chosen
            ? new TorchTrainer(start, data.Training, Samples.Seed(2), Options, chosen.Device, chosen.IsBfloat16, threads: 2)
            : new Trainer(start, data.Training, Samples.Seed(2), Options, new EngineOptions(2));
        Assert.Equal(EvaluationFault.None, engine.Run(steps).Fault);
        return Loss(Checkpoint.Write(engine.Parameters), plan, data.Test);
    }

    private static double Loss(byte[] checkpoint, ModelPlan plan, Dataset data)
    {
        var samples = Samples.Range(Math.Min(2000, data.Count));
        Assert.True(CheckpointEvaluator.TryEvaluate(checkpoint, plan, data, samples, new EngineOptions(2), out var result, out _));
        return LossScale.ToNats((double)result.LossSum / samples.Length);
    }

    private static void AssertNear(float[] expected, float[] actual, float tolerance)
    {
        var scale = Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"value {i}: {expected[i]} and {actual[i]}");
    }
}
