namespace NeuroChain.Learning.Torch;

/// <summary>Until it is disposed, products of this thread on the device are computed in bfloat16; weights and sums stay in single precision.</summary>
public sealed class Autocast : IDisposable
{
    private readonly Device _device;

    public Autocast(Device device)
    {
        _device = device;
        TorchNative.Check(TorchNative.Autocast(device.Index, 1));
    }

    /// <summary>Says nothing of a failure: it would hide the one that ends the block.</summary>
    public void Dispose() => _ = TorchNative.Autocast(_device.Index, 0);
}
