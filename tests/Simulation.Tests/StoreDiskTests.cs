using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation.Tests;

/// <summary>The disk under the block store of one of four: full, or with a sector that went bad. Seeds draw neither; the log's and the signer's are drawn.</summary>
public sealed class StoreDiskTests
{
    private const int Struck = 1;

    /// <summary>It stops before it says anything of what it could not store, starts in vain while there is no room, and is one of four again after.</summary>
    [Theory]
    [InlineData(0UL)]
    [InlineData(30UL)]
    public void AStoreOnAFullDiskEndsTheNodeAndRoomBringsItBack(ulong backgroundCommitMs)
    {
        using var story = new Story("full store", new SimulationOptions { Seed = 1, BlockIntervalMs = 100, IsWild = false, DelayMax = 16, BackgroundCommitMs = backgroundCommitMs }, 18);
        var node = story.Cluster.Hosts[Struck].Node;
        story.Cluster.Begin();
        story.Until(() => story.Heights.Min().Value >= 5, 60_000, "height 5 by all");
        node.Store.IsFull = true;
        story.Until(() => !node.IsUp, 10_000, "the end of the node whose disk is full");
        var (at, others, crashes) = (story.HeightOf(Struck), story.Heights.Max().Value, story.Cluster.Crashes);
        story.Until(() => story.Heights.Max().Value >= others + 20, 60_000, "twenty heights of the other three");
        story.Until(() => story.Cluster.Crashes >= crashes + 2, 60_000, "two more starts in vain, by whoever watches over the process");
        story.Expect(story.HeightOf(Struck) == at, "a node that can store nothing decides nothing");

        node.Store.IsFull = false;
        others = story.Heights.Max().Value;
        story.Until(() => story.HeightOf(Struck).Value >= others, 60_000, "what was missed");
        story.Cluster.Hosts[2].Remove(); // now nothing is decided without it
        others = story.Heights.Max().Value;
        story.Until(() => story.HeightOf(Struck).Value >= others + 5, 60_000, "five heights with its votes");
        story.End();
    }

    /// <summary>Whatever part of the store it is in: the node does not start on it, and nothing wrong leaves it; with the disk in order again it goes on.</summary>
    [Fact]
    public void ABadSectorOfTheStoreIsFoundAtTheStartAndKeepsTheNodeDown()
    {
        var refused = new HashSet<string>();
        foreach (var column in ChainStore.Columns)
        {
            using var story = new Story("bad sector", new SimulationOptions { Seed = 2, BlockIntervalMs = 100, IsWild = false, DelayMax = 16 }, 18);
            var host = story.Cluster.Hosts[Struck];
            story.Cluster.Begin();
            story.Until(() => story.Heights.Min().Value >= 5, 60_000, "height 5 by all");
            host.Die(isMachine: true);
            host.Node.Store.Spoilt = column;
            var others = story.Heights.Max().Value;
            story.Until(() => story.Heights.Max().Value >= others + 10, 60_000, "ten heights of the other three");
            if (!host.Node.IsUp) refused.Add(column.Name);
            host.Node.Store.Spoilt = null;
            story.Until(() => story.Heights.Min().Value >= others + 10, 60_000, "what was missed, by the one whose disk was mended");
            story.End();
        }

        Assert.Contains("state", refused);
    }
}
