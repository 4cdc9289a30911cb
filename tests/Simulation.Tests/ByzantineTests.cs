using NeuroChain.Chain;

namespace NeuroChain.Simulation.Tests;

public sealed class ByzantineTests
{
    public static TheoryData<string> Names => [.. Behaviour.Names];

    /// <summary>Each behaviour by itself, on an otherwise quiet network of four: nothing breaks, and the others move on at a good pace.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void LessThanAThirdBreaksNothingAndStopsNobody(string name)
    {
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var result = new Cluster(Quiet(seed, name)).Run();
            Assert.Equal(name, result.Byzantine);
            Assert.True(result.Height.Value >= 12, $"seed {seed}: only {result.Height} heights");
        }
    }

    /// <summary>Who believed a false height would give up the pause between blocks.</summary>
    [Fact]
    public void FalseHeightsMakeNoChainFaster()
    {
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var options = Quiet(seed, "height-liar");
            Assert.InRange(new Cluster(options).Run().Height.Value, 12UL, (options.FaultyForMs / options.BlockIntervalMs) + options.HealthyHeights + 2);
        }
    }

    [Fact]
    public void WhoSaysTwoThingsIsFoundOut()
    {
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var result = new Cluster(Quiet(seed, "equivocator")).Run();
            Assert.Equal((1, 1), (result.Convicted, result.Punished));
        }
    }

    [Fact]
    public void TwinsAreFoundOutAndDoNoHarm()
    {
        var convicted = 0;
        for (ulong seed = 1; seed <= 6; seed++)
        {
            var result = new Cluster(Quiet(seed, "") with { Twins = true, PartitionEveryMs = 500, FaultyForMs = 10_000 }).Run();
            Assert.Equal("twins", result.Byzantine);
            convicted += result.Convicted;
        }

        Assert.True(convicted > 0, "twins that always say the same are no twins");
    }

    /// <summary>Whatever is drawn, those who fail have less than a third of the power: else nothing could be promised.</summary>
    [Fact]
    public void ThoseWhoFailHaveLessThanAThird()
    {
        for (ulong seed = 0; seed < 2_000; seed++)
        {
            var options = Swarm.Draw(seed, liars: LiarMix.Few);
            var cast = Cast.Draw(new SeededStream(seed), options);
            var total = cast.Powers.Aggregate((a, b) => a + b);
            Assert.True(3 * cast.Byzantine.Concat(cast.Spoilt).Distinct().Aggregate(0UL, (sum, i) => sum + cast.Powers[i]) < total);
            Assert.Empty(cast.Byzantine.Intersect(cast.Spoilt));
        }
    }

    private static SimulationOptions Quiet(ulong seed, string name) => new()
    {
        Seed = seed,
        BlockIntervalMs = 100,
        ByzantineMax = 1,
        Behaviours = name.Length == 0 ? [] : [name],
        FaultyForMs = 5_000,
        HealthyHeights = 10,
    };
}
