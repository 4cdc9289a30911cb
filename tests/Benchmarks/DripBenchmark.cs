using System.Diagnostics;
using System.Globalization;
using NeuroChain.Gallery;

namespace NeuroChain.Benchmarks;

/// <summary>
/// What an improvement earns in thirty parts against one, in thousandths: the greatest upper bound, with 95 % confidence, over both drippers and
/// three sizes. The limit is 1.01.
/// </summary>
internal static class DripBenchmark
{
    private const int Sales = 4_000;

    private const int RoundsMin = 5_000;

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        var clock = Stopwatch.StartNew();
        var drips = Dripper.Measure(4, isSplit: true, Sales, RoundsMin).ToList();
        var details = drips.SelectMany(drip =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"gain_{drip.TotalGain}_{(drip.IsRetrying ? "retrying" : "adding_up")}");
            return new[] { ($"{name}_ratio", drip.Ratio), ($"{name}_upper_bound", drip.UpperBound), ($"{name}_rounds", drip.Rounds) };
        });
        return BenchmarkResult.Of(
            "drip", 1_000 * drips.Max(drip => drip.UpperBound), "thousandths of one part's pay", 1_010, clock.Elapsed.TotalSeconds, [.. details]);
    }
}
