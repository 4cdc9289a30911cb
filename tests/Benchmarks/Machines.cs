namespace NeuroChain.Benchmarks;

/// <summary>Names the machine of a run.</summary>
internal static class Machines
{
    public static string This { get; } = $"{Processor()}, {Environment.ProcessorCount} cores";

    private static string Processor()
    {
        const string Cpu = "/proc/cpuinfo";
        var line = File.Exists(Cpu) ? File.ReadLines(Cpu).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? "unknown processor" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
