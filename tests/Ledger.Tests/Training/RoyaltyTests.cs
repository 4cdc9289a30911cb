using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Who trains on for a little from another's certified model leaves that one a fifth of the trainer's share.</summary>
public sealed class RoyaltyTests
{
    private readonly TrainingWorld _world = new();

    [Fact]
    public void ACloseRelativePaysItsParentsTrainer()
    {
        var parent = TestCandidate.Make(_world, 1, trainer: 0, gain: 10);
        _world.RunRound(parent);
        var (trainer, earned) = (_world.Balance(_world.Trainers[0].Address), Paid("trainer").Count());
        _world.RunRound(Close(TestCandidate.Make(_world, 2, trainer: 1, gain: 20), parent.Model));

        var (share, royalty) = (Paid("trainer").Skip(earned).Single(), Paid("parent").Single());
        Assert.Equal(_world.Trainers[0].Address.ToString(), TrainingWorld.Attribute(royalty, "to"), ignoreCase: true);
        Assert.Equal(trainer + AmountOf(royalty), _world.Balance(_world.Trainers[0].Address));
        // 20 of 45 hundredths go over: what stays is four times as much, give or take a unit.
        var four = AmountOf(royalty) * 4;
        Assert.InRange(AmountOf(share).Units, four.Units, four.Units + 4);
        // What is paid in all does not change: 45 of the 95 hundredths that find a taker.
        var (all, reward) = (AmountOf(share) + AmountOf(royalty), TrainingQueries.Outcome(_world, _world.Task, 2)!.Reward);
        Assert.InRange((all * 95).Units, (reward * 45).Units, ((reward * 45) + new Amount(95)).Units);
    }

    [Fact]
    public void NobodyPaysForItsOwnModelForTheFirstOneOrForAStranger()
    {
        var first = TestCandidate.Make(_world, 1, trainer: 0, gain: 10);
        _world.RunRound(Close(first, _world.TaskRecord.InitialModel));
        _world.RunRound(Close(TestCandidate.Make(_world, 2, trainer: 0, gain: 20), first.Model));
        _world.RunRound(Close(TestCandidate.Make(_world, 3, trainer: 1, gain: 30), new BlobHash(Hash256.Sha256([77]))));
        Assert.Equal(4UL, _world.TaskRecord.NextRound);
        Assert.Empty(Paid("parent"));
    }

    [Fact]
    public void TheLastSixteenCertifiedModelsAreCompared()
    {
        var models = new List<BlobHash>();
        for (var i = 1; i <= 18; i++)
        {
            var next = TestCandidate.Make(_world, i, trainer: i % 3, gain: i * 5);
            _world.RunRound(next);
            Assert.Equal(next.Model, _world.TaskRecord.BestModel);
            models.Add(next.Model);
        }

        Assert.Equal(models.Skip(2), RecentModels.Get(_world, _world.Task));
        // The newest is the incumbent; the whole lineage of the declared parent is the candidate's own.
        var candidate = TestCandidate.Make(_world, 19, gain: 100);
        _world.RunToAttestation(candidate);
        var kin = Kinship.Of(_world, _world.Round!, candidate.Manifest);
        Assert.Equal(models.Skip(2).Reverse(), kin.Select(model => model.Model));
        Assert.All(kin, model => Assert.True(model.IsAncestor));
    }

    [Fact]
    public void WhatIsNotDeclaredIsNoAncestor()
    {
        var (one, two) = (TestCandidate.Make(_world, 1, gain: 10), TestCandidate.Make(_world, 2, trainer: 1, gain: 20));
        _world.RunRound(one);
        _world.RunRound(two);
        var fromTheFirst = TestCandidate.Make(_world, 3, trainer: 2, gain: 30, parent: one.Model);
        var declaring = TestCandidate.Make(_world, 4, trainer: 2, producer: 1, gain: 30, parent: one.Model).With(manifest => manifest.Ancestors.Add(TrainingWorld.Bytes(two.Model.Value)));
        _world.RunToAttestation(fromTheFirst, declaring);
        Assert.Equal([new KinModel(two.Model, false), new KinModel(one.Model, true)], Kinship.Of(_world, _world.Round!, fromTheFirst.Manifest));
        Assert.Equal([new KinModel(two.Model, true), new KinModel(one.Model, true)], Kinship.Of(_world, _world.Round!, declaring.Manifest));
    }

    [Fact]
    public void AVoteDoesNotChangeWhatAnOpenRoundIsCheckedFor()
    {
        _world.RegisterChains();
        _world.Take(_world.Commit(TestCandidate.Make(_world, 1)));
        var rules = _world.Round!.Rules;
        Assert.Equal(CheckRules.Of(_world.Genesis.Parameters.Training), rules);
        Assert.Equal(new CheckRules(true, 16, 16, 20, 150, 50, 3, 1_000_000, 8), rules);
    }

    private static TestCandidate Close(TestCandidate candidate, BlobHash to) =>
        candidate with { Outcome = (CandidateOutcome.Evaluated)candidate.Outcome with { Relative = to.Value, Distance = 900 } };

    private IEnumerable<Event> Paid(string role) => _world.Of("rewards.paid").Where(paid => TrainingWorld.Attribute(paid, "role") == role);

    private static Amount AmountOf(Event paid) => Amount.TryParseNtk(TrainingWorld.Attribute(paid, "amount"), out var amount) ? amount : Amount.Zero;
}
