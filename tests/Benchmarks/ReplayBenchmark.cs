using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Benchmarks;

/// <summary>
/// A node that catches up: full blocks of signed transfers from their bytes, every certificate and signature checked, executed, and written to
/// disk. The limit is the signature check alone.
/// </summary>
internal static class ReplayBenchmark
{
    private const int Accounts = 20_000;
    private const int Blocks = 12;
    private const int PerBlock = 13_000;

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        var load = new TransferLoad(Accounts);
        var genesis = BenchmarkChain.Genesis(load.Addresses);
        Progress.Say($"building {Blocks} blocks of up to {PerBlock:N0} transfers");
        var chain = Build(load, genesis, out var transfers);
        var before = SignatureLimit.Measure(TimeSpan.FromSeconds(2));
        Replay(chain, genesis); // the compiler's second look comes before the clock

        Progress.Say($"replaying {transfers:N0} transfers at a time for {options.Seconds:F0} s");
        var (done, rounds) = (0L, 0);
        var seconds = 0.0;
        var processor = Environment.CpuUsage.TotalTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var paused = GC.GetTotalPauseDuration();
        while (seconds < options.Seconds)
        {
            seconds += Replay(chain, genesis).TotalSeconds;
            done += transfers;
            rounds++;
        }

        processor = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        paused = GC.GetTotalPauseDuration() - paused;
        var limit = (before + SignatureLimit.Measure(TimeSpan.FromSeconds(2))) / 2;
        return BenchmarkResult.Of(
            "replay", done / seconds, "transactions/s", limit, seconds, ("transfers_per_block", (double)transfers / Blocks), ("blocks_per_second", Blocks * rounds / seconds),
            ("processor_us_per_transfer", processor.TotalMicroseconds / done), ("cores_used", processor.TotalSeconds / seconds),
            ("allocated_bytes_per_transfer", (double)allocated / done), ("share_of_time_in_collections", paused.TotalSeconds / seconds));
    }

    private static List<(ReadOnlyMemory<byte> Block, ReadOnlyMemory<byte> Certificate)> Build(TransferLoad load, GenesisDocument genesis, out long transfers)
    {
        var chain = new BenchmarkChain(genesis);
        var hash = chain.State.GenesisHash;
        var blocks = new List<(ReadOnlyMemory<byte>, ReadOnlyMemory<byte>)>();
        transfers = 0;
        for (var i = 0; i < Blocks; i++)
        {
            var bytes = load.Sign(hash, PerBlock, (ulong)i, BenchmarkChain.Fee);
            var decoded = bytes.Select(b => Transaction.TryDecode(b.Span, hash, out var t, out _) ? t : throw new InvalidDataException("the load is well-formed")).ToList();
            var (block, certificate) = chain.Step(decoded);
            blocks.Add((block.Bytes, certificate.Encode()));
            transfers += block.Transactions.Length;
        }

        return blocks;
    }

    private static TimeSpan Replay(List<(ReadOnlyMemory<byte> Block, ReadOnlyMemory<byte> Certificate)> blocks, GenesisDocument genesis)
    {
        using var folder = new TemporaryFolder();
        using var store = RocksStore.Open(folder.Path, ChainStore.Columns);
        var chain = new ChainStore(store);
        var state = LedgerState.FromGenesis(genesis);
        chain.Initialize(state);
        var clock = Stopwatch.StartNew();
        var next = 0;
        using var commits = new BackgroundCommits(chain, () => { });
        foreach (var (prepared, fault) in BlocksAhead.Prepare(blocks.Select(entry => entry.Block), state.GenesisHash))
        {
            Invariant.Check(prepared is not null, fault.ToString());
            var block = prepared.Block;
            Invariant.Check(CommitCertificate.TryDecode(blocks[next++].Certificate.Span, out var certificate), "the chain is well-formed");
            Invariant.Check(certificate!.TryVerify(state.GenesisHash, state.Next.Validators, out _, out _), "the chain is certified");
            Invariant.Check(BlockValidator.TryValidate(state, prepared, out var validated, out var refusal), refusal.ToString());
            commits.Commit(state, validated!, certificate);
            state = validated!.Result.Next;
        }

        commits.Flush();
        return clock.Elapsed;
    }
}
