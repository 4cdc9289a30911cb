using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class TrainerTests
{
    private static readonly TrainerOptions Options = new() { LearningRate = 0.03f, Momentum = 0.9f, WeightDecay = 1e-4f, Batch = 40 };

    [Fact]
    public void AChangeOfTheArithmeticDoesNotGoUnnoticed()
    {
        var plan = Samples.OddSpec(1).Plan;
        var dataset = Samples.DatasetFor(plan, 200, 1);
        var file = Train(ModelParameters.HeUniform(plan, Samples.Seed(2)), dataset, 30, EngineOptions.Default);
        Assert.Equal("0x7a32fd00a1ff19d980a0ae73bf6e8d309f4503a7a5c008fcd671344ecd4f1a1c", Hash256.Sha256(file).ToString());
        Assert.True(CheckpointEvaluator.TryEvaluate(
            file, plan, dataset, Samples.Range(200), EngineOptions.Default, out var result, out _));
        Assert.Equal(282_243_555UL, result.LossSum);
    }

    [Fact]
    public void FiftyStepsOnRealDataGiveTheSameBitsOnEveryPathAndNumberOfThreads()
    {
        var data = Samples.FashionMnist();
        var start = ModelParameters.HeUniform(ModelSpec.SmallConvolutional().Plan, Samples.Seed(1));
        var expected = Train(start, data.Training, 50, new EngineOptions(1, KernelPath.Scalar));
        foreach (var path in Enum.GetValues<KernelPath>())
            foreach (var threads in new[] { 1, 2, 3 })
                if ((path, threads) is not (KernelPath.Scalar, 1))
                    Assert.Equal(expected, Train(start, data.Training, 50, new EngineOptions(threads, path)));
    }

    [Fact]
    public void AFewHundredStepsLearnToTellClothesApart()
    {
        var data = Samples.FashionMnist();
        var plan = ModelSpec.SmallConvolutional().Plan;
        var test = SampleDraw.Draw(Samples.Seed(3), 1000, data.Test.Count);
        var start = ModelParameters.HeUniform(plan, Samples.Seed(4));
        Assert.InRange(EngineTests.Evaluate(start, data.Test, test, EngineOptions.Default).Correct, 0, 350);
        Assert.True(Checkpoint.TryRead(Train(start, data.Training, 300, EngineOptions.Default), plan, out var trained, out _));
        Assert.InRange(EngineTests.Evaluate(trained, data.Test, test, EngineOptions.Default).Correct, 780, 1000);
    }

    [Fact]
    public void TheUpdateIsTheWrittenOne()
    {
        var plan = Samples.OddSpec(0).Plan;
        var dataset = Samples.DatasetFor(plan, 16, 5);
        var options = Options with { Batch = 16 };
        var weights = Samples.Parameters(plan, 6);
        using var trainer = new Trainer(weights, dataset, Samples.Seed(7), options, EngineOptions.Default);
        var velocity = new float[plan.ParameterCount];
        var batches = new MiniBatches(16, new SeededStream(Samples.Seed(7)));
        var samples = new int[16];
        for (var step = 1; step <= 3; step++)
        {
            batches.Fill(samples);
            var gradient = new ReferenceModel(weights).Gradient(dataset, samples);
            for (var i = 0; i < velocity.Length; i++)
            {
                var slope = MathF.FusedMultiplyAdd(options.WeightDecay, weights.Values[i], gradient[i]);
                velocity[i] = MathF.FusedMultiplyAdd(options.Momentum, velocity[i], slope);
                weights.Values[i] = MathF.FusedMultiplyAdd(-options.LearningRate, velocity[i], weights.Values[i]);
            }
            var result = trainer.Step();
            Assert.Equal((step, EvaluationFault.None), (result.Step, result.Fault));
            Assert.Equal(Samples.Bits(weights.Values), Samples.Bits(trainer.Parameters.Values));
        }
    }

    [Fact]
    public void AnotherSeedTakesAnotherWay()
    {
        var plan = Samples.OddSpec(0).Plan;
        var dataset = Samples.DatasetFor(plan, 100, 8);
        using var one = new Trainer(Samples.Parameters(plan, 1), dataset, Samples.Seed(1), Options, EngineOptions.Default);
        using var two = new Trainer(Samples.Parameters(plan, 1), dataset, Samples.Seed(2), Options, EngineOptions.Default);
        one.Step();
        two.Step();
        Assert.NotEqual(one.Parameters.Values, two.Parameters.Values);
    }

    [Fact]
    public void ATrainingPassMeetsEverySampleOnce()
    {
        var batches = new MiniBatches(30, new SeededStream(1));
        var passes = new int[90];
        for (var at = 0; at < 90; at += 9) batches.Fill(passes.AsSpan(at, 9));
        foreach (var pass in passes.Chunk(30)) Assert.Equal(Samples.Range(30), pass.Order());
        Assert.NotEqual(passes[..30], passes[30..60]);
    }

    [Fact]
    public void ADivergedModelIsNamedAndTrainsNoFurther()
    {
        var plan = Samples.OddSpec(3).Plan;
        using var trainer = new Trainer(
            Samples.Parameters(plan, 1), Samples.DatasetFor(plan, 100, 9), Samples.Seed(1), Options with { LearningRate = 1e30f },
            EngineOptions.Default);
        var result = trainer.Step();
        for (var i = 0; i < 10 && result.Fault == EvaluationFault.None; i++) result = trainer.Step();
        Assert.NotEqual(EvaluationFault.None, result.Fault);
        Assert.Equal(result.Fault, trainer.Step().Fault);
        Assert.Equal(result.Step, trainer.Step().Step);
        Assert.False(trainer.TryWriteCheckpoint(out _));
    }

    [Fact]
    public void ADamagedCheckpointIsNotResumed()
    {
        var plan = Samples.OddSpec(0).Plan;
        Assert.False(Trainer.TryResume(
            [1, 2, 3], plan, Samples.DatasetFor(plan, 100, 9), Samples.Seed(1), Options, EngineOptions.Default, out var trainer, out var error));
        Assert.Null(trainer);
        Assert.Equal(CheckpointError.TooShort, error);
    }

    public static TheoryData<TrainerOptions> BadOptions => new(
        Options with { LearningRate = 0 }, Options with { LearningRate = float.NaN }, Options with { LearningRate = float.PositiveInfinity },
        Options with { Momentum = 1 }, Options with { Momentum = -0.1f }, Options with { Momentum = float.NaN },
        Options with { WeightDecay = -1 }, Options with { WeightDecay = float.NaN },
        Options with { Batch = 0 }, Options with { Batch = 101 }, Options with { Batch = TrainerOptions.BatchMax + 1 });

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void BadOptionsAreTheOperatorsMistake(TrainerOptions options)
    {
        var plan = Samples.OddSpec(0).Plan;
        var dataset = Samples.DatasetFor(plan, 100, 9);
        Assert.Throws<OperatorException>(
            () => new Trainer(Samples.Parameters(plan, 1), dataset, Samples.Seed(1), options, EngineOptions.Default));
    }

    [Fact]
    public void ADatasetThatDoesNotFitIsTheOperatorsMistake()
    {
        var plan = Samples.OddSpec(0).Plan;
        var other = Samples.Dataset(new(1, 9, 8), plan.Classes, 100, 1);
        Assert.Throws<OperatorException>(
            () => new Trainer(Samples.Parameters(plan, 1), other, Samples.Seed(1), Options, EngineOptions.Default));
    }

    private static byte[] Train(ModelParameters start, Dataset dataset, int steps, EngineOptions engine)
    {
        Assert.True(Trainer.TryResume(
            Checkpoint.Write(start), start.Plan, dataset, Samples.Seed(12), Options, engine, out var trainer, out _));
        using (trainer)
        {
            for (var i = 0; i < steps; i++) Assert.Equal(EvaluationFault.None, trainer.Step().Fault);
            Assert.True(trainer.TryWriteCheckpoint(out var file));
            return file;
        }
    }
}
