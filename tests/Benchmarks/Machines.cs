using System.Globalization;
using System.Runtime.InteropServices;

namespace NeuroChain.Benchmarks;

/// <summary>Names the machine of a run.</summary>
internal static class Machines
{
    public static string This { get; } = string.Join(", ", Processor(), $"{Environment.ProcessorCount} cores", Memory(), $"kernel {Kernel()}", RuntimeInformation.FrameworkDescription);

    private static string Processor() => Line("/proc/cpuinfo", "model name") ?? "unknown processor";

    // "MemTotal:       24683456 kB".
    private static string Memory() =>
        long.TryParse(Line("/proc/meminfo", "MemTotal")?.Split(' ')[0], CultureInfo.InvariantCulture, out var kibibytes)
            ? string.Create(CultureInfo.InvariantCulture, $"{kibibytes / 1024.0 / 1024.0:F0} GiB")
            : "unknown memory";

    private static string Kernel() => File.Exists("/proc/sys/kernel/osrelease") ? File.ReadAllText("/proc/sys/kernel/osrelease").Trim() : "unknown";

    private static string? Line(string file, string name)
    {
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
