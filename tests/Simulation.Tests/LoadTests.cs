using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Simulation.Tests;

/// <summary>A load that gets nothing done tests nothing: each is shown to bring about what it is for.</summary>
public sealed class LoadTests
{
    private static readonly string[] Changes =
    [
        "validators.admitted", "validators.removed", "validators.power_changed", "validators.key_rotated", "validators.bonded", "validators.unbonding",
        "validators.jailed", "validators.unjailed", "parameters.changed", "governance.rejected",
    ];

    [Fact]
    public void ValidatorsComeGoAndChangeByTheirOwnVotes()
    {
        var done = new Tally();
        for (ulong seed = 1; seed <= 8; seed++) done.AddAll(new Cluster(Quiet(seed) with { Governs = true, Observers = 2, ByzantineMax = 1, Behaviours = ["equivocator"] }).Run().Done);
        Assert.All(Changes, change => Assert.True(done[change] > 0, $"no {change} in eight runs"));
        Assert.True(done["governance.carried_out"] > 25, $"only {done["governance.carried_out"]} proposals were carried out");
    }

    /// <summary>Rounds are certified without faults, and their producers lead blocks for it.</summary>
    [Fact]
    public void TrainingIsCertifiedAndLeads()
    {
        var done = new Tally();
        for (ulong seed = 1; seed <= 4; seed++) done.AddAll(new Cluster(Quiet(seed) with { Trains = true }).Run().Done);
        Assert.True(done["training.certified"] >= 8, $"only {done["training.certified"]} rounds were certified");
        Assert.True(done["blocks_led_by_terms"] > 16, $"only {done["blocks_led_by_terms"]} blocks were led by terms");
    }

    /// <summary>Who attests what is not so has less than a third, and changes nothing.</summary>
    [Fact]
    public void TrainingIsCertifiedAmongLiars()
    {
        var done = new Tally();
        for (ulong seed = 1; seed <= 4; seed++) done.AddAll(new Cluster(Quiet(seed) with { Trains = true, ByzantineMax = 1, Behaviours = ["withholder"] }).Run().Done);
        Assert.True(done["training.certified"] > 0, "liars stop all training");
    }

    /// <summary>It copies commitments, shows others' checkpoints and brings them again: the others' training goes on, and a checker sees that it wins none.</summary>
    [Fact]
    public void AThiefOfCheckpointsKeepsNobodyFromWinning()
    {
        var done = new Tally();
        for (ulong seed = 1; seed <= 4; seed++) done.AddAll(new Cluster(Quiet(seed) with { Trains = true, ByzantineMax = 1, Behaviours = ["checkpoint-thief"] }).Run().Done);
        Assert.True(done["training.certified"] > 0, "a thief stops all training");
    }

    /// <summary>The drawn ones get things done under drawn faults, and every seed keeps every rule.</summary>
    [Fact]
    public void DrawnLoadsGetThingsDoneAmongFaults()
    {
        var done = new Tally();
        foreach (var seed in new ulong[] { 13, 16, 19, 20, 22, 25, 29 }) done.AddAll(new Cluster(Swarm.Draw(seed, validators: 4)).Run().Done);
        Assert.True(done["governance.carried_out"] > 3, $"only {done["governance.carried_out"]} proposals were carried out");
        Assert.True(done["training.certified"] > 1, $"only {done["training.certified"]} rounds were certified");
    }

    /// <summary>
    /// Keys are shown, held back and lost with the machines that have them: rounds are judged on sealed samples, and others under a second seed, while a
    /// second task goes on. No drawn load has that, so that what a seed draws stays as it is.
    /// </summary>
    [Fact]
    public void SealedRoundsGoOnAmongFaults()
    {
        var (done, faults) = (new Tally(), new Tally());
        foreach (var seed in new ulong[] { 4, 13, 14, 17 })
        {
            var result = new Cluster(Swarm.Draw(seed, validators: 4, LoadMix.Sealed, LiarMix.Few)).Run();
            done.AddAll(result.Done);
            faults.AddAll(result.Faults);
        }

        var said = string.Join(", ", done.Counts.Concat(faults.Counts));
        foreach (var what in new[]
        {
            "training.certified", "hold_outs.released", "hold_outs.voided", "hold_outs.ended.keys_withheld", "certificates_of_sealed_samples", "certificates_of_second_seeds", "blocks_led_by_terms",
        })
            Assert.True(done[what] > 0, $"no {what}: {said}");
        foreach (var what in new[] { "machines_died", "messages_cut_off", "partitions_of_both_directions", "keys_held_back" }) Assert.True(faults[what] > 0, $"no {what}: {said}");
    }

    /// <summary>The checker knows what was sealed without any key: whoever attests other samples, or losses that they do not have, is seen.</summary>
    [Fact]
    public void WhatIsSaidOfSealedSamplesThatIsNotSoIsSeen()
    {
        using var story = new Story("a sealed round", Quiet(1) with { Trains = true, Seals = true }, latencyMs: 5);
        var (cluster, training) = (story.Cluster, story.Cluster.Trainings[0]);
        (LedgerState State, ulong Number)? judged = null;
        TrainingStatement? certified = null;
        cluster.Begin();
        story.Until(IsCertified, 120_000, "a certificate of sealed samples");
        var state = judged!.Value.State;
        Assert.Null(training.FaultOf(certified!, state));
        Assert.Contains("other samples", training.FaultOf(certified! with { SampleRoot = default }, state));
        Assert.Contains("the incumbent", training.FaultOf(certified! with { IncumbentLossSum = certified.IncumbentLossSum + 1 }, state));

        // The same checkpoints on what a generator gives alone, as somebody would find who opens nothing.
        var unsealed = ((SimulatedTraining)training).Losses(TrainingSeed.CommonSamples(certified.Seed), certified.Samples, certified.Incumbent);
        Assert.NotEqual(certified.IncumbentLossSum, unsealed.Take((int)certified.JudgedSamples).Aggregate(0UL, (sum, loss) => sum + loss));

        bool IsCertified()
        {
            var now = cluster.Newest;
            if (TrainingQueries.Round(now, training.Task) is { Phase: TrainingPhase.AttestReveal } round && SealedSets.Judging(now, training.Task).Length > 0) judged = (now, round.Number);
            if (judged is { Number: var number }) certified = TrainingQueries.Certificate(now, training.Task, number)?.Certificate.Statement;
            return certified is not null;
        }
    }

    [Fact]
    public void OneSealedSeedIsOneRun()
    {
        var options = Swarm.Draw(2, validators: 4, LoadMix.Sealed) with { HealthyHeights = 20 };
        Assert.Equal(new Cluster(options).Run(), new Cluster(options).Run());
    }

    [Fact]
    public void LoadsAreDrawnByTheSeedUnlessTheyAreTold()
    {
        for (ulong seed = 0; seed < 13; seed++) Assert.True(Swarm.Draw(seed) is { Governs: false, Observers: 0, Trains: false, ManyByzantine: false });
        var drawn = Enumerable.Range(0, 30).Select(seed => Swarm.Draw((ulong)seed)).ToList();
        Assert.Equal((9, 8, 2), (drawn.Count(options => options.Governs), drawn.Count(options => options.Trains), drawn.Count(options => options.ManyByzantine)));
        Assert.True(Swarm.Draw(19, loads: LoadMix.None) is { Governs: false, Trains: false });
        Assert.True(Swarm.Draw(1, loads: LoadMix.All) is { Governs: true, Trains: true, ManyByzantine: false });
        Assert.True(Swarm.Draw(1, loads: LoadMix.Sealed) is { Trains: true, Seals: true });
        Assert.DoesNotContain(Enumerable.Range(0, 60), seed => Swarm.Draw((ulong)seed).Seals);
        Assert.True(Swarm.Draw(1, liars: LiarMix.Many) is { ManyByzantine: true, Governs: false });
    }

    private static SimulationOptions Quiet(ulong seed) => new() { Seed = seed, BlockIntervalMs = 50, Validators = 6, FaultyForMs = 8_000, FaultyHeightsMax = 120, HealthyHeights = 20, TransfersPerSecond = 1 };
}
