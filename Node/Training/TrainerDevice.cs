using System.Runtime.InteropServices;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>What a trainer declares to have trained on: what its backend really used, not what was asked for.</summary>
internal static class TrainerDevice
{
    /// <summary>Of the bytes that a manifest allows a text.</summary>
    private const int TextMax = 200;

    public static DeviceRecord RecordOf(TrainingBackend backend) => new()
    {
        Kind = backend.Cuda is null ? "cpu" : "cuda",
        Name = Short(backend.Cuda?.Name ?? ProcessorName()),
        Uuid = Short(backend.Cuda?.Uuid ?? ""),
        Driver = Short(backend.Cuda?.Driver ?? ""),
        Runtime = Short(backend.Runtime),
    };

    /// <summary>Before a bond is put down for a candidate that the chain would refuse.</summary>
    /// <param name="required">The chain's require_device.</param>
    /// <exception cref="OperatorException">The chain takes no candidate of this device.</exception>
    public static void Demand(DeviceRecord device, string required)
    {
        if (required != "any" && device.Kind != required)
            throw new OperatorException(
                $"the chain takes candidates of a {required} device alone, and this trainer has \"{device.Name}\" ({device.Runtime}): "
                + "see tools/torch/build.sh and the keys engine and device of trainer.json");
    }

    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo";
        const string key = "model name";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal)) : null;
        var name = line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "";
        return name.Length == 0 ? RuntimeInformation.ProcessArchitecture.ToString() : name;
    }

    private static string Short(string text) => text.Length > TextMax ? text[..TextMax] : text;
}
