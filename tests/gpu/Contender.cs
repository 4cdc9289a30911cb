using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Learning.Torch;

namespace NeuroChain.Gpu;

/// <summary>One way to train: an engine on a device in a precision.</summary>
internal sealed record Contender(string Engine, string Device, string Precision, Func<ModelParameters, TrainerOptions, ITrainingEngine> Begin)
{
    private const int StepsAtOnce = 20;

    /// <summary>The canonical engine, libtorch on the processor, and on a CUDA device in both precisions where there is one.</summary>
    public static IReadOnlyList<Contender> All()
    {
        var threads = Math.Min(Environment.ProcessorCount, EngineOptions.ThreadsMax);
        var data = Workload.Data.Training;
        var all = new List<Contender>
        {
            new("canonical", "cpu", "fp32", (start, options) => new Trainer(start, data, Workload.Seed, options, new EngineOptions(threads))),
            Torch(Learning.Torch.Device.Cpu, false),
        };
        if (TorchLibrary.CudaDevices().Count > 0) all.AddRange([Torch(Learning.Torch.Device.Cuda(0), false), Torch(Learning.Torch.Device.Cuda(0), true)]);
        return all;

        Contender Torch(Device device, bool isBfloat16) => new(
            "libtorch",
            device.IsCuda ? "cuda" : "cpu",
            isBfloat16 ? "bf16" : "fp32",
            (start, options) => new TorchTrainer(start, data, Workload.Seed, options, device, isBfloat16, threads));
    }

    /// <summary>Weights after the compared steps.</summary>
    public ModelParameters Train(ModelPlan plan, int steps)
    {
        using var engine = Begin(Workload.Start(plan), Workload.Options);
        var result = engine.Run(steps);
        return result.Fault == EvaluationFault.None ? engine.Parameters : throw new OperatorException($"{Engine} on {Device} in {Precision}: {result.Fault}");
    }

    /// <summary>Samples a second, after a first run that nobody counts.</summary>
    public double Throughput(ModelPlan plan, int batch, TimeSpan time)
    {
        using var engine = Begin(Workload.Start(plan), Workload.Options with { Batch = batch });
        // Where one step takes long, twenty at once would take longer than the time that was given.
        engine.Run(1);
        var begun = Stopwatch.GetTimestamp();
        engine.Run(1);
        var atOnce = Stopwatch.GetElapsedTime(begun) * StepsAtOnce < time ? StepsAtOnce : 1;
        var steps = 0;
        begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < time)
        {
            engine.Run(atOnce);
            steps += atOnce;
        }
        return (double)steps * batch / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
