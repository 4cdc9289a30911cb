using NeuroChain.Chain;

namespace NeuroChain.Simulation.Tests;

public sealed class SimulationTests
{
    /// <summary>Three hundred bad days; a failure names its seed and the command that repeats it.</summary>
    [Fact]
    public void NoSeedBreaksARule()
    {
        using var told = new StringWriter();
        var report = new SeedRunner(new RunArguments { First = 1, Last = 300, Threads = Environment.ProcessorCount }, told).Run();
        Assert.True(report.Failures.Count == 0, string.Join('\n', told.ToString().Split('\n').SkipWhile(line => !line.Contains("FAILED"))));
        Assert.True(report.Results.Sum(r => (long)r.Height.Value) > 5_000, "too few heights: the runs are too hard");
        Assert.True(report.Results.Sum(r => r.Crashes) > 1_000, "too few crashes: the runs are too kind");
        Assert.True(report.Results.Sum(r => r.Partitions) > 300, "too few partitions: the runs are too kind");
        Assert.True(report.Results.Sum(r => r.FullDisks) > 30, "too few full disks: the runs are too kind");
        Assert.True(report.Results.Sum(r => r.BadSectors) > 3, "too few bad sectors: the runs are too kind");
        Assert.True(report.Results.Sum(r => r.Convicted) > 20, "too few liars were found out");
        Assert.True(report.Results.Sum(r => r.Punished) > 20, "too few liars were punished");
        var done = report.Totals().Groups["on_chain"];
        Assert.True(done["governance.carried_out"] > 80, $"only {done["governance.carried_out"]} proposals were carried out");
        Assert.True(done["validators.key_rotated"] > 20, $"only {done["validators.key_rotated"]} keys were rotated");
        Assert.True(done["training.certified"] > 25, $"only {done["training.certified"]} rounds were certified");
        Assert.True(done["blocks_led_by_terms"] > 60, $"only {done["blocks_led_by_terms"]} blocks were led by terms");
        Assert.True(done["evidence_due_after_restart"] > 2, $"only {done["evidence_due_after_restart"]} times a node had to report what it had found before a restart");
        Assert.True(done["forks"] > 1, $"only {done["forks"]} forks among those who could make them");
        Assert.Equal([4, 7, 10], report.Results.Select(r => r.Validators).Distinct().Order());
        foreach (var kind in new[] { FaultKind.DuplicateVote, FaultKind.DuplicateProposal }) // amnesia needs a lock that is broken: scenarios tell it
            Assert.True(done[$"evidence.counted.{kind.Name()}"] > 0, $"nobody was convicted of {kind.Name()}");
        var faults = report.Totals().Groups["faults"];
        foreach (var boundary in new[] { "died_before_the_flush", "killed_before_the_flush", "died_between_outputs", "killed_between_outputs", "died_inside_a_write" })
            Assert.True(faults[boundary] > 30, $"only {faults[boundary]} nodes {boundary.Replace('_', ' ')}");
        foreach (var kind in new[]
        {
            "messages_lost", "messages_doubled", "messages_cut_off", "connections_broken", "links_clogged", "nodes_cut_off_alone", "partitions_of_one_direction",
            "partitions_of_both_directions", "partitions_noticed", "clock_jumps", "machines_died", "processes_killed",
        })
            Assert.True(faults[kind] > 30, $"only {faults[kind]} {kind.Replace('_', ' ')}: the runs are too kind");
        Assert.True(faults["killed_by_a_full_disk"] > 10, $"only {faults["killed_by_a_full_disk"]} processes ended by a full disk");
        foreach (var name in Behaviour.Names) Assert.True(faults[$"did_{name}"] > 0, $"nobody did what {name} is to do");
        foreach (var name in Behaviour.Names.Append("twins")) Assert.Contains(report.Results, r => r.Byzantine.Split('+').Contains(name));
    }

    /// <summary>A run depends on its seed alone: not on the memo of signatures, and not on what ran before it.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(11)]
    [InlineData(40)]
    [InlineData(19)]
    [InlineData(25)]
    [InlineData(26)]
    public void OneSeedIsOneRun(ulong seed)
    {
        var options = Swarm.Draw(seed, validators: 4) with { HealthyHeights = 4 };
        var first = new Cluster(options).Run();
        Assert.Equal(first, new Cluster(options).Run());
        Assert.Equal(first, new Cluster(options with { RealSignatures = true }).Run());
        Assert.NotEqual(first.EventHash, new Cluster(options with { Seed = seed + 1 }).Run().EventHash);
    }

    [Fact]
    public void WithoutFaultsEveryHeightTakesOneInterval()
    {
        var options = new SimulationOptions { Seed = 1, FaultyForMs = 20_000, HealthyHeights = 10 };
        var result = new Cluster(options).Run();
        Assert.InRange(result.Height.Value, 28UL, 31UL);
        Assert.Equal(result.Height.Value, result.Rounds);
        Assert.Equal(0, result.Crashes);
    }

    [Fact]
    public void WhateverFailsIsToldWithTheCommandThatRepeatsIt()
    {
        var arguments = new RunArguments { First = 7, Last = 7, Nodes = 4, RealSignatures = true };
        Assert.Equal("./neurochain simulate --seeds 7 --nodes 4 --real-signatures", arguments.Command(7));
        Assert.Equal("./neurochain simulate --seeds 7 --loads none --liars many", new RunArguments { Loads = LoadMix.None, Liars = LiarMix.Many }.Command(7));
        Assert.Equal("./neurochain simulate --seeds 7 --loads training --evaluator real", new RunArguments { Loads = LoadMix.Training, Evaluator = EvaluatorKind.Real }.Command(7));
        Assert.Equal("./neurochain simulate --seeds 7 --loads sealed", new RunArguments { Loads = LoadMix.Sealed }.Command(7));
        using var told = new StringWriter();
        var runner = new SeedRunner(arguments, told, (_, _) => throw new InvalidOperationException("not one of our own"));
        Assert.Single(runner.Run().Failures);
        Assert.Contains("not one of our own", told.ToString());
        Assert.Contains(arguments.Command(7), told.ToString());
    }

    [Theory]
    [InlineData("--seeds", "9..3")]
    [InlineData("--seeds", "a")]
    [InlineData("--seeds", "1..2..3")]
    [InlineData("--nodes", "0")]
    [InlineData("--nodes", "1000")]
    [InlineData("--threads", "-1")]
    [InlineData("--json", "")]
    [InlineData("--loads", "some")]
    [InlineData("--loads", "1")]
    [InlineData("--liars", "Many")]
    [InlineData("--evaluator", "true")]
    [InlineData("--merge", "--json")]
    [InlineData("--scenarios", "--json")]
    [InlineData("--what", "1")]
    public void ArgumentsThatAreNoneAreRefusedByName(string name, string value)
    {
        Assert.False(RunArguments.TryParse([name, value], out _, out var fault));
        Assert.StartsWith(name, fault);
    }

    [Fact]
    public void SealedSetsAreNotAskedOfTheRealEvaluator()
    {
        Assert.True(RunArguments.TryParse(["--loads", "sealed"], out var read, out _));
        Assert.Equal(LoadMix.Sealed, read.Loads);
        Assert.False(RunArguments.TryParse(["--evaluator", "real", "--loads", "sealed"], out _, out var fault));
        Assert.StartsWith("--loads sealed", fault);
    }

    [Fact]
    public void ArgumentsAreReadInAnyOrder()
    {
        Assert.True(RunArguments.TryParse(["--threads", "2", "--real-signatures", "--seeds", "5..6", "--json", "a.json", "--nodes", "7", "--loads", "all", "--liars", "few", "--evaluator", "real", "--markdown", "a.md"], out var read, out _));
        Assert.Equal(new RunArguments { First = 5, Last = 6, Threads = 2, Nodes = 7, RealSignatures = true, JsonFile = "a.json", Loads = LoadMix.All, Liars = LiarMix.Few, Evaluator = EvaluatorKind.Real, PageFile = "a.md" }, read);
    }
}
