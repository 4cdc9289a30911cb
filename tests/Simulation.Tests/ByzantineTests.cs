using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation.Tests;

public sealed class ByzantineTests(ITestOutputHelper output)
{
    private const int BadDays = 20;

    public static TheoryData<string> Names => [.. Behaviour.Names, .. Behaviour.NamesOfNamedOnly];

    /// <summary>Each behaviour by itself, among four in circumstances in which it has something to do: nothing breaks, and the others move on at a good pace.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void LessThanAThirdBreaksNothingAndStopsNobody(string name)
    {
        var faults = new Tally();
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var result = new Cluster(Suited(seed, name)).Run();
            Assert.Equal(name, result.Byzantine);
            Assert.True(result.Height.Value >= 12, $"seed {seed}: only {result.Height} heights");
            faults.AddAll(result.Faults);
        }

        Assert.True(faults[$"did_{name}"] > 0, $"in none of four runs anybody did what {name} is to do");
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

    /// <summary>A core that has moved on as far as it had to goes on until what it knows has counted: else the shortest runs would look at nothing.</summary>
    [Fact]
    public void ARunDoesNotEndBeforeEvidenceHasCounted()
    {
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var result = new Cluster(Quiet(seed, "equivocator") with { FaultyForMs = 1_000, HealthyHeights = 1 }).Run();
            Assert.Equal((1, 1), (result.Convicted, result.Punished));
        }
    }

    /// <summary>The schedule that the chain keeps convicts it, also where it leaves out somebody who is absent and would lead.</summary>
    [Theory]
    [InlineData("usurper")]
    [InlineData("usurper-past-absent")]
    public void WhoProposesWhereAnotherLeadsIsPunished(string name)
    {
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var result = new Cluster(Suited(seed, name)).Run();
            Assert.Equal((1, 1), (result.Convicted, result.Punished));
            Assert.Equal(1, result.Done["evidence.counted.wrong-leader"]);
            Assert.Equal(1, result.Done["evidence.counted"]);
        }
    }

    /// <summary>The same on bad days: validators come and go, keys are replaced, nodes die and links lose what they carry.</summary>
    [Fact]
    public void WhoProposesWhereAnotherLeadsIsPunishedAmidChangesOfTheValidators()
    {
        var (done, crashes) = (new Tally(), 0);
        for (ulong seed = 1; seed <= BadDays; seed++)
        {
            var day = Swarm.Draw(seed, loads: LoadMix.Governance, liars: LiarMix.Few);
            var result = new Cluster(day with { ByzantineMax = 1, Twins = false, Behaviours = ["usurper"], HealthyHeights = 12 }).Run();
            Assert.Equal("usurper", result.Byzantine);
            done.AddAll(result.Done);
            crashes += result.Crashes;
        }

        output.WriteLine($"{done["evidence.counted.wrong-leader"]} in {BadDays} runs, {crashes} crashes, {done["validators.admitted"]} admitted, {done["validators.removed"]} removed, {done["validators.key_rotated"]} keys");
        Assert.True(done["evidence.counted.wrong-leader"] >= BadDays / 2, $"only {done["evidence.counted.wrong-leader"]} in {BadDays} runs");
        Assert.Equal(done["evidence.counted"], done["evidence.counted.wrong-leader"]);
        foreach (var change in new[] { "validators.admitted", "validators.removed", "validators.key_rotated" }) Assert.True(done[change] >= BadDays / 8, $"{change}: only {done[change]}");
        Assert.True(crashes > BadDays, $"only {crashes} crashes");
    }

    /// <summary>All kinds of evidence get on a chain: each from somebody who does what it proves.</summary>
    [Fact]
    public void EveryKindOfEvidenceIsCountedOnSomeChain()
    {
        var done = new Tally();
        foreach (var name in new[] { "equivocator", "amnesiac", "usurper" })
            for (ulong seed = 1; seed <= 4; seed++)
                done.AddAll(new Cluster(Suited(seed, name)).Run().Done);
        foreach (var kind in Enum.GetValues<FaultKind>()) Assert.True(done[$"evidence.counted.{kind.Name()}"] > 0, $"nobody was convicted of {kind.Name()}");
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

    // What a behaviour needs to show itself: rounds that fail and nothing said twice, somebody who lags, something to steal, somebody absent.
    private static SimulationOptions Suited(ulong seed, string name) => name switch
    {
        "amnesiac" => Quiet(seed, name) with { Timeouts = Quick, DelayMin = 50, DelayMax = 200, LossThousandths = 20, RebroadcastEvery = TimeSpan.FromSeconds(5), FaultyForMs = 20_000 },
        "false-server" => Quiet(seed, name) with { Validators = 7, PartitionEveryMs = 300, PartitionMaxMs = 2_000, FaultyForMs = 15_000 },
        "checkpoint-thief" or "term-censor" => Quiet(seed, name) with { Trains = true, FaultyForMs = 6_000 },
        "usurper-past-absent" => Quiet(seed, name) with { CrashPerTurn = 300, DownMaxMs = 3_000, FaultyForMs = 20_000 },
        _ => Quiet(seed, name),
    };

    private static TimeoutSettings Quick { get; } = new()
    {
        Propose = TimeSpan.FromMilliseconds(200),
        Prevote = TimeSpan.FromMilliseconds(100),
        Precommit = TimeSpan.FromMilliseconds(100),
        Delta = TimeSpan.FromMilliseconds(50),
    };

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
