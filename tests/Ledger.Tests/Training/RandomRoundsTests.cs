using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// Rounds in which everybody does anything: trainers forget to reveal, validators are silent, late or wrong, in re-checks too. Whatever happens, escrow holds the
/// bonds of the round in progress and nothing else, rounds end, and the details go.
/// </summary>
public sealed class RandomRoundsTests
{
    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]
    public void EscrowHoldsTheBondsOfTheRoundInProgressAndNothingElse(ulong seed)
    {
        var stream = new SeededStream(seed);
        var world = new TrainingWorld();
        world.RegisterChains();
        var ended = new SortedSet<RoundOutcome>();
        for (var number = 0; number < 25; number++)
        {
            PlayRound(world, stream, number);
            var outcome = TrainingQueries.Outcome(world, world.Task, world.TaskRecord.NextRound - 1)!;
            ended.Add(outcome.Outcome);
            Assert.DoesNotContain(world.KeysInState, key => key.Bytes[0] == (byte)StateModule.Training && key.Bytes[1] is >= 30 and not (50 or 51 or 53));
            Assert.Equal(Held(world), world.Supply.Escrow);
            // Some answer the re-check, some of them with what is not so; what nobody ends in time the next round does.
            if (TrainingQueries.Recheck(world, world.Task)?.Number == outcome.Number) Step(world, Some(stream).Select(i => world.Recheck(i, stream.NextChance(1, 4) ? 1u : 0)));
            Assert.Equal(outcome.Outcome is RoundOutcome.Improved or RoundOutcome.NoImprovement, TrainingQueries.Certificate(world, world.Task, outcome.Number) is not null);
        }

        for (var i = 0; i < 45; i++) world.Block();
        Assert.DoesNotContain(world.KeysInState, key => key.Bytes[0] == (byte)StateModule.Training && key.Bytes[1] is (50 or 51));
        Assert.NotEmpty(world.Of("training.rechecked"));
        Assert.True(ended.Count >= 3, $"the seed reaches too little: {string.Join(", ", ended)}");
        Assert.Equal(26UL, world.TaskRecord.NextRound);
    }

    private static void PlayRound(TrainingWorld world, SeededStream stream, int number)
    {
        // Twice false is jail, and the jailed send nothing.
        world.Block([], after: context =>
        {
            foreach (var key in world.Keys) context.State.Delete(TrainingKeys.FalseAttestation(key.Address));
        });
        // A share that was missed has retired the chain.
        world.Take([.. Enumerable.Range(0, 4).Where(i => SeedModule.NeedsChain(world, world.Keys[i].Address)).Select(world.RegisterChain)]);
        var candidates = Enumerable.Range(0, 1 + (int)stream.NextBelow(3))
            .Select(i => TestCandidate.Make(world, (number * 4) + i, trainer: i, producer: (i + (int)stream.NextBelow(2)) % 4, gain: (int)stream.NextBelow(30) - 10) with
            {
                Claim = stream.NextChance(1, 4) ? Loss.UnitsPerNat : 0,
            })
            .Select(c => stream.NextChance(1, 8) ? c with { Outcome = new CandidateOutcome.Refused(CandidateVerdict.NotFinite) } : c)
            .ToArray();
        Step(world, candidates.Select(world.Commit));
        Run(world, TrainingPhase.Commit);
        Step(world, candidates.Where(_ => stream.NextChance(5, 6)).Select(world.Reveal));
        Run(world, TrainingPhase.Reveal);
        if (world.Round is null) return;

        var revealed = 0u;
        for (var i = 0; i < world.Round.Candidates.Length; i++)
            if (world.Round.Candidates[i].Status == CandidateStatus.Revealed)
                revealed |= 1u << i;
        Step(world, Some(stream).Select(i => world.Vote(i, stream.NextChance(1, 8) ? 0 : revealed)));
        Run(world, TrainingPhase.Availability);
        if (world.Round is null) return;

        Step(world, Some(stream).Select(world.Share));
        Run(world, TrainingPhase.Seed);
        if (world.Round is null) return;

        var right = world.Statement([.. world.Round.Judged.Select(j => candidates[j.Index])]);
        var statements = Enumerable.Range(0, 4).Select(_ => stream.NextChance(1, 8) ? right with { IncumbentLossesRoot = stream.NextHash() } : right).ToArray();
        Step(world, Some(stream).Select(i => world.AttestCommit(i, statements[i])));
        Run(world, TrainingPhase.AttestCommit);
        var committed = TrainingQueries.AttestationCommits(world, world.Task).Select(b => b.Validator).ToHashSet();
        Step(world, Some(stream).Where(i => committed.Contains(world.Keys[i].Address)).Select(i => world.AttestReveal(i, statements[i])));
        Run(world, TrainingPhase.AttestReveal);
        Assert.Null(world.Round);
    }

    // Attesters' pay, until the re-check is over.
    private static Amount Held(TrainingWorld world) =>
        TrainingQueries.Recheck(world, world.Task)?.Attesters.Aggregate(Amount.Zero, (sum, attester) => sum + attester.Paid) ?? Amount.Zero;

    private static int[] Some(SeededStream stream) => [.. Enumerable.Range(0, 4).Where(_ => stream.NextChance(9, 10))];

    private static void Step(TrainingWorld world, IEnumerable<Transaction> transactions)
    {
        world.Take([.. transactions]);
        CheckEscrow(world);
    }

    private static void Run(TrainingWorld world, TrainingPhase over)
    {
        for (var i = 0; i < 50 && world.Round?.Phase == over; i++)
        {
            world.Block();
            CheckEscrow(world);
        }

        Assert.NotEqual(over, world.Round?.Phase);
    }

    private static void CheckEscrow(TrainingWorld world)
    {
        var bonds = world.Round?.Candidates.Aggregate(Amount.Zero, (sum, candidate) => sum + candidate.Bond) ?? Amount.Zero;
        Assert.Equal(bonds + Held(world), world.Supply.Escrow);
    }
}
