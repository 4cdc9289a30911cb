namespace NeuroChain.Benchmarks;

internal static class SnapshotBenchmark
{
    public static BenchmarkResult Run(BenchmarkOptions options) => throw new NotSupportedException();
}
