using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>By what and on what an operator wants to train, in the words of trainer.json.</summary>
/// <param name="Engine">"canonical", "torch", or "auto": libtorch where it is there and sees a CUDA device, else the canonical engine.</param>
/// <param name="Device">"cpu", "cuda", "cuda:N", or "auto": the first CUDA device that the engine can use, else the processor.</param>
/// <param name="Precision">"fp32", "bf16" (products alone; needs libtorch), or "auto": bf16 on CUDA, else fp32.</param>
/// <param name="Threads">On the processor.</param>
public sealed record TrainingBackendOptions(string Engine = "auto", string Device = "auto", string Precision = "auto", int Threads = 1)
{
    private const string CudaPrefix = "cuda:";

    /// <summary>The number of the wanted CUDA device; null where none is named.</summary>
    internal int? CudaIndex =>
        Device == "cuda" ? 0
        : Device.StartsWith(CudaPrefix, StringComparison.Ordinal)
            && int.TryParse(Device.AsSpan(CudaPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index
        : null;

    /// <exception cref="OperatorException">Names the key and the words that are wanted.</exception>
    public void Demand()
    {
        if (Engine is not ("auto" or "canonical" or "torch")) throw new OperatorException($"engine: \"auto\", \"canonical\" or \"torch\", not \"{Engine}\"");
        if (Device is not ("auto" or "cpu") && CudaIndex is null) throw new OperatorException($"device: \"auto\", \"cpu\", \"cuda\" or \"cuda:N\", not \"{Device}\"");
        if (Precision is not ("auto" or "fp32" or "bf16")) throw new OperatorException($"precision: \"auto\", \"fp32\" or \"bf16\", not \"{Precision}\"");
        if (Engine == "canonical" && CudaIndex is not null)
            throw new OperatorException($"the canonical engine runs on the processor, not on \"{Device}\": set engine to \"torch\", or device to \"cpu\"");
        if (Engine == "canonical" && Precision == "bf16")
            throw new OperatorException("the canonical engine trains in single precision: set precision to \"fp32\", or engine to \"torch\"");
    }
}
