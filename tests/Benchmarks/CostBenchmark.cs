using System.Diagnostics;
using NeuroChain.Chain;

namespace NeuroChain.Benchmarks;

/// <summary>
/// Whether a block's cost bounds its time: for each costly kind of message a block of it, executed from its bytes as a validator does. The figure is the
/// processor time that the dearest kind takes for a declared unit, the limit what a transfer takes, after which the unit is made.
/// </summary>
internal static class CostBenchmark
{
    private const int Accounts = 20_000; // more than a block has room for

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        Progress.Say("building a block of each kind");
        var scenes = CostScenes.All(Accounts).ToList();
        Progress.Say($"executing {scenes.Count} kinds for {options.Seconds:F0} s");
        return Measure(scenes, options.Seconds);
    }

    /// <param name="scenes">Of transfers among them.</param>
    /// <param name="seconds">In all.</param>
    /// <param name="rounds">Over all of them: the machine changes from second to second, and the compiler's second look comes before the last of several.</param>
    public static BenchmarkResult Measure(IReadOnlyList<CostScene> scenes, double seconds, int rounds = 4)
    {
        var clock = Stopwatch.StartNew();
        var measured = scenes.ToDictionary(scene => scene.Kind, _ => new List<double>());
        for (var round = 0; round < rounds; round++)
            foreach (var scene in scenes)
                measured[scene.Kind].Add(scene.NanosecondsPerUnit(seconds / rounds / scenes.Count));
        var kinds = measured.Select(kind => (Kind: kind.Key, Nanoseconds: Median(kind.Value))).OrderByDescending(kind => kind.Nanoseconds).ToList();
        var transfer = kinds.Single(kind => kind.Kind == CostScenes.Transfer).Nanoseconds;
        return BenchmarkResult.Of(
            "cost", kinds[0].Nanoseconds, "ns of processor per unit", transfer, clock.Elapsed.TotalSeconds, [.. kinds.Select(kind => ($"{kind.Kind}_by_transfer", kind.Nanoseconds / transfer))]);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
