using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Simulation.Tests;

/// <summary>Whole training rounds with checkpoints that were trained and losses that the canonical engine computes, on each node by another path.</summary>
public sealed class RealTrainingTests
{
    private static readonly ulong Seeds = Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1" ? 300UL : 12UL;

    /// <summary>Bad days, as the stub has them; a failure names its seed and the command that repeats it.</summary>
    [Fact]
    public void RoundsAreCertifiedWithRealLossesAmongFaults()
    {
        using var told = new StringWriter();
        var report = new SeedRunner(new RunArguments { First = 1, Last = Seeds, Loads = LoadMix.Training, Liars = LiarMix.Few, Evaluator = EvaluatorKind.Real, Threads = Environment.ProcessorCount }, told).Run();
        Assert.True(report.Failures.Count == 0, string.Join('\n', told.ToString().Split('\n').SkipWhile(line => !line.Contains("FAILED"))));
        var totals = report.Totals();
        Assert.Equal((long)Seeds, totals.Groups["load_seeds"]["real-evaluator"]);
        Assert.Contains(report.Results, result => result.Byzantine.Length > 0);
        var (done, faults) = (totals.Groups["on_chain"], totals.Groups["faults"]);
        foreach (var what in new[] { "training.certified", "training.rechecked", "blocks_led_by_terms", "certificates_checked", "certificates_checked_against_their_rounds" })
            Assert.True(done[what] >= (long)Seeds / 3, $"only {done[what]} {what.Replace('_', ' ')}");
        foreach (var what in new[] { "machines_died", "processes_killed", "messages_lost", "partitions_of_both_directions" })
            Assert.True(faults[what] > (long)Seeds / 3, $"only {faults[what]} {what.Replace('_', ' ')}: the runs are too kind");
    }

    /// <summary>Every kind of checkpoint comes about and is found to be what it is, while some attest what is not so and are convicted.</summary>
    [Fact]
    public void EveryKindIsFoundToBeWhatItIsAmongLiars()
    {
        var done = new Tally();
        for (ulong seed = 1; seed <= 10; seed++)
            done.AddAll(new Cluster(Quiet(seed) with { ByzantineMax = 1, Behaviours = ["withholder"], FaultyForMs = 10_000, FaultyHeightsMax = 90, TransfersPerSecond = 0 }).Run().Done);
        var said = string.Join(", ", done.Counts);
        Assert.True(done["training.certified"] >= 12, said);
        foreach (var what in new[]
        {
            "training.no_improvement", "training.rechecked", "training.false_attestation", "training.false_private_losses",
            "candidates_found.Evaluated", "candidates_found.NotFinite", "candidates_found.Unbalanced", "candidates_found.Malformed",
        })
            Assert.True(done[what] > 0, $"no {what}: {said}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void OneSeedIsOneRun(ulong seed)
    {
        var options = Swarm.Draw(seed, validators: 4, LoadMix.Training) with { HealthyHeights = 20, Evaluator = EvaluatorKind.Real };
        var first = new Cluster(options).Run();
        Assert.Equal(first, new Cluster(options).Run());
        Assert.NotEqual(first.EventHash, new Cluster(options with { Evaluator = EvaluatorKind.Stub }).Run().EventHash);
    }

    [Fact]
    public void NodesComputeByDifferentPathsAndNumbersOfThreads()
    {
        Assert.Equal(Enum.GetValues<KernelPath>(), Enumerable.Range(0, 3).Select(node => RealTraining.EngineOf(node).Path!.Value).Order());
        Assert.Equal(6, Enumerable.Range(0, 6).Select(RealTraining.EngineOf).Distinct().Count());
    }

    /// <summary>The truth that the checker knows is computed without those who sign: whatever a certificate says that is not so is seen.</summary>
    [Fact]
    public void WhatACertificateSaysThatIsNotSoIsSeen()
    {
        var (training, certified, judged) = ARound();
        Assert.Null(training.FaultOf(certified, judged));
        Assert.Contains("the incumbent", training.FaultOf(certified with { IncumbentLossSum = certified.IncumbentLossSum + 1 }, null));
        Assert.Contains("the incumbent", training.FaultOf(certified with { IncumbentPaidSum = certified.IncumbentPaidSum - 1 }, null));
        var place = certified.Candidates.ToList().FindIndex(candidate => candidate.HasLosses);
        var told = certified.Candidates[place];
        foreach (var other in new[]
        {
            told with { LossSum = told.LossSum - 1 }, told with { PaidLossSum = told.PaidLossSum - 1 }, told with { DifferenceSquareSum = told.DifferenceSquareSum - 1 },
            told with { PaidSquareSum = told.PaidSquareSum + 1 }, told with { Verdict = CandidateVerdict.NotFinite },
        })
            Assert.Contains($"candidate {told.Model}", training.FaultOf(certified with { Candidates = certified.Candidates.SetItem(place, other) }, null));

        // What no sum tells follows from the chain.
        var dull = told with { Verdict = CandidateVerdict.Untrainable };
        foreach (var other in new[] { certified with { SampleRoot = default }, certified with { Candidates = certified.Candidates.SetItem(place, dull) } })
        {
            Assert.Null(training.FaultOf(other, null));
            Assert.Contains("is not what follows from the chain", training.FaultOf(other, judged));
        }
    }

    private static SimulationOptions Quiet(ulong seed) => new() { Seed = seed, BlockIntervalMs = 50, Trains = true, Evaluator = EvaluatorKind.Real };

    // The first certificate of a quiet run, and a state in which its round had its seed.
    private static (ITraining Training, TrainingStatement Certified, LedgerState Judged) ARound()
    {
        using var story = new Story("a round", Quiet(1), latencyMs: 5);
        var (cluster, task) = (story.Cluster, story.Cluster.Trainings[0].Task);
        (LedgerState State, ulong Number)? judged = null;
        TrainingStatement? certified = null;
        cluster.Begin();
        story.Until(IsCertified, 60_000, "a certificate");
        return (cluster.Trainings[0], certified!, judged!.Value.State);

        bool IsCertified()
        {
            if (TrainingQueries.Round(cluster.Newest, task) is { Phase: TrainingPhase.AttestReveal } round) judged = (cluster.Newest, round.Number);
            if (judged is { Number: var number }) certified = TrainingQueries.Certificate(cluster.Newest, task, number)?.Certificate.Statement;
            return certified is { Candidates: var candidates } && candidates.Any(candidate => candidate.HasLosses);
        }
    }
}
