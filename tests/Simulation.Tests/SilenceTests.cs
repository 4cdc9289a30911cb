namespace NeuroChain.Simulation.Tests;

public sealed class SilenceTests
{
    /// <summary>Nobody votes then who could show the others how far the chain is: what each says of itself must be enough.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ValidatorsThatAllStartAtTheSameMomentGoOn(bool isMachine)
    {
        using var story = Story.OfFour("restart");
        story.Cluster.Begin();
        for (ulong height = 10; height <= 40; height += 10)
        {
            story.Until(() => story.Heights.Min().Value >= height, 60_000, $"height {height}");
            foreach (var host in story.Cluster.Hosts) host.Die(isMachine);
            foreach (var host in story.Cluster.Hosts) host.Start();
            story.Until(() => story.Heights.Max().Value > height + 1, 10_000, "the first decisions after the restart");
        }

        story.End();
    }

    /// <summary>One comes back while the others go on: it is silent until it has caught up, and then its votes are waited for again.</summary>
    [Fact]
    public void WhoComesBackCatchesUpAndVotesAgain()
    {
        using var story = Story.OfFour("return");
        var (hosts, gone) = (story.Cluster.Hosts, story.Cluster.Hosts[1]);
        story.Cluster.Begin();
        story.Until(() => story.Heights.Min().Value >= 5, 60_000, "height 5");
        foreach (var host in hosts.Where(host => host != gone)) Cut(host);
        story.Pass(5_000);
        gone.Die(isMachine: false);
        foreach (var host in hosts.Where(host => host != gone)) Cut(host, isCut: false);
        gone.Start();
        story.Until(() => story.Heights.Min().Value >= 60, 60_000, "height 60, by all four");
        hosts[2].Remove(); // now nothing is decided without it
        var then = story.Heights.Max().Value;
        story.Until(() => story.HeightOf(1).Value >= then + 5, 60_000, "five heights more");
        story.End();

        void Cut(SimulatedHost other, bool isCut = true)
        {
            story.Cluster.Network[gone.Node.Index, other.Node.Index].IsCut = isCut;
            story.Cluster.Network[other.Node.Index, gone.Node.Index].IsCut = isCut;
        }
    }
}
