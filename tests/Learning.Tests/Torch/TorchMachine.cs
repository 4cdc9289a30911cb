using NeuroChain.Learning.Torch;

namespace NeuroChain.Learning.Tests;

/// <summary>What of libtorch this machine has. Tests that need more skip with a sentence that says what is missing.</summary>
internal static class TorchMachine
{
    public static IEnumerable<TheoryDataRow<string>> Devices => [new("cpu"), new("cuda")];

    public static void Demand()
    {
        if (!TorchLibrary.IsAvailable(out var why)) Assert.Skip($"libtorch is not used here: {why}");
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
