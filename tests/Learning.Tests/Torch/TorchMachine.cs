using NeuroChain.Learning.Torch;

namespace NeuroChain.Learning.Tests;

/// <summary>What of libtorch this machine has. Tests that need more skip with a sentence that says what is missing.</summary>
internal static class TorchMachine
{
    public static IEnumerable<TheoryDataRow<string>> Devices => [new("cpu"), new("cuda")];

    /// <summary>Set where the library was built, so that one that does not load is a failure and no skip.</summary>
    private static bool IsDemanded => Environment.GetEnvironmentVariable("NEUROCHAIN_DEMAND_TORCH") == "1";

    public static void Demand()
    {
        if (TorchLibrary.IsAvailable(out var why)) return;
        Assert.False(IsDemanded, $"libtorch is demanded: {why}");
        Assert.Skip($"libtorch is not used here: {why}");
    }

    public static Device Demand(string device)
    {
        Demand();
        if (device == "cpu") return Device.Cpu;
        if (TorchLibrary.CudaDevices().Count == 0) Assert.Skip($"libtorch {TorchLibrary.Version} sees no CUDA device");
        return Device.Cuda(0);
    }

    public static TorchStatus StatusOf(Action action) => Assert.Throws<TorchException>(action).Status;
}
