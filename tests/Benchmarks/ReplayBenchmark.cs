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
    private const int Blocks = 24;

    private static readonly TimeSpan LimitTime = TimeSpan.FromSeconds(1);

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        var load = new TransferLoad(Accounts);
        var genesis = BenchmarkChain.Genesis(load.Addresses);
        Progress.Say($"building {Blocks} full blocks");
        var chain = Build(load, genesis, out var transfers);
        Replay(chain, genesis); // the compiler's second look comes before the clock

        Progress.Say($"replaying {transfers:N0} transfers at a time for {options.Seconds:F0} s");
        var (done, rounds) = (0L, 0);
        var (seconds, allocated) = (0.0, 0L);
        var (processor, paused) = (TimeSpan.Zero, TimeSpan.Zero);

        // The machine changes from second to second: the limit is measured between every two rounds, and not only at the ends.
        var limits = new List<double> { SignatureLimit.Measure(LimitTime) };
        while (seconds < options.Seconds)
        {
            var (processorBefore, allocatedBefore, pausedBefore) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration());
            seconds += Replay(chain, genesis).TotalSeconds;
            processor += Environment.CpuUsage.TotalTime - processorBefore;
            allocated += GC.GetTotalAllocatedBytes() - allocatedBefore;
            paused += GC.GetTotalPauseDuration() - pausedBefore;
            limits.Add(SignatureLimit.Measure(LimitTime));
            done += transfers;
            rounds++;
        }

        var limit = limits.Average();
        return BenchmarkResult.Of(
            "replay", done / seconds, "transactions/s", limit, seconds, ("transfers_per_block", (double)transfers / Blocks), ("blocks_per_second", Blocks * rounds / seconds),
            ("processor_us_per_transfer", processor.TotalMicroseconds / done), ("cores_used", processor.TotalSeconds / seconds),
            ("allocated_bytes_per_transfer", (double)allocated / done), ("share_of_time_in_collections", paused.TotalSeconds / seconds));
    }

    private static List<(ReadOnlyMemory<byte> Block, ReadOnlyMemory<byte> Certificate)> Build(TransferLoad load, GenesisDocument genesis, out long transfers)
    {
        var chain = new BenchmarkChain(genesis);
        var hash = chain.State.GenesisHash;
        var (blocks, perBlock) = (new List<(ReadOnlyMemory<byte>, ReadOnlyMemory<byte>)>(), FullBlock.Transfers(genesis));
        transfers = 0;
        for (var i = 0; i < Blocks; i++)
        {
            var (block, certificate) = chain.Step(FullBlock.Decoded(load, hash, perBlock, (ulong)i));
            Invariant.Check(block.Transactions.Length == perBlock, "all of them find their place");
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
        VerifiedCommit? parent = null;
        using var commits = new BackgroundCommits(chain, () => { });
        foreach (var (prepared, fault) in BlocksAhead.Prepare(blocks.Select(entry => entry.Block), state.GenesisHash))
        {
            Invariant.Check(prepared is not null, fault.ToString());
            var block = prepared.Block;
            Invariant.Check(CommitCertificate.TryDecode(blocks[next++].Certificate.Span, out var certificate), "the chain is well-formed");
            Invariant.Check(certificate!.TryVerify(state.GenesisHash, state.Next.Validators, out var commit, out _), "the chain is certified");
            Invariant.Check(BlockValidator.TryValidate(state, prepared, parent, out var validated, out var refusal), refusal.ToString());
            commits.Commit(state, validated!, commit!);
            parent = commit;
            state = validated!.Result.Next;
        }

        commits.Flush();
        return clock.Elapsed;
    }
}
