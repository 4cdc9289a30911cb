using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Validators take new keys in the middle of a round, and the round goes on: what the old key sent counts, and is not sent twice.</summary>
public sealed class NewKeyTests
{
    private readonly TrainingWorld _world = new() { FollowsMembers = true };

    /// <summary>The new keys have no chains of their own: without those of the old ones two changes of four would leave no seed.</summary>
    [Fact]
    public void TwoNewKeysInOneRoundDoNotVoidIt()
    {
        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        _world.RegisterChains();
        _world.Take(_world.Commit(candidate));
        Rotate(2, 3);
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(candidate));
        _world.RunTo(TrainingPhase.Availability);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.Vote(i, 1))]);
        _world.RunTo(TrainingPhase.Seed);
        _world.Take([.. Enumerable.Range(0, 4).Select(_world.Share)]);
        _world.RunTo(TrainingPhase.AttestCommit);
        var statement = _world.Statement(candidate);
        _world.Attest(Enumerable.Range(0, 4).Select(i => (i, statement)));
        Assert.Equal(candidate.Model, _world.TaskRecord.BestModel);
        Assert.Empty(_world.Of("training.share_missed"));
        var certificate = TrainingQueries.Certificate(_world, _world.Task, 1)!.Certificate;
        Assert.Equal(CertificateFault.None, certificate.Check(ValidatorsModule.Members(_world)));
        Assert.Equal(4, certificate.Signatures.Length);
    }

    [Fact]
    public void WhatTheOldKeySentCountsAndIsNotSentAgain()
    {
        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        _world.RunToAvailability(candidate);
        _world.Take(_world.Vote(2, 1), _world.Vote(3, 1));
        Rotate(2, 3);
        _world.Block();
        Assert.Equal(TransactionRejection.AlreadySent, _world.One(_world.Vote(3, 0)));
        Assert.Equal(TrainingPhase.Availability, _world.Round!.Phase);
        _world.Take(_world.Vote(0, 1)); // the third of four
        Assert.Equal(TrainingPhase.Seed, _world.Round!.Phase);
        Assert.Equal(CandidateStatus.Available, _world.Round.Candidates[0].Status);

        // Shares of keys that have gone since are in the seed.
        var shares = Enumerable.Range(0, 4).Select(_world.Share).ToArray();
        _world.Take(shares[0], shares[1], shares[2]);
        Rotate(0, 1);
        _world.Take(shares[3]);
        Assert.Equal(TrainingPhase.AttestCommit, _world.Round!.Phase);
        Assert.Equal(4, TrainingQueries.SeedShares(_world, _world.Task).Length);
        Assert.Equal(TrainingSeed.Of(_world.Hash, _world.Task, 1, Enumerable.Range(0, 4).Select(i => _world.Chains[i].Share(1))), _world.Round.Seed);
        Assert.Empty(_world.Of("training.share_missed"));
    }

    /// <summary>Whoever takes a new key knowing the other shares chooses it; the place of its own share it must not choose so.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void ANewKeyDoesNotMoveItsShareInTheSeed(int who)
    {
        var keys = _world.Keys.Select(key => key.Address).ToArray(); // ascending
        var candidate = TestCandidate.Make(_world, 1, producer: 1, gain: 20);
        _world.RunToAvailability(candidate);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.Vote(i, 1))]);
        _world.RunTo(TrainingPhase.Seed);
        _world.Take(_world.Share(1), _world.Share(2));
        // At the other end of the order.
        var fresh = Enumerable.Range(0, 256).Select(i => TrainingWorld.Key("moved", i)).First(key => who == 0 ? key.Address > keys[3] : key.Address < keys[0]);
        _world.Take(_world.Rotate(who, fresh));
        _world.Block();
        _world.Keys[who] = fresh;
        var byIdentity = Enumerable.Range(0, 4).Select(i => _world.Chains[i].Share((uint)_world.Round!.SeedIndex)).ToArray();
        _world.Take(_world.Share(0), _world.Share(3));
        Assert.Equal(TrainingPhase.AttestCommit, _world.Round!.Phase);
        Assert.Equal(TrainingSeed.Of(_world.Hash, _world.Task, 1, byIdentity), _world.Round.Seed);
        Assert.NotEqual(byIdentity, TrainingQueries.SeedShares(_world, _world.Task).Select(ballot => ballot.Content)); // the ballots stand by key
    }

    /// <summary>Whoever takes a new key when the seed is known would choose by it which samples are its own: those that a friend has computed.</summary>
    [Fact]
    public void ANewKeyHasThePrivateSamplesOfTheOldOne()
    {
        var old = _world.Keys[3].Address;
        _world.RunToAttestation(TestCandidate.Make(_world, 1, gain: 20));
        var before = Assert.Single(Duties(3).OfType<TrainingDuty.Evaluate>()).Job.PrivateSampleSeed;
        Rotate(3);
        _world.Block();
        Assert.NotEqual(old, _world.Keys[3].Address);
        Assert.Equal(before, Assert.Single(Duties(3).OfType<TrainingDuty.Evaluate>()).Job.PrivateSampleSeed);
        Assert.Equal(TrainingSeed.PrivateSamples(_world.Round!.Seed, old), before);
        Assert.NotEqual(before, Assert.Single(Duties(2).OfType<TrainingDuty.Evaluate>()).Job.PrivateSampleSeed);
    }

    /// <summary>Whoever holds evidence against a validator of its own would choose the seed by showing it: a share that is open stays, also where its validator leaves the set.</summary>
    [Fact]
    public void AnOpenedShareStaysInTheSeedWhateverBecomesOfItsValidator()
    {
        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        _world.RunToAvailability(candidate);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.Vote(i, 1))]);
        _world.RunTo(TrainingPhase.Seed);
        _world.Take(_world.Share(0), _world.Share(3));
        _world.Block([], after: context =>
        {
            Jail.Commit(context, _world.Keys[3].Address, "vote");
            Assert.True(ValidatorSet.TryCreate(_world.Validators.Validators.Where(one => one.Address != _world.Keys[3].Address), out var left));
            ValidatorsModule.SetMembers(context.State, left!); // as where more than four are left
        });
        _world.Block();
        _world.Block();
        Assert.Equal(TransactionRejection.NotAValidator, _world.One(_world.Share(3)));
        Assert.Equal(TrainingPhase.Seed, _world.Round!.Phase);
        _world.Take(_world.Share(1), _world.Share(2));
        Assert.Equal(TrainingPhase.AttestCommit, _world.Round!.Phase);
        Assert.Equal(TrainingSeed.Of(_world.Hash, _world.Task, 1, Enumerable.Range(0, 4).Select(i => _world.Chains[i].Share(1))), _world.Round.Seed);
    }

    /// <summary>A certificate has signatures of the keys that vote when it is made: the new key shows the same attestation, in the place of the old one's.</summary>
    [Fact]
    public void TheNewKeyShowsWhatTheOldOneCommittedTo()
    {
        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        _world.RunToAttestation(candidate);
        var statement = _world.Statement(candidate);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.AttestCommit(i, statement))]);
        _world.RunTo(TrainingPhase.AttestReveal);
        _world.Take(_world.AttestReveal(2, statement), _world.AttestReveal(3, statement));
        Assert.Equal(TransactionRejection.AlreadySent, _world.One(_world.AttestReveal(3, statement)));
        Rotate(2, 3);
        _world.Block();
        var duty = Assert.Single(Duties(3).OfType<TrainingDuty.RevealAttestation>());
        Assert.Equal(TrainingQueries.AttestationCommits(_world, _world.Task).Single(ballot => KeyRotations.IsSame(_world, ballot.Validator, _world.Keys[3].Address)).Content.Commitment, duty.Commitment);

        var other = statement with { IncumbentLossesRoot = Hash256.Sha256([77]) };
        Assert.Equal(TransactionRejection.CommitmentMismatch, _world.One(_world.AttestReveal(3, other)));
        _world.Take(_world.AttestReveal(0, statement), _world.AttestReveal(2, statement), _world.AttestReveal(3, statement));
        _world.RunTo(null);
        var certificate = TrainingQueries.Certificate(_world, _world.Task, 1)!.Certificate;
        Assert.Equal(CertificateFault.None, certificate.Check(ValidatorsModule.Members(_world)));
        Assert.Equal(3, certificate.Signatures.Length);
        Assert.Empty(_world.Of("training.false_attestation"));
    }

    /// <summary>The key that consented is gone, and may be in other hands: the validator is paid that it belonged to.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PayAndJailFollowTheValidatorOfTheKeyThatConsented(bool isJailed)
    {
        var candidate = TestCandidate.Make(_world, 1, producer: 3, gain: 20);
        var old = _world.Keys[3].Address;
        _world.RunToAttestation(candidate);
        Rotate(3);
        if (isJailed) _world.Jail(3);
        var statement = _world.Statement(candidate);
        _world.Attest(Enumerable.Range(0, 3).Select(i => (i, statement)));
        Assert.Equal(candidate.Model, _world.TaskRecord.BestModel);
        var paid = _world.Of("rewards.paid").Where(e => TrainingWorld.Attribute(e, "role") == "producer").Select(e => TrainingWorld.AddressIn(e, "to"));
        Assert.Equal(isJailed ? [] : [_world.Keys[3].Address], paid);
        Assert.Equal(Amount.Zero, _world.Balance(old));
    }

    /// <summary>A round's places for one producer are those of a validator.</summary>
    [Fact]
    public void ANewKeyIsTheSameProducer()
    {
        var fresh = TrainingWorld.Key("fresh", 3);
        _world.Take(_world.Commit(TestCandidate.Make(_world, 1, producer: 3)), _world.Commit(TestCandidate.Make(_world, 2, trainer: 1, producer: 3)), _world.Rotate(3, fresh));
        _world.Block();
        _world.Keys[3] = fresh;
        Assert.Equal(TransactionRejection.ProducerFull, _world.One(_world.Commit(TestCandidate.Make(_world, 3, trainer: 2, producer: 3))));
    }

    /// <summary>The old key votes for two heights more; whoever is jailed in them is so with both.</summary>
    [Fact]
    public void JailBindsTheKeyThatStillVotesForTheNewOne()
    {
        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        _world.RunToAvailability(candidate);
        var (old, fresh) = (_world.Keys[3], TrainingWorld.Key("fresh", 3));
        _world.Block([_world.Rotate(3, fresh)], after: context => Jail.Commit(context, fresh.Address, "vote"));
        Assert.True(ValidatorRecord.IsJailedAt(_world, old.Address));
        Assert.Equal(TransactionRejection.Jailed, _world.One(_world.Vote(3, 1)));
    }

    /// <summary>The machine with the new key may be another one: it may register a chain of its own at once, for the rounds after this one.</summary>
    [Fact]
    public void ANewKeyMayRegisterAChainOnce()
    {
        _world.RegisterChains();
        Assert.Equal(TransactionRejection.SeedChainStillGood, _world.One(_world.Register(3, Hash256.Sha256([1]), 64)));
        Rotate(3);
        _world.Block();
        _world.Take(_world.Register(3, Hash256.Sha256([1]), 64));
        Assert.Equal(TransactionRejection.SeedChainStillGood, _world.One(_world.Register(3, Hash256.Sha256([2]), 64)));
        Assert.Equal(_world.Chains[3].Tip, TrainingQueries.SeedChains(_world, _world.Keys[3].Address)!.Older!.Tip);
    }

    /// <summary>Of an address that trained before, as a validator's key, the points would be nobody's and weigh against all.</summary>
    [Fact]
    public void AKeyWithPointsTakesNobodysPlace()
    {
        var fresh = TrainingWorld.Key("fresh", 1);
        _world.Block([], after: context => Points.Add(context.State, _world.OtherTask, fresh.Address, new Amount(1)));
        Assert.Equal(TransactionRejection.KeyTaken, _world.One(_world.Rotate(3, fresh)));
    }

    private IReadOnlyList<TrainingDuty> Duties(int validator) => TrainingDuties.Of(
        _world, _world.Genesis, _world.Hash, _world.Height.Next(), _world.Keys[validator].Address, ValidatorsModule.SetOf(_world, _world.Height.Next()));

    // The new keys sign from two heights on: the next block is still the old ones'.
    private void Rotate(params int[] who)
    {
        var fresh = who.Select(i => TrainingWorld.Key("fresh", i)).ToArray();
        _world.Take([.. who.Select((i, at) => _world.Rotate(i, fresh[at]))]);
        _world.Block();
        foreach (var (i, at) in who.Select((i, at) => (i, at))) _world.Keys[i] = fresh[at];
    }
}
