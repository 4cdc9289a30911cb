using NeuroChain.Learning.Torch;

namespace NeuroChain.Learning.Tests;

public sealed class TorchLibraryTests
{
    [Fact]
    public void WhereItIsMissingASentenceSaysWhatToDo()
    {
        if (TorchLibrary.IsAvailable(out var why)) Assert.Skip("libtorch is here");
        Assert.Contains("tools/torch/build.sh", why);
    }

    [Fact]
    public void ItTellsItsVersionAndItsDevices()
    {
        TorchMachine.Demand();
        Assert.Matches("^[0-9]+\\.[0-9]+", TorchLibrary.Version);
        var devices = TorchLibrary.CudaDevices();
        Assert.Equal(Enumerable.Range(0, devices.Count), devices.Select(device => device.Index));
        foreach (var device in devices)
        {
            Assert.NotEmpty(device.Name);
            Assert.Matches("^GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", device.Uuid);
            Assert.Matches("CUDA [1-9][0-9]*\\.[0-9]+$", device.Driver);
            Assert.True(device.MemoryBytes > 1 << 30);
        }
    }

    [Fact]
    public void ADeviceThatIsNotThereIsRefused()
    {
        TorchMachine.Demand();
        var missing = Device.Cuda(TorchLibrary.CudaDevices().Count);
        Assert.Equal(TorchStatus.WrongDevice, TorchMachine.StatusOf(() => Tensor.From([1f], [1], missing)));
        Assert.Equal(TorchStatus.WrongDevice, TorchMachine.StatusOf(() => TorchLibrary.Synchronize(missing)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void ANumberOfThreadsOutOfRangeIsRefused(int threads)
    {
        TorchMachine.Demand();
        Assert.Equal(TorchStatus.WrongSize, TorchMachine.StatusOf(() => TorchLibrary.SetThreads(threads)));
    }
}
