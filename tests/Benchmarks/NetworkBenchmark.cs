using System.Collections.Concurrent;
using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Node.V1;

namespace NeuroChain.Benchmarks;

/// <summary>
/// Four validators on the cores of one machine take signed transfers from their API to finality; each checks each signature once. The limit is
/// the rate of signature checks by four, less the share of the cores that the load generator takes; it is measured again and again in between,
/// while the validators stand still, because these machines are not the same from minute to minute. Then, at half that load, how long it
/// takes from sending a transfer to seeing it in a final block.
/// </summary>
internal static class NetworkBenchmark
{
    private const int Accounts = 8_000;
    private const int Validators = 4;
    private const int BatchSize = 250;

    // Transfers on their way: enough for two full blocks, less than what waits for no reason.
    private const int OpenMax = 16_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    // Between two measurements of the limit.
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(15);

    public static BenchmarkResult Run(BenchmarkOptions options) => RunAsync(options).GetAwaiter().GetResult();

    private static async Task<BenchmarkResult> RunAsync(BenchmarkOptions options)
    {
        List<double> checks = [SignatureLimit.Measure(TimeSpan.FromSeconds(3))];
        // A stop of the whole machine is some tenths of a second on these: in too short a time the one-in-a-hundred is nothing but that.
        var latencySeconds = Math.Min(120, options.Seconds / 2);
        // For a network that comes within seven tenths of its limit; to sign takes an eighth as long as to run.
        var needed = (int)((options.Seconds + WarmUp.TotalSeconds + (latencySeconds / 2)) * checks[0] / Validators * 0.7) + (2 * OpenMax);
        var load = new TransferLoad(Accounts);
        using var network = new BenchmarkNetwork(load.Addresses);
        using var store = new TemporaryFolder(); // of a validator at the end of the full load
        Progress.Say($"signing {needed:N0} transfers");
        var transfers = load.Sign(network.Genesis.Hash, needed, 0, BenchmarkChain.Fee);
        Progress.Say("starting four validators");
        await network.StartAsync().ConfigureAwait(false);
        var sender = new Sender(network, transfers);

        Progress.Say($"full load for {WarmUp.TotalSeconds + options.Seconds:F0} s");
        await sender.FloodAsync(WarmUp).ConfigureAwait(false);
        var committed = await network.CommittedAsync().ConfigureAwait(false);
        var (own, theirs, clock) = (TimeSpan.Zero, network.ProcessorTime(), new Stopwatch());
        while (clock.Elapsed.TotalSeconds < options.Seconds)
        {
            var ownBefore = Environment.CpuUsage.TotalTime;
            clock.Start();
            await sender.FloodAsync(TimeSpan.FromSeconds(Math.Min(Slice.TotalSeconds, options.Seconds - clock.Elapsed.TotalSeconds))).ConfigureAwait(false);
            clock.Stop();
            own += Environment.CpuUsage.TotalTime - ownBefore;
            network.Pause();
            if (clock.Elapsed.TotalSeconds >= options.Seconds) TemporaryFolder.Copy(network.Homes[0].StoreFolder, store.Path);
            checks.Add(SignatureLimit.Measure(TimeSpan.FromSeconds(1)));
            network.Resume();
        }

        var seconds = clock.Elapsed.TotalSeconds;
        var rate = (await network.CommittedAsync().ConfigureAwait(false) - committed) / seconds;
        var generator = own.TotalSeconds / (seconds * Environment.ProcessorCount);
        var validators = (network.ProcessorTime() - theirs).TotalSeconds / (seconds * Environment.ProcessorCount);
        var memory = network.PeakMemoryBytes();
        await sender.DrainAsync().ConfigureAwait(false);

        Progress.Say($"half of {rate:N0} transfers/s for {latencySeconds:F0} s");
        var latencies = await sender.PaceAsync(rate / 2, TimeSpan.FromSeconds(latencySeconds)).ConfigureAwait(false);
        network.Stop();
        var checksPerSecond = checks.Skip(1).Average();
        var limit = checksPerSecond / Validators * (1 - generator);
        var running = TemporaryFolder.BytesOf(store.Path);
        var (live, kept, disk) = Disk(store.Path);
        return BenchmarkResult.Of(
            "network",
            rate,
            "transactions/s",
            limit,
            seconds,
            ("signature_checks_per_second", checksPerSecond),
            ("signature_checks_per_second_least", checks.Skip(1).Min()),
            ("signature_checks_per_second_most", checks.Skip(1).Max()),
            ("share_of_cores_of_load_generator", generator),
            ("share_of_cores_of_validators", validators),
            ("processor_us_per_transfer_of_a_validator", validators * seconds * Environment.ProcessorCount * 1e6 / (rate * seconds * Validators)),
            ("finality_p50_ms_at_half_load", Percentile(latencies, 50)),
            ("finality_p99_ms_at_half_load", Percentile(latencies, 99)),
            ("finality_most_ms_at_half_load", Percentile(latencies, 100)),
            ("blocks_at_half_load", sender.PacedBlocks),
            ("blocks_of_later_rounds_at_half_load", sender.LaterRounds),
            ("peak_memory_mb_of_a_validator", memory / 1e6),
            ("disk_mb_of_a_running_validator", running / 1e6),
            ("disk_mb_compacted", disk / 1e6),
            ("live_state_mb", live / 1e6),
            ("kept_blocks_mb", kept / 1e6),
            ("disk_by_live_state_and_kept_blocks_of_a_running_validator", (double)running / (live + kept)),
            ("disk_by_live_state_and_kept_blocks_compacted", (double)disk / (live + kept)));
    }

    private static double Percentile(List<double> values, int percent)
    {
        values.Sort();
        return values.Count == 0 ? double.NaN : values[Math.Min(values.Count - 1, values.Count * percent / 100)];
    }

    // What the kept heights come to, records by their own bytes, and the least that their files can take.
    private static (long Live, long Kept, long Disk) Disk(string path)
    {
        using var store = RocksStore.Open(path, ChainStore.Columns);
        var chain = new ChainStore(store);
        Invariant.Check(chain.Mark is not null && LedgerMark.TryDecode(chain.Mark, out _), "a node that ran has a mark");
        LedgerMark.TryDecode(chain.Mark, out var mark);
        var pruner = new Pruner(chain, 128, 128);
        while (pruner.Step(mark!.Height)) { }
        pruner.Compact();
        store.Flush();
        long Bytes(Column column) => store.Scan(column, KeyRange.All).Sum(entry => (long)entry.Key.Length + entry.Value.Length);
        var live = Bytes(ChainColumns.State);
        var kept = ChainStore.Columns.Where(column => column != ChainColumns.State).Sum(Bytes);
        return (live, kept, TemporaryFolder.BytesOf(path));
    }

    /// <summary>Sends the transfers in their order, each to one of the nodes.</summary>
    private sealed class Sender(BenchmarkNetwork network, ReadOnlyMemory<byte>[] transfers)
    {
        private int _sent;

        /// <summary>Blocks that <see cref="PaceAsync"/> saw with transfers of its own.</summary>
        public int PacedBlocks { get; private set; }

        /// <summary>How many of them took more than one round.</summary>
        public int LaterRounds { get; private set; }

        /// <summary>As many as the network takes.</summary>
        public async Task FloodAsync(TimeSpan duration)
        {
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < duration)
            {
                if (_sent + OpenMax > transfers.Length) throw new InvalidOperationException("the load is used up: the network is faster than its limit");
                var open = _sent - (long)await network.CommittedAsync().ConfigureAwait(false);
                if (open > OpenMax - BatchSize)
                {
                    await Task.Delay(20).ConfigureAwait(false);
                    continue;
                }

                var batches = Enumerable.Range(0, (int)((OpenMax - open) / BatchSize)).Select(_ => SendAsync(BatchSize)).ToList();
                await Task.WhenAll(batches).ConfigureAwait(false);
            }
        }

        public async Task DrainAsync()
        {
            for (var i = 0; i < 200 && (ulong)_sent > await network.CommittedAsync().ConfigureAwait(false); i++) await Task.Delay(50).ConfigureAwait(false);
        }

        /// <summary>At a steady rate; milliseconds from sending to a final block, for one in ten.</summary>
        public async Task<List<double>> PaceAsync(double perSecond, TimeSpan duration)
        {
            var started = new ConcurrentDictionary<string, long>();
            var latencies = new List<double>();
            using var stop = new CancellationTokenSource();
            var watching = WatchAsync(started, latencies, stop.Token);
            var clock = Stopwatch.StartNew();
            var first = _sent;
            while (clock.Elapsed < duration)
            {
                var due = first + (int)(clock.Elapsed.TotalSeconds * perSecond);
                var sending = new List<Task>();
                while (_sent < due)
                {
                    for (var i = 0; i < 20; i += 10) started[HashOf(transfers[_sent + i])] = Stopwatch.GetTimestamp();
                    sending.Add(SendAsync(20));
                }

                await Task.WhenAll(sending).ConfigureAwait(false);
                await Task.Delay(5).ConfigureAwait(false);
            }

            await DrainAsync().ConfigureAwait(false);
            await Task.Delay(500).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            latencies.AddRange(Enumerable.Repeat(double.PositiveInfinity, started.Count)); // sent and in no block: slower than any
            return latencies;
        }

        // One node gets what one account sends, so that its nonces come in order.
        private Task SendAsync(int count)
        {
            var batch = transfers.AsMemory(_sent, count).ToArray();
            var client = network.Clients[_sent / BatchSize % network.Clients.Count];
            _sent += count;
            return client.SubmitBatchAsync(batch, CancellationToken.None);
        }

        private async Task WatchAsync(ConcurrentDictionary<string, long> started, List<double> latencies, CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var block in network.Clients[1].BlocksAsync(Height.Genesis, cancellationToken, new BlockParts { Raw = true, Events = true }).ConfigureAwait(false))
                {
                    var (now, before) = (Stopwatch.GetTimestamp(), latencies.Count);
                    foreach (var transaction in block.Transactions)
                        if (started.TryRemove(Convert.ToHexString(transaction.Hash.Span), out var since))
                            latencies.Add(Stopwatch.GetElapsedTime(since, now).TotalMilliseconds);
                    if (latencies.Count == before) continue;
                    PacedBlocks++;
                    if (block.BuiltRound > 0) LaterRounds++;
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or P2P.RpcException && cancellationToken.IsCancellationRequested)
            {
            }
        }

        private static string HashOf(ReadOnlyMemory<byte> transfer) =>
            UnverifiedTransaction.TryHash(transfer.Span, out var hash) ? Convert.ToHexString(hash.Value.ToArray()) : throw new InvalidDataException("the load is well-formed");
    }
}
