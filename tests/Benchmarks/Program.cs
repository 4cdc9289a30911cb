using NeuroChain.Benchmarks;

// bench NAME: one benchmark; with --json exactly one JSON object on standard output, what happens meanwhile on standard error.
var benchmarks = new SortedDictionary<string, Func<BenchmarkOptions, BenchmarkResult>>(StringComparer.Ordinal)
{
    ["replay"] = ReplayBenchmark.Run,
    ["state"] = StateBenchmark.Run,
    ["snapshot"] = SnapshotBenchmark.Run,
    ["mempool"] = MempoolBenchmark.Run,
};
if (BenchmarkOptions.Parse(args) is not { } options || !benchmarks.TryGetValue(options.Name, out var run))
{
    Console.Error.WriteLine($"usage: neurochain bench {string.Join('|', benchmarks.Keys)} [--seconds N] [--accounts N] [--json]");
    return 2;
}

var result = run(options);
Console.WriteLine(options.Json ? result.ToJson() : result.ToString());
return 0;
