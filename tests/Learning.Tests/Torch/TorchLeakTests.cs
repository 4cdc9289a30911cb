using NeuroChain.Learning.Torch;

namespace NeuroChain.Learning.Tests;

/// <summary>Counts of the whole process: nothing else may run meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}

[Collection(AloneCollection.Name)]
public sealed class TorchLeakTests
{
    private static readonly TrainerOptions Options = new() { LearningRate = 0.03f, Momentum = 0.9f, Batch = 40 };

    [Fact]
    public void NothingNativeIsLeftBehind()
    {
        TorchMachine.Demand();
        var plan = Samples.OddSpec(0).Plan;
        var data = Samples.DatasetFor(plan, 60, 5);
        using var torch = new TorchTrainer(Samples.Parameters(plan, 6), data, Samples.Seed(7), Options, Device.Cpu, isBfloat16: true, threads: 1);
        torch.Run(1);
        GC.Collect(); // what tests before this one have left to the finalizers
        GC.WaitForPendingFinalizers();
        var before = TorchLibrary.LiveHandles;
        torch.Run(200);
        Assert.Equal(before, TorchLibrary.LiveHandles);
    }
}
