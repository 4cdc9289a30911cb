using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Benchmarks;

/// <summary>
/// A node that was away from a chain of empty blocks by four validators: ranges asked of three peers and answered from memory, decoded, their
/// certificates checked, put in order and executed by the engine, and written to disk. The limit is the check of four signatures per block.
/// </summary>
internal static class CatchUpBenchmark
{
    private const int Blocks = 5_000;
    private const int Signers = 4;

    private static readonly TimeSpan LimitTime = TimeSpan.FromSeconds(1);

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        var genesis = BenchmarkChain.Genesis([]);
        Progress.Say($"building {Blocks:N0} empty blocks");
        var answers = Build(genesis);
        CatchUpAsync(genesis, answers[..500]).GetAwaiter().GetResult(); // the compiler's second look comes before the clock

        Progress.Say($"catching up for {options.Seconds:F0} s");
        var (done, seconds, processor) = (0L, 0.0, TimeSpan.Zero);
        var limits = new List<double> { SignatureLimit.Measure(LimitTime) };
        while (seconds < options.Seconds)
        {
            var before = Environment.CpuUsage.TotalTime;
            seconds += CatchUpAsync(genesis, answers).GetAwaiter().GetResult().TotalSeconds;
            processor += Environment.CpuUsage.TotalTime - before;
            limits.Add(SignatureLimit.Measure(LimitTime));
            done += answers.Count;
        }

        return BenchmarkResult.Of(
            "catchup", done / seconds, "blocks/s", limits.Average() / Signers, seconds,
            ("processor_us_per_block", processor.TotalMicroseconds / done), ("cores_used", processor.TotalSeconds / seconds));
    }

    private static List<byte[]> Build(GenesisDocument genesis)
    {
        var chain = new BenchmarkChain(genesis);
        var answers = new List<byte[]>(Blocks);
        for (var i = 0; i < Blocks; i++)
        {
            var (block, certificate) = chain.Step([]);
            answers.Add(PeerRelay.EncodeBlock(new CommittedBlock(block, certificate)));
        }

        return answers;
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
        var fetcher = new BlockFetcher((_, _, request, _) => Answer(answers, request), () => host!, NullLogger.Instance);
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
