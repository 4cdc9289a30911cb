using System.Diagnostics;
using System.Globalization;

namespace NeuroChain.EndToEnd;

/// <summary>The power fails: all validators are killed at the same moment, again and again, wherever they happen to be.</summary>
public sealed class KillAllTests(RestlessNetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<RestlessNetworkFixture>
{
    private const int Rounds = 3;
    private const int LongRounds = 20;

    private static readonly TimeSpan LatestKill = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ReadPause = TimeSpan.FromMilliseconds(100);

    private static bool IsLong => Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1";

    [Fact]
    public async Task TheChainGoesOnAndNoHeightHasTwoBlocks()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        Output.WriteLine($"seed {seed}");
        var record = new ChainRecord(Network.Genesis);
        var signed = new SignedStatements(Network.Genesis.Hash);
        var rows = new List<KillRow>();
        await Network.AllReachAsync(1);
        for (var round = 1; round <= (IsLong ? LongRounds : Rounds); round++)
        {
            // Every fourth kill meets the nodes while they recover from the one before.
            rows.Add(await KillAndRecoverAsync(record, signed, round, round % 4 == 0, random));
            Output.WriteLine(rows[^1].ToString());
        }

        KillReport.Write(rows, Network, record.Highest, seed);
    }

    private async Task<KillRow> KillAndRecoverAsync(ChainRecord record, SignedStatements signed, int round, bool twice, Random random)
    {
        var followers = Network.Nodes.Select(node => record.FollowAsync(node, Math.Max(1, record.Highest))).ToList();
        var killAfter = LatestKill * random.NextDouble();
        await Task.Delay(killAfter, Cancelled);
        await KillAllAsync();
        await Task.WhenAll(followers);
        var shown = record.Highest;
        await ReadLogsAsync(signed, shown);

        if (twice)
        {
            foreach (var node in Network.Nodes) node.Start();
            await Task.Delay(LatestKill * random.NextDouble(), Cancelled);
            await KillAllAsync();
            await ReadLogsAsync(signed, shown);
        }

        var started = Stopwatch.GetTimestamp();
        foreach (var node in Network.Nodes) node.Start();
        var recovering = RecoverAsync(shown);
        // What they sign now is to be compared with what they signed before; soon its logs are deleted.
        while (!recovering.IsCompleted)
        {
            await ReadLogsAsync(signed, shown);
            await Task.WhenAny(recovering, Task.Delay(ReadPause, Cancelled));
        }

        var heights = await recovering;
        var recovered = Stopwatch.GetElapsedTime(started);

        var height = await Network.HighestAsync();
        await Network.AllReachAsync(height);
        foreach (var node in Network.Nodes) await record.ReadAsync(node, height);
        foreach (var node in Network.Nodes) Assert.Empty(node.ErrorLines); // evidence that somebody signed twice would be one
        var refusals = Network.Nodes.Sum(node => node.Log.Count(line => line.Contains("the signer refused", StringComparison.Ordinal)));
        return new KillRow(round, killAfter, twice, shown, heights.Min(), heights.Max(), recovered, signed.Count, refusals);
    }

    /// <summary>The heights at which the nodes came up; returns when all have two new blocks.</summary>
    private async Task<ulong[]> RecoverAsync(ulong shown)
    {
        await Task.WhenAll(Network.Nodes.Select(node => node.WaitUntilUpAsync()));
        var heights = await Task.WhenAll(Network.Nodes.Select(node => node.HeightAsync()));
        await Network.AllReachAsync(shown + 2);
        return heights;
    }

    // The height in progress when the power failed is among them, wherever exactly that was.
    private async Task ReadLogsAsync(SignedStatements signed, ulong shown)
    {
        foreach (var node in Network.Nodes) await signed.ReadAsync(node, shown);
    }

    private Task KillAllAsync()
    {
        foreach (var node in Network.Nodes) node.Kill();
        return Task.WhenAll(Network.Nodes.Select(node => node.GoneAsync()));
    }
}

/// <summary>One kill and what came after it.</summary>
/// <param name="Number">Of the kill.</param>
/// <param name="After">How long the network was left alone before.</param>
/// <param name="Twice">Whether it was killed again while it recovered.</param>
/// <param name="Shown">The highest block that any API had shown before.</param>
/// <param name="LeastAfter">The lowest height at which a node came up.</param>
/// <param name="MostAfter">The highest.</param>
/// <param name="Recovered">From the start of the processes until all four had decided two blocks that were new.</param>
/// <param name="Signed">Different votes and proposals found in the logs so far.</param>
/// <param name="SignerRefusals">Requests that signers refused so far, all nodes together.</param>
internal sealed record KillRow(int Number, TimeSpan After, bool Twice, ulong Shown, ulong LeastAfter, ulong MostAfter, TimeSpan Recovered, int Signed, int SignerRefusals)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Number} | {After.TotalSeconds:F2} | {(Twice ? "yes" : "no")} | {Shown} | {LeastAfter} to {MostAfter} | {Recovered.TotalSeconds:F1} | {Signed} | {SignerRefusals} |");
}
