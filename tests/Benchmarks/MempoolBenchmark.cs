using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Benchmarks;

/// <summary>Transactions from their bytes into the mempool, signatures checked on all cores; the limit is the signature check alone.</summary>
internal static class MempoolBenchmark
{
    private const int Accounts = 5_000;
    private const int Count = 40_000;

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        var load = new TransferLoad(Accounts);
        var genesis = BenchmarkChain.Genesis(load.Addresses);
        var state = LedgerState.FromGenesis(genesis);
        Progress.Say($"signing {Count:N0} transfers");
        var bytes = load.Sign(state.GenesisHash, Count, 0, BenchmarkChain.Fee);
        var before = SignatureLimit.Measure(TimeSpan.FromSeconds(2));

        Progress.Say($"admitting for {options.Seconds:F0} s");
        var (admitted, admitting) = (0L, 0.0);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < options.Seconds || admitted == 0)
        {
            var mempool = new Mempool();
            var decoded = new Transaction[Count];
            Parallel.For(0, Count, i =>
            {
                Invariant.Check(Transaction.TryDecode(bytes[i].Span, state.GenesisHash, out var transaction, out _), "the load is well-formed");
                decoded[i] = transaction!;
            });
            var adding = Stopwatch.StartNew();
            foreach (var transaction in decoded) Invariant.Check(mempool.TryAdd(transaction, state) == MempoolRejection.None, "the load is admitted");
            admitting += adding.Elapsed.TotalSeconds;
            admitted += Count;
        }

        var seconds = clock.Elapsed.TotalSeconds;
        var limit = (before + SignatureLimit.Measure(TimeSpan.FromSeconds(2))) / 2;
        return BenchmarkResult.Of("mempool", admitted / seconds, "transactions/s", limit, seconds, ("checked_admissions_per_second", admitted / admitting));
    }
}
