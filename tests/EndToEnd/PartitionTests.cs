using NeuroChain.Chain;
using NeuroChain.Chain.Tests;

namespace NeuroChain.EndToEnd;

/// <summary>Nodes with addresses of their own, between which the kernel drops packets; payers, and something to learn where the data set is installed.</summary>
public sealed class NamespacedNetworkFixture : NetworkFixture
{
    public NamespacedNetworkFixture() : this(new NamespacedLayout()) { }

    private NamespacedNetworkFixture(NamespacedLayout layout) : base(new NetworkShape { Layout = layout, Payers = 20, Trains = TrainingGenesis.IsAvailable }) => Spaces = layout;

    internal NamespacedLayout Spaces { get; }
}

/// <summary>Partitions below TCP: no end of a connection is told anything.</summary>
public sealed class PartitionTests(NamespacedNetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<NamespacedNetworkFixture>
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task HalvesStandStillOneAloneIsLeftBehindAndAllGoesOnWhenItHeals()
    {
        if (!Network.IsUp) DemandedMachine.SkipWithout("network namespaces are not to be had here: root and iproute2 are wanted");
        await Network.AllReachAsync(3);
        await using var chain = new Invariants(Network);
        chain.Watch();
        await using var load = new TransferLoad(Network, chain, new SeededStream(2));
        load.Start();

        await BlockAsync([0, 1], bothWays: true);
        var height = await StandstillAsync(chain);
        await Task.Delay(Lasts, Cancelled);
        Assert.Equal(height, chain.Highest);
        await HealAsync(chain, [0, 1], bothWays: true);

        await BlockAsync([3], bothWays: true);
        var alone = await StandstillAsync(Network.Nodes[3]);
        await Network.Nodes[0].ReachesAsync(alone + 4);
        Assert.Equal(alone, await Network.Nodes[3].HeightAsync());
        await HealAsync(chain, [3], bothWays: true);

        await BlockAsync([2], bothWays: false);
        await Network.Nodes[0].ReachesAsync(chain.Highest + 4);
        await HealAsync(chain, [2], bothWays: false);
        await load.SettleAsync();
        await chain.AllShownAsync(chain.Highest);
        await chain.CheckAsync();
        Assert.True(load.Accepted > 100, $"only {load.Accepted} transfers were accepted: that was no load");
        if (TrainingGenesis.IsAvailable) await Network.TrainsAsync();
    }

    private async Task BlockAsync(int[] side, bool bothWays)
    {
        foreach (var (from, to) in Crossing(side, bothWays)) await network.Spaces.BlockAsync(from, to);
    }

    private async Task HealAsync(Invariants chain, int[] side, bool bothWays)
    {
        foreach (var (from, to) in Crossing(side, bothWays)) await network.Spaces.UnblockAsync(from, to);
        var (first, all) = await chain.RecoveredAsync();
        Output.WriteLine($"{string.Join(", ", side)} {(bothWays ? "apart" : "mute")}: first block {first.TotalSeconds:F1} s after it healed, all nodes {all.TotalSeconds:F1} s");
        await chain.CheckAsync();
    }

    // What was on its way when the links went may still decide a block.
    private static async Task<ulong> StandstillAsync(Invariants chain)
    {
        ulong height;
        do
        {
            height = chain.Highest;
            await Task.Delay(TimeSpan.FromSeconds(1), Cancelled);
        }
        while (chain.Highest > height);
        return height;
    }

    private static async Task<ulong> StandstillAsync(NodeProcess node)
    {
        ulong height;
        do
        {
            height = await node.HeightAsync();
            await Task.Delay(TimeSpan.FromSeconds(1), Cancelled);
        }
        while (await node.HeightAsync() > height);
        return height;
    }

    private static IEnumerable<(int From, int To)> Crossing(int[] side, bool bothWays)
    {
        for (var from = 0; from < NetworkFixture.Validators; from++)
            for (var to = 0; to < NetworkFixture.Validators; to++)
                if (side.Contains(from) != side.Contains(to) && (bothWays || side.Contains(from)))
                    yield return (from, to);
    }
}
