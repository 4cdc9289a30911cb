using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Learning.Torch;

namespace NeuroChain.Gpu;

/// <summary>The figures of one machine as one JSON object.</summary>
internal static class Report
{
    private const int EvaluatedSamples = 4_000;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="folder">Written by <see cref="Workload.Write"/>, with the files of plain.py where it ran.</param>
    /// <param name="time">Of each measurement of throughput.</param>
    public static void Write(string folder, TimeSpan time, string file)
    {
        if (!TorchLibrary.IsAvailable(out var why)) throw new OperatorException(why);
        var contenders = Contender.All();
        var plain = LoadPlain(folder);
        var report = new JsonObject
        {
            ["device"] = Device(),
            ["processor"] = Processor(),
            ["cores"] = Environment.ProcessorCount,
            ["libtorch"] = TorchLibrary.Version,
            ["pytorch"] = plain?["pytorch"]?.DeepClone(),
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["canonical_path"] = KernelPaths.Best.ToString(),
            ["data"] = Workload.Data.Name,
            ["losses"] = Losses(contenders, folder),
            ["throughput"] = Throughput(contenders, plain, time),
        };
        File.WriteAllText(file, report.ToJsonString(Indented) + "\n");
    }

    private static JsonObject? Device()
    {
        var devices = TorchLibrary.CudaDevices();
        return devices.Count == 0 ? null : new JsonObject
        {
            ["name"] = devices[0].Name,
            ["uuid"] = devices[0].Uuid,
            ["driver"] = devices[0].Driver,
            ["memory_bytes"] = devices[0].MemoryBytes,
        };
    }

    /// <summary>
    /// Each engine's model after the same mini-batches, as the canonical engine judges it on the test set; the difference is to the canonical
    /// engine's own model. Plain PyTorch's weights are judged too.
    /// </summary>
    private static JsonArray Losses(IReadOnlyList<Contender> contenders, string folder)
    {
        var rows = new JsonArray();
        foreach (var (name, plan, _) in Workload.Models)
        {
            Console.Error.WriteLine($"losses of {name} after {Workload.ComparedSteps} steps");
            double? canonical = null;
            foreach (var contender in contenders) Add(contender.Engine, contender.Device, contender.Precision, contender.Train(plan, Workload.ComparedSteps));
            foreach (var path in Directory.EnumerateFiles(folder, $"{name}.*.trained").Order(StringComparer.Ordinal))
            {
                var parts = Path.GetFileName(path).Split('.');
                var values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
                if (values.Length != plan.ParameterCount) throw new OperatorException($"{path} has {values.Length} weights of {plan.ParameterCount}");
                Add("plain PyTorch", parts[1], parts[2], new ModelParameters(plan, values));
            }

            void Add(string engine, string device, string precision, ModelParameters parameters)
            {
                var loss = Judge(plan, parameters);
                canonical ??= loss;
                rows.Add((JsonNode)new JsonObject
                {
                    ["model"] = name,
                    ["engine"] = engine,
                    ["device"] = device,
                    ["precision"] = precision,
                    ["loss"] = Math.Round(loss, 6),
                    ["difference"] = Math.Round(loss - canonical.Value, 6),
                });
            }
        }
        return rows;
    }

    private static double Judge(ModelPlan plan, ModelParameters parameters)
    {
        var test = Workload.Data.Test;
        var samples = SampleDraw.Draw(Workload.Seed, Math.Min(EvaluatedSamples, test.Count), test.Count);
        using var engine = new CanonicalEngine(plan, new EngineOptions(Math.Min(Environment.ProcessorCount, EngineOptions.ThreadsMax)));
        return engine.TryEvaluate(parameters, test, samples, out var result, out var fault)
            ? LossScale.ToNats((double)result.LossSum / samples.Length)
            : throw new OperatorException($"a trained model cannot be judged: {fault}");
    }

    private static JsonArray Throughput(IReadOnlyList<Contender> contenders, JsonNode? plain, TimeSpan time)
    {
        var rows = new JsonArray();
        foreach (var (name, plan, batches) in Workload.Models)
            foreach (var batch in batches)
                foreach (var contender in contenders.Where(one => one.Device != "cpu" || batch <= Workload.ProcessorBatchMax))
                {
                    Console.Error.WriteLine($"throughput of {name}, batch {batch}: {contender.Engine} on {contender.Device} in {contender.Precision}");
                    var rate = contender.Throughput(plan, batch, time);
                    var beside = plain?["throughput"]!.AsArray().FirstOrDefault(row =>
                        (string)row!["model"]! == name && (int)row["batch"]! == batch && (string)row["device"]! == contender.Device
                        && (string)row["precision"]! == contender.Precision)?["samples_per_second"]?.GetValue<double>();
                    rows.Add((JsonNode)new JsonObject
                    {
                        ["model"] = name,
                        ["batch"] = batch,
                        ["engine"] = contender.Engine,
                        ["device"] = contender.Device,
                        ["precision"] = contender.Precision,
                        ["samples_per_second"] = Math.Round(rate),
                        ["plain_pytorch"] = beside is { } figure ? Math.Round(figure) : null,
                        ["of_plain_pytorch"] = beside is { } other ? Math.Round(rate / other, 3) : null,
                    });
                }
        return rows;
    }

    private static JsonNode? LoadPlain(string folder)
    {
        var path = Path.Combine(folder, "plain.json");
        return File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path)) : null;
    }

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(one => one.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
