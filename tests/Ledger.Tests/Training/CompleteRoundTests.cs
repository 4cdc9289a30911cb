using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class CompleteRoundTests
{
    [Fact]
    public void ACertifiedImprovementMovesTheTaskOnAndPaysEverybody()
    {
        var world = new TrainingWorld();
        var better = TestCandidate.Make(world, 1, trainer: 0, producer: 1, gain: 5);
        var best = TestCandidate.Make(world, 2, trainer: 1, producer: 2, gain: 20);
        var none = TestCandidate.Make(world, 3, trainer: 2, producer: 3, gain: 0);
        var before = world.Balance(world.Trainers[1].Address);
        var reserve = world.Supply.Reserve;

        var statement = world.RunRound(better, best, none);

        Assert.Equal(1, statement.Winner);
        var task = world.TaskRecord;
        Assert.Equal(best.Model, task.BestModel);
        Assert.Equal(new MeasuredLoss(statement.Candidates[1].LossSum, 48), task.BestLoss);
        Assert.Equal((2UL, 1UL, 1UL), (task.NextRound, task.BestRound, task.CertifiedCount));
        Assert.Equal(world.Trainers[1].Address, task.BestTrainer);
        Assert.Equal(world.Keys[2].Address, task.BestProducer);

        // The winner has its bond back and is paid, the runner-up has its bond back; the third paid the fee, to the four attesters equally.
        var fee = world.Genesis.Parameters.Training.ShortfallFee;
        var reward = RewardFormula.Of(
            Amount.FromNtk(1_003_000), statement.IncumbentPaidSum, statement.PaidSumOf(statement.Candidates[1]), 0);
        Assert.Equal(before + Part(reward, 45), world.Balance(world.Trainers[1].Address));
        Assert.Equal(before, world.Balance(world.Trainers[0].Address));
        Assert.Equal(before - fee, world.Balance(world.Trainers[2].Address));
        Assert.Equal(Part(reward, 10), world.Balance(world.Supplier));
        var attester = world.Balance(world.Keys[3].Address);
        Assert.Equal(Amount.DivRem(fee, 4).Quotient + Amount.DivRem(Part(reward, 25), 4).Quotient, attester);
        Assert.Equal(attester + Part(reward, 15), world.Balance(world.Keys[2].Address));
        Assert.Equal(Amount.Zero, world.Supply.Escrow);
        Assert.Equal(Amount.Zero, world.Supply.Burned);
        Assert.Equal(reserve - world.Supply.Reserve, TrainingQueries.Rewards(world).Paid);
        Assert.True(TrainingQueries.Rewards(world).Paid <= Part(reward, 95));
        Assert.Equal(1UL, TrainingQueries.Rewards(world).Certificates);
    }

    [Fact]
    public void TheCertificateProvesItselfAndEarnsATerm()
    {
        var world = new TrainingWorld();
        var candidate = TestCandidate.Make(world, 1, producer: 2, gain: 10);
        var statement = world.RunRound(candidate);

        var kept = TrainingQueries.Certificate(world, world.Task, 1)!;
        Assert.Equal(CertificateFault.None, kept.Certificate.Check(world.Validators));
        Assert.Equal(4, kept.Certificate.Signatures.Length);
        Assert.Equal(statement, kept.Certificate.Statement);
        Assert.Equal((world.Height, world.Validators.Root), (kept.Height, kept.ValidatorsRoot));

        var term = Assert.Single(TrainingQueries.Terms(world));
        Assert.Equal((1UL, world.Keys[2].Address, 8u, world.Height), (term.Id, term.Holder, term.Quota, term.Granted));
        var proof = TrainingModule.ProofOf(world, term.ProofRoot)!;
        Assert.Equal(term.ProofRoot, proof.Root);
        Assert.Equal(TrainingProofFault.None, proof.Check(world.Hash, world.Validators));
        Assert.Equal(candidate.ManifestBytes, proof.ManifestBytes.ToArray());

        var model = TrainingQueries.Model(world, candidate.Model)!;
        Assert.Equal((world.Task, 1UL, new BlobHash(world.Genesis.Tasks[0].InitialModel)), (model.Task, model.TrainingRound, model.Parent));
        var outcome = TrainingQueries.Outcome(world, world.Task, 1)!;
        Assert.Equal((RoundOutcome.Improved, candidate.Model, proof.Root), (outcome.Outcome, outcome.Model, outcome.ProofRoot));
        Assert.Equal((statement.IncumbentLossSum, statement.Candidates[0].LossSum), (outcome.LossBefore, outcome.LossAfter));
    }

    [Fact]
    public void NothingOfARoundsDetailsStaysBehind()
    {
        var world = new TrainingWorld();
        world.RegisterChains();
        var before = world.KeysInState.ToHashSet();
        world.RunRound(TestCandidate.Make(world, 1, gain: 10), TestCandidate.Make(world, 2, trainer: 1, gain: 1));
        var left = world.KeysInState.Where(key => !before.Contains(key) && key.Bytes[0] == (byte)StateModule.Training && key.Bytes[1] >= 30);
        Assert.Equal(50, Assert.Single(left).Bytes[1]); // what the re-check takes, until that is over
        world.Take([.. Enumerable.Range(0, 4).Select(i => world.Recheck(i, 0))]);
        for (var i = 0; i < 4; i++) world.Block();
        Assert.Empty(left);
    }

    [Fact]
    public void ACertificateWithoutAWinnerMeasuresTheIncumbentAndPaysNoReward()
    {
        var world = new TrainingWorld();
        var statement = world.RunRound(TestCandidate.Make(world, 1), TestCandidate.Make(world, 2, trainer: 1, gain: -5));
        Assert.Null(statement.Winner);
        Assert.Equal(new BlobHash(world.Genesis.Tasks[0].InitialModel), world.TaskRecord.BestModel);
        Assert.Equal(new MeasuredLoss(statement.IncumbentLossSum, 48), world.TaskRecord.BestLoss);
        Assert.Equal(RoundOutcome.NoImprovement, TrainingQueries.Outcome(world, world.Task, 1)!.Outcome);
        Assert.NotNull(TrainingQueries.Certificate(world, world.Task, 1));
        Assert.Empty(TrainingQueries.Terms(world));
        Assert.Empty(world.Of("rewards.paid"));
        Assert.Single(world.Of("training.no_improvement"));
        Assert.Equal(Amount.FromNtk(1_000_000), world.Supply.Reserve);
    }

    [Fact]
    public void ATrainerThatIsItsOwnProducerGetsBothShares()
    {
        var world = new TrainingWorld();
        // A validator that trains: somebody must have paid it its bond.
        world.Block([], after: context =>
        {
            Assert.True(AccountsModule.TryDebit(context.State, world.Trainers[0].Address, Amount.FromNtk(20)));
            AccountsModule.Credit(context.State, world.Keys[0].Address, Amount.FromNtk(20));
        });
        var statement = world.RunRound(TestCandidate.Make(world, 1, gain: 10) with { Trainer = world.Keys[0] });
        var reward = RewardFormula.Of(
            Amount.FromNtk(1_003_000), statement.IncumbentPaidSum, statement.PaidSumOf(statement.Candidates[0]), 0);
        Assert.Equal(Part(reward, 60).ToString(), TrainingWorld.Attribute(world.Of("rewards.paid").First(), "amount"));
        Assert.DoesNotContain(world.Of("rewards.paid"), e => TrainingWorld.Attribute(e, "role") == "producer");
    }

    [Fact]
    public void RoundsFollowEachOtherAndAnEarlierModelMayBeTheParent()
    {
        var world = new TrainingWorld();
        var first = TestCandidate.Make(world, 1, gain: 10);
        world.RunRound(first);
        world.RunRound(TestCandidate.Make(world, 2, trainer: 1, gain: 10));
        var third = TestCandidate.Make(world, 3, trainer: 2, gain: 10, parent: first.Model);
        world.RunRound(third);
        Assert.Equal(third.Model, world.TaskRecord.BestModel);
        Assert.Equal((4UL, 3UL), (world.TaskRecord.NextRound, world.TaskRecord.CertifiedCount));
        Assert.Equal(first.Model, TrainingQueries.Model(world, third.Model)!.Parent);
        Assert.Equal(3UL, TrainingQueries.SeedCounter(world));
    }

    [Fact]
    public void EventsTellTheStoryInOrder()
    {
        var world = new TrainingWorld();
        world.RunRound(TestCandidate.Make(world, 1, gain: 10));
        var kinds = world.AllEvents.Select(e => e.Kind).Where(kind => kind is not "training.seed_chain_registered" and not "rewards.paid");
        Assert.Equal(
            [
                "training.committed", "training.phase", "training.revealed", "training.phase", "training.phase", "training.phase", "training.phase",
                "training.certified", "training.term_granted",
                "training.recheck_opened",
            ],
            kinds);
        Assert.Equal(
            ["reveal", "availability", "seed", "attest_commit", "attest_reveal"], world.Of("training.phase").Select(e => TrainingWorld.Attribute(e, "phase")));
    }

    [Fact]
    public void TheSeedIsTheHashOfTheSharesInTheOrderOfTheSet()
    {
        var world = new TrainingWorld();
        world.RunToAttestation(TestCandidate.Make(world, 1));
        var shares = Enumerable.Range(0, 4).Select(i => world.Chains[i].Share(1));
        Assert.Equal(TrainingSeed.Of(world.Hash, world.Task, 1, shares), world.Round!.Seed);
    }

    private static Amount Part(Amount whole, ulong percent) => Amount.DivRem(whole * percent, 100).Quotient;
}
