using NeuroChain.Chain;
using NeuroChain.Learning.Torch;

namespace NeuroChain.Learning.Tests;

public sealed class TrainingBackendTests
{
    [Fact]
    public void OnTheProcessorTheCanonicalEngineTrainsUnlessLibtorchIsAsked()
    {
        foreach (var options in new TrainingBackendOptions[] { new("canonical"), new("auto", "cpu"), new("canonical", "cpu", "fp32") })
        {
            var backend = TrainingBackend.Choose(options);
            Assert.Null(backend.Cuda);
            Assert.StartsWith("canonical engine ", backend.Runtime);
            using var engine = Start(backend);
            Assert.IsType<Trainer>(engine);
        }
    }

    [Fact]
    public void LeftToItselfItTakesLibtorchOnlyForACudaDevice()
    {
        var backend = TrainingBackend.Choose(new TrainingBackendOptions());
        var hasCuda = TorchLibrary.IsAvailable(out _) && TorchLibrary.CudaDevices().Count > 0;
        Assert.Equal(hasCuda, backend.Cuda is not null);
        Assert.StartsWith(hasCuda ? "libtorch " : "canonical engine ", backend.Runtime);
        Assert.NotEmpty(backend.Reason);
    }

    [Fact]
    public void WhatIsAskedAndNotThereIsToldAndNotReplaced()
    {
        if (!TorchLibrary.IsAvailable(out _))
        {
            foreach (var options in new TrainingBackendOptions[] { new("torch"), new("auto", "cuda"), new("auto", "cpu", "bf16") })
                Assert.Contains("tools/torch/build.sh", Assert.Throws<OperatorException>(() => TrainingBackend.Choose(options)).Message);
            return;
        }

        var missing = $"cuda:{TorchLibrary.CudaDevices().Count}";
        Assert.Contains(missing, Assert.Throws<OperatorException>(() => TrainingBackend.Choose(new("torch", missing))).Message);
    }

    [Fact]
    public void LibtorchTrainsOnTheProcessorWhereItIsAsked()
    {
        TorchMachine.Demand();
        var backend = TrainingBackend.Choose(new("torch", "cpu", "auto", 2));
        Assert.Null(backend.Cuda);
        Assert.Contains($"libtorch {TorchLibrary.Version} fp32", backend.Runtime);
        Assert.Contains("bf16", TrainingBackend.Choose(new("auto", "cpu", "bf16")).Runtime);
        using var engine = Start(backend);
        Assert.IsType<TorchTrainer>(engine);
    }

    [Theory]
    [InlineData("tensorflow", "auto", "auto", "engine")]
    [InlineData("auto", "gpu", "auto", "device")]
    [InlineData("auto", "cuda:", "auto", "device")]
    [InlineData("auto", "cuda:-1", "auto", "device")]
    [InlineData("auto", "auto", "fp8", "precision")]
    [InlineData("canonical", "cuda", "auto", "engine")]
    [InlineData("canonical", "cpu", "bf16", "precision")]
    public void WordsThatMeanNothingTogetherAreRefused(string engine, string device, string precision, string named) =>
        Assert.Contains(named, Assert.Throws<OperatorException>(() => new TrainingBackendOptions(engine, device, precision).Demand()).Message);

    private static ITrainingEngine Start(TrainingBackend backend)
    {
        var plan = Samples.OddSpec(0).Plan;
        return backend.Start(Samples.Parameters(plan, 1), Samples.DatasetFor(plan, 60, 5), Samples.Seed(7), new TrainerOptions());
    }
}
