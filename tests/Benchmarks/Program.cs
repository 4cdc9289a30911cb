using NeuroChain.Benchmarks;

// bench NAME: one benchmark; with --json exactly one JSON object on standard output, what happens meanwhile on standard error.
var benchmarks = new SortedDictionary<string, Func<BenchmarkOptions, BenchmarkResult>>(StringComparer.Ordinal)
{
    ["replay"] = ReplayBenchmark.Run,
    ["catchup"] = CatchUpBenchmark.RunEmpty,
    ["catchup-full"] = CatchUpBenchmark.RunFull,
    ["network"] = NetworkBenchmark.Run,
    ["state"] = StateBenchmark.Run,
    ["snapshot"] = SnapshotBenchmark.Run,
    ["mempool"] = MempoolBenchmark.Run,
    ["receipt-proof"] = ReceiptProofBenchmark.Run,
    ["credit"] = CreditBenchmark.Run,
    ["cost"] = CostBenchmark.Run,
    ["seed-bias"] = SeedBias.Run,
    ["verification"] = VerificationBenchmark.Run,
    ["drip"] = DripBenchmark.Run,
};
if (args is ["page", "--from", var folder, "--to", var page])
{
    ResultsPage.Write(folder, page);
    return 0;
}

if (args is ["seed-bias", "--to", var biasPage])
{
    SeedBias.Write(biasPage);
    return 0;
}

if (BenchmarkOptions.Parse(args) is not { } options || !benchmarks.TryGetValue(options.Name, out var run))
{
    Console.Error.WriteLine($"usage: neurochain bench {string.Join('|', benchmarks.Keys)} [--seconds N] [--accounts N] [--json]");
    Console.Error.WriteLine("       neurochain bench page --from DIR --to FILE");
    Console.Error.WriteLine("       neurochain bench seed-bias --to FILE");
    return 2;
}

var result = run(options);
Console.WriteLine(options.Json ? result.ToJson() : result.ToString());
return 0;
