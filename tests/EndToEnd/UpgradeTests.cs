using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.NextRelease;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>A network that is in use.</summary>
public sealed class PaidNetworkFixture() : NetworkFixture(new NetworkShape { Payers = 20 });

/// <summary>A new rule begins at a height that validators agreed on: who has the next release goes on, who has not stops before it does wrong.</summary>
public sealed class UpgradeTests(PaidNetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<PaidNetworkFixture>
{
    private const string NextRelease = "NeuroChain.NextRelease";

    /// <summary>Time for the vote: three commands, each a process.</summary>
    private const ulong Ahead = 80;

    [Fact]
    public async Task ANodeWithoutTheRuleStopsBeforeItsHeightAndTheNextReleaseGoesOnWithItsData()
    {
        await Network.AllReachAsync(2);
        await using var chain = new Invariants(Network);
        chain.Watch();
        await using var load = new TransferLoad(Network, chain, new SeededStream(3));
        load.Start();
        var (ready, late) = (Network.Nodes.Take(3).ToList(), Network.Nodes[3]);
        foreach (var node in ready)
        {
            Assert.Equal(0, await node.TerminateAsync(Eventually.Limit));
            node.Start(release: NextRelease);
            await node.WaitUntilUpAsync();
        }

        var begins = await Network.HighestAsync() + Ahead;
        await ValidatorAsync(0, "propose", "upgrade", NextRules.Name, "--height", begins.ToString(CultureInfo.InvariantCulture));
        await Task.WhenAll(ValidatorAsync(1, "vote", "1", "yes"), ValidatorAsync(2, "vote", "1", "yes"));
        await Eventually.HoldsAsync(async () => await KnowsAsync(ready[0]) is true && await KnowsAsync(late) is false, "the upgrade is scheduled, and each says whether it knows it");

        await StopsAsync(late, begins);
        foreach (var node in ready) await node.ReachesAsync(begins + 3);
        foreach (var node in ready)
        {
            Assert.DoesNotContain((await node.BlockAsync(begins - 1)).Events, happened => happened.Kind == "next.said");
            foreach (var height in new[] { begins, begins + 1 })
                Assert.Contains((await node.BlockAsync(height)).Events, happened => happened.Kind == "next.said");
        }

        // Started again as it is, it says the same; the next release has the same data and goes on.
        late.Start();
        await StopsAsync(late, begins);
        late.Start(release: NextRelease);
        await late.WaitUntilUpAsync();
        await chain.RecoveredAsync();
        Assert.Equal((await ready[0].BlockAsync(begins + 1)).Hash, (await late.BlockAsync(begins + 1)).Hash);
        Assert.Contains((await late.BlockAsync(begins)).Events, happened => happened.Kind == "next.said");
        await load.SettleAsync();
        await chain.AllShownAsync(chain.Highest);
        await chain.CheckAsync();
        Assert.True(load.Accepted > 100, $"only {load.Accepted} transfers were accepted: that was no load");
    }

    private static async Task StopsAsync(NodeProcess node, ulong begins)
    {
        await Eventually.HoldsAsync(() => !node.IsRunning, $"{node.Name} stops before height {begins}", 2 * Eventually.Limit);
        Assert.Equal(2, await node.EndedAsync(Eventually.Limit));
        var line = Assert.Single(node.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"neurochain: upgrade \"{NextRules.Name}\" holds from height {begins} on and this program does not know it: ", line, StringComparison.Ordinal);
    }

    // Null where none is scheduled.
    private static async Task<bool?> KnowsAsync(NodeProcess node)
    {
        var upgrades = await new ValidatorClient(node.Client).UpgradesAsync(Cancelled);
        return upgrades.Upgrades.SingleOrDefault(upgrade => upgrade.Name == NextRules.Name)?.Known;
    }

    private async Task ValidatorAsync(int node, params string[] operation)
    {
        var home = Network.Nodes[node].Home;
        var done = await ChildProcess.RunNeurochainAsync(
            ["validator", .. operation, "--key", Path.Combine(home.Path, "keys", "validator.json"), "--password-file", Path.Combine(home.Path, "keys", "password"), "--node", Network.Nodes[0].Api]);
        Assert.True(done.ExitCode == 0, done.ToString());
    }
}
