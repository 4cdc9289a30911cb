using System.Runtime.InteropServices;
using NeuroChain.Chain;
using NeuroChain.Learning.Torch;

namespace NeuroChain.Learning;

/// <summary>What trains, as it was chosen once for a process; every stretch of training is begun with it.</summary>
/// <param name="Start">Begins training with weights, data, the seed of the mini-batches and the options.</param>
/// <param name="Cuda">The CUDA device that is used; null on the processor.</param>
/// <param name="Runtime">Engine, version, precision: what a device record says.</param>
/// <param name="Reason">Why this and nothing else, for the log.</param>
public sealed record TrainingBackend(
    Func<ModelParameters, Dataset, Hash256, TrainerOptions, ITrainingEngine> Start, CudaDevice? Cuda, string Runtime, string Reason)
{
    /// <exception cref="OperatorException">What was asked for is not to be had here.</exception>
    public static TrainingBackend Choose(TrainingBackendOptions options)
    {
        options.Demand();
        if (options.Engine == "canonical") return Canonical(options.Threads, "the canonical engine, as asked");
        var needsTorch = options.Engine == "torch" || options.CudaIndex is not null || options.Precision == "bf16";
        if (!needsTorch && options.Device == "cpu") return Canonical(options.Threads, "the canonical engine, for the processor");
        if (!TorchLibrary.IsAvailable(out var why))
            return needsTorch ? throw new OperatorException($"libtorch is wanted, but {why}") : Canonical(options.Threads, $"the canonical engine: {why}");

        var devices = options.Device == "cpu" ? [] : TorchLibrary.CudaDevices();
        if (options.CudaIndex is { } wanted && wanted >= devices.Count)
            throw new OperatorException(
                $"device \"{options.Device}\": libtorch {TorchLibrary.Version} sees {devices.Count} CUDA devices: install the driver and a libtorch "
                + "for CUDA, or set device to \"cpu\"");
        var cuda = devices.Count == 0 ? null : devices[options.CudaIndex ?? 0];
        return cuda is null && !needsTorch
            ? Canonical(options.Threads, $"the canonical engine: libtorch {TorchLibrary.Version} sees no CUDA device")
            : OfTorch(cuda, options);
    }

    private static TrainingBackend Canonical(int threads, string reason) => new(
        (start, dataset, seed, options) => new Trainer(start, dataset, seed, options, new EngineOptions(threads)),
        null,
        $"canonical engine {KernelPaths.Best} on {RuntimeInformation.FrameworkDescription}",
        reason);

    private static TrainingBackend OfTorch(CudaDevice? cuda, TrainingBackendOptions wanted)
    {
        var device = cuda is null ? Device.Cpu : Device.Cuda(cuda.Index);
        var isBfloat16 = wanted.Precision == "bf16" || (wanted.Precision == "auto" && cuda is not null);
        var runtime = $"libtorch {TorchLibrary.Version} {(isBfloat16 ? "bf16" : "fp32")} on {RuntimeInformation.FrameworkDescription}";
        return new TrainingBackend(
            (start, dataset, seed, options) => new TorchTrainer(start, dataset, seed, options, device, isBfloat16, wanted.Threads),
            cuda,
            runtime,
            $"{runtime}, device {device}{(cuda is null ? "" : $" ({cuda.Name})")}");
    }
}
