using System.Diagnostics;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>A network with a trainer, a second from block to block.</summary>
public sealed class TrainedNetworkFixture() : NetworkFixture(new NetworkShape { BlockIntervalMs = 1_000, Trains = TrainingGenesis.IsAvailable });

/// <summary>
/// What training does to the chain's pace, in real time, so only in long runs: blocks come as fast when nobody learns. How long a transfer takes
/// to be final beside a trainer at full load is reported, for that depends on how many cores there are.
/// </summary>
public sealed class TrainingLoadTests(TrainedNetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<TrainedNetworkFixture>
{
    private const int Transfers = 200;

    [Fact]
    public async Task BlocksComeAsFastWhenTrainingHasStopped()
    {
        if (Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") != "1") Assert.Skip("some minutes of real time: with NEUROCHAIN_LONG_TESTS=1");
        if (!TrainingGenesis.IsAvailable) Assert.Skip("the data set is not installed");
        await Network.AllReachAsync(3);
        Load load;
        using (var busy = Network.StartBusyTrainer())
        {
            await Eventually.HoldsAsync(() => busy.Output.Contains("learning from", StringComparison.Ordinal), "the second trainer learns");
            load = await LoadAsync(busy);
            busy.CloseInput();
            Assert.Equal(0, await busy.WaitAsync(Eventually.Limit));
        }

        Output.WriteLine(load.ToString());
        Assert.True(load.Rounds >= 2 && load.Share > 0.25, $"that was no load: {load}");
        await Network.StopTrainerAsync();
        await Network.AllReachAsync(await Network.HighestAsync() + 60, TimeSpan.FromMinutes(3)); // the last round ends meanwhile, and the last term
        var before = await RoundsAsync();
        var idle = await MeasureAsync();
        Output.WriteLine($"{Environment.ProcessorCount} cores; with training: {load.Pace}; without: {idle}");
        Assert.Equal(before, await RoundsAsync());
        Report(load, idle);
        Assert.InRange(idle.IntervalMs / load.Pace.IntervalMs, 0.95, 1.05);
    }

    private async Task<Load> LoadAsync(ChildProcess busy)
    {
        var (rounds, used, started) = (await RoundsAsync(), busy.ProcessorTime, Stopwatch.GetTimestamp());
        var pace = await MeasureAsync();
        return new Load(pace, await RoundsAsync() - rounds, (busy.ProcessorTime - used) / Stopwatch.GetElapsedTime(started));
    }

    // A round has its number from its beginning: what was added is what ended meanwhile.
    private async Task<long> RoundsAsync() => (await new TrainingClient(Network.Nodes[0].Client.Channel).TasksAsync(Cancelled)).Sum(task => (long)task.TrainingRound);

    // For the project's records, where NEUROCHAIN_RESULTS names the folder.
    private void Report(Load load, Pace idle)
    {
        var loaded = load.Pace;
        if (Environment.GetEnvironmentVariable("NEUROCHAIN_RESULTS") is not { Length: > 0 } folder) return;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "training-load.md"), string.Create(CultureInfo.InvariantCulture, $"""
            # What training does to the pace of blocks

            Four validators with their evaluators and two trainers, each a process of its own, on one machine with {Environment.ProcessorCount} cores; block interval
            {Network.Genesis.Parameters.BlockIntervalMs} ms; {Transfers} transfers, one after the other, each way. One trainer brings candidates: {load.Rounds} rounds ended under load. The
            other learns without an end, at the lowest priority, and had {load.Share * 100:F0} % of a core. {DateTimeOffset.UtcNow:yyyy-MM-dd}, commit {SourceCommit.Name}.

            Made by this command, from the root of the repository:

                NEUROCHAIN_LONG_TESTS=1 NEUROCHAIN_RESULTS="$PWD/docs/results" dotnet test tests/EndToEnd --filter TrainingLoadTests

            | | block interval ms | final after ms (p50) | final after ms (p99) |
            |---|---:|---:|---:|
            | training at full load | {loaded.IntervalMs:F0} | {loaded.P50Ms:F0} | {loaded.P99Ms:F0} |
            | training stopped | {idle.IntervalMs:F0} | {idle.P50Ms:F0} | {idle.P99Ms:F0} |
            | stopped by full load | {idle.IntervalMs / loaded.IntervalMs:F3} | {idle.P50Ms / loaded.P50Ms:F3} | {idle.P99Ms / loaded.P99Ms:F3} |

            The interval is held to within five percent. How long a transfer takes beside trainers depends on how many cores there are: here trainers, evaluators and
            validators share {Environment.ProcessorCount}.

            """));
    }

    /// <param name="Pace">Of the blocks.</param>
    /// <param name="Rounds">That ended.</param>
    /// <param name="Share">Of a core, that the busy trainer had.</param>
    private sealed record Load(Pace Pace, long Rounds, double Share)
    {
        public override string ToString() => FormattableString.Invariant($"{Pace}, {Rounds} rounds, the busy trainer had {Share:F2} of a core");
    }

    private sealed record Pace(double IntervalMs, double P50Ms, double P99Ms)
    {
        public override string ToString() => FormattableString.Invariant($"{IntervalMs:F0} ms a block, final after {P50Ms:F0} ms (p50), {P99Ms:F0} ms (p99)");
    }

    // One transfer after the other, each sent somewhere in the pause between two blocks.
    private async Task<Pace> MeasureAsync()
    {
        var (client, pause) = (Network.Nodes[1].Client, new SeededStream(Hash256.Sha256("pauses"u8)));
        var (first, waited) = (await Network.HighestAsync(), new List<double>());
        for (var i = 0; i < Transfers; i++)
        {
            await Task.Delay((int)pause.NextBelow(1_000), Cancelled);
            var transfer = await client.SignAsync(Network.Funded, null, body => body.Transfer = new Types.V1.Transfer { To = Network.Nodes[0].Validator!.Value.ToByteString(), Amount = new Amount(1).ToByteString() }, Cancelled);
            var sent = Stopwatch.GetTimestamp();
            var hash = await client.SubmitAsync(transfer, Cancelled);
            await client.WaitAsync(hash, Eventually.Limit, Cancelled);
            waited.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        var last = await Network.HighestAsync();
        var (begun, ended) = (await Network.Nodes[1].BlockAsync(first), await Network.Nodes[1].BlockAsync(last));
        waited.Sort();
        return new Pace((double)(ended.TimeMs - begun.TimeMs) / (last - first), waited[Transfers / 2], waited[Transfers * 99 / 100]);
    }
}
