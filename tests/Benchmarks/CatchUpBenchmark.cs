using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Benchmarks;

/// <summary>
/// A node that was away from a chain of four validators, of empty blocks or of full ones: ranges asked of three peers and answered from memory,
/// decoded, their certificates and transactions checked, put in order and executed by the engine, and written to disk. The limit is the check
/// of the signatures alone: four per block, or those of the transfers.
/// </summary>
internal static class CatchUpBenchmark
{
    private const int EmptyBlocks = 5_000;
    private const int FullBlocks = 24;
    private const int Signers = 4;
    private const int Accounts = 20_000;

    private static readonly TimeSpan LimitTime = TimeSpan.FromSeconds(1);

    public static BenchmarkResult RunEmpty(BenchmarkOptions options)
    {
        var genesis = BenchmarkChain.Genesis([]);
        Progress.Say($"building {EmptyBlocks:N0} empty blocks");
        var chain = new BenchmarkChain(genesis);
        var answers = Enumerable.Range(0, EmptyBlocks).Select(_ => Answer(chain, [])).ToList();
        return Run("catchup", "blocks/s", options, genesis, answers, answers.Count, answers.Count * Signers);
    }

    /// <summary>Blocks as full as the chain takes them.</summary>
    public static BenchmarkResult RunFull(BenchmarkOptions options)
    {
        var load = new TransferLoad(Accounts);
        var genesis = BenchmarkChain.Genesis(load.Addresses);
        Progress.Say($"building {FullBlocks} full blocks");
        var chain = new BenchmarkChain(genesis);
        var perBlock = FullBlock.Transfers(genesis);
        var answers = Enumerable.Range(0, FullBlocks).Select(i => Answer(chain, FullBlock.Decoded(load, chain.State.GenesisHash, perBlock, (ulong)i))).ToList();
        return Run("catchup-full", "transactions/s", options, genesis, answers, answers.Count * perBlock, answers.Count * perBlock);
    }

    private static BenchmarkResult Run(string name, string unit, BenchmarkOptions options, GenesisDocument genesis, List<byte[]> answers, int each, int signatures)
    {
        CatchUpAsync(genesis, answers[..(answers.Count / 10 * 2)]).GetAwaiter().GetResult(); // the compiler's second look comes before the clock
        Progress.Say($"catching up for {options.Seconds:F0} s");
        var (done, seconds, processor, paused, allocated) = (0L, 0.0, TimeSpan.Zero, TimeSpan.Zero, 0L);
        var limits = new List<double> { SignatureLimit.Measure(LimitTime) };
        while (seconds < options.Seconds)
        {
            var (before, pausedBefore, allocatedBefore) = (Environment.CpuUsage.TotalTime, GC.GetTotalPauseDuration(), GC.GetTotalAllocatedBytes());
            seconds += CatchUpAsync(genesis, answers).GetAwaiter().GetResult().TotalSeconds;
            processor += Environment.CpuUsage.TotalTime - before;
            paused += GC.GetTotalPauseDuration() - pausedBefore;
            allocated += GC.GetTotalAllocatedBytes() - allocatedBefore;
            limits.Add(SignatureLimit.Measure(LimitTime));
            done += each;
        }

        return BenchmarkResult.Of(
            name, done / seconds, unit, limits.Average() * each / signatures, seconds, ("blocks", answers.Count), ("signatures_per_block", (double)signatures / answers.Count),
            ("processor_us_each", processor.TotalMicroseconds / done), ("cores_used", processor.TotalSeconds / seconds),
            ("allocated_bytes_each", (double)allocated / done), ("share_of_time_in_collections", paused.TotalSeconds / seconds),
            ("signature_checks_per_second_least", limits.Min()), ("signature_checks_per_second_most", limits.Max()));
    }

    private static byte[] Answer(BenchmarkChain chain, IReadOnlyList<Transaction> transactions)
    {
        var (block, certificate) = chain.Step(transactions);
        Invariant.Check(block.Transactions.Length == transactions.Count, "all of them find their place");
        return PeerRelay.EncodeBlock(new CommittedBlock(block, certificate));
    }

    private static async Task<TimeSpan> CatchUpAsync(GenesisDocument genesis, List<byte[]> answers)
    {
        using var folder = new TemporaryFolder();
        using var store = RocksStore.Open(Path.Combine(folder.Path, "store"), ChainStore.Columns);
        var chain = new ChainStore(store);
        var state = LedgerState.FromGenesis(genesis);
        chain.Initialize(state);
        using var wal = new Wal(new DiskFolder(Path.Combine(folder.Path, "wal")));

        EngineHost? host = null;
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var commits = new BackgroundCommits(chain, () => host?.Wake());
        var engine = new Engine(state, chain, commits, wal, null, new Mempool(), new EngineSettings());
        var fetcher = new BlockFetcher((_, _, request, stop) => Answer(answers, request, stop), () => host!, TimeProvider.System, NullLogger.Instance);
        host = new EngineHost(engine, Perform, TimeProvider.System, NullLogger.Instance);
        await using (host.ConfigureAwait(false))
        {
            var clock = Stopwatch.StartNew();
            host.Start();
            foreach (var validator in genesis.Validators.Take(3))
                await host.TellAsync(new EngineInput.MessageArrived(validator.Node, new PeerMessage.StatusMessage(new Height((ulong)answers.Count)))).ConfigureAwait(false);
            await (await Task.WhenAny(arrived.Task, host.Completion).ConfigureAwait(false)).ConfigureAwait(false);
            return clock.Elapsed;
        }

        void Perform(EngineOutput output)
        {
            switch (output)
            {
                case EngineOutput.FetchBlocks fetch:
                    fetcher.Fetch(fetch);
                    break;
                case EngineOutput.StopFetch stop:
                    fetcher.Stop(stop.Attempt);
                    break;
                case EngineOutput.Committed committed when committed.Block.Block.Height.Value == (ulong)answers.Count:
                    arrived.SetResult();
                    break;
                case EngineOutput.Refused refused:
                    arrived.SetException(new InvalidDataException(refused.Reason));
                    break;
            }
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Answer(
        List<byte[]> answers, ReadOnlyMemory<byte> request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        var (from, to) = Heights(request.Span);
        for (var height = from; height <= to && !cancellationToken.IsCancellationRequested; height++) yield return answers[(int)height - 1];
    }

    private static (ulong From, ulong To) Heights(ReadOnlySpan<byte> request)
    {
        var reader = new ByteReader(request);
        return (reader.Height().Value, reader.Height().Value);
    }
}
