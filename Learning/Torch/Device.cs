using System.Globalization;

namespace NeuroChain.Learning.Torch;

/// <summary>Where tensors are: the processor, or a CUDA device by its number.</summary>
public readonly record struct Device
{
    private readonly int _cudaIndexPlusOne;

    private Device(int cudaIndexPlusOne) => _cudaIndexPlusOne = cudaIndexPlusOne;

    public static Device Cpu => default;

    public bool IsCuda => _cudaIndexPlusOne > 0;

    /// <summary>As the native functions want it: -1 for the processor.</summary>
    internal int Index => _cudaIndexPlusOne - 1;

    /// <param name="index">From 0.</param>
    public static Device Cuda(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new Device(index + 1);
    }

    public override string ToString() => IsCuda ? string.Create(CultureInfo.InvariantCulture, $"cuda:{Index}") : "cpu";
}

/// <summary>A CUDA device as its driver describes it; texts are empty where it does not.</summary>
/// <param name="Uuid">"GPU-..." as nvidia-smi shows it.</param>
/// <param name="Driver">The driver's version and that of the CUDA that it speaks.</param>
/// <param name="MemoryBytes">0 where it is not told.</param>
public sealed record CudaDevice(int Index, string Name, string Uuid, string Driver, long MemoryBytes);
