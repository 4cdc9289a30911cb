using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>After a certificate all compute some private losses of the others again, and what more than two thirds find convicts.</summary>
public sealed class RecheckTests
{
    private static readonly Amount Bond = Amount.FromNtk(500);

    private readonly TrainingWorld _world = new();

    private RecheckRecord? Recheck => TrainingQueries.Recheck(_world, _world.Task);

    [Fact]
    public void ACertificateOpensARecheckOfWhatTheSaltsDraw()
    {
        var world = new TrainingWorld(new TrainingParameters { EvaluationSamples = 64, PrivateSamples = 64 });
        var statement = world.RunRound(TestCandidate.Make(world, 1, gain: 20));
        var recheck = TrainingQueries.Recheck(world, world.Task)!;
        Assert.Equal((1UL, world.Height, 64u, statement.Incumbent), (recheck.Number, recheck.Opened, recheck.PrivateSamples, recheck.Incumbent));
        Assert.Equal(world.Keys.Select(key => key.Address), recheck.Attesters.Select(attester => attester.Key));
        Assert.Equal([0, 1, 2, 3], recheck.Targets.Select(target => (int)target.Attester));
        Assert.Equal([new RecheckModel(statement.Candidates[0].Model, true)], recheck.Candidates);

        var stream = new SeededStream(TrainingSeed.PrivateRecheck(statement.Seed, Enumerable.Range(0, 4).Select(i => Hash256.Sha256([9, (byte)i]))));
        _ = stream.NextDistinct(4, 4);
        Assert.Equal(stream.NextDistinct(8, 64).Order(), recheck.Places.Select(place => (int)place));
        // The world's private losses are their numbers: 64 of the incumbent, then 64 of the candidate.
        Assert.All(recheck.Targets, target => Assert.Equal(recheck.Places.Select(place => (uint)place).Concat(recheck.Places.Select(place => place + 64u)), target.Losses));
        Assert.Equal(recheck.Places.Select(place => place + 64u), recheck.LossesOf(recheck.Targets[2], 1).ToArray());
        Assert.All(recheck.Attesters, attester => Assert.Equal(PaidTo(world, attester.Key), attester.Paid));
        Assert.DoesNotContain(world.KeysInState, key => key.Bytes[0] == (byte)StateModule.Training && key.Bytes[1] == 52);
    }

    /// <summary>What a re-check costs has a bound, whatever the size of the set.</summary>
    [Fact]
    public void OfManyAttestersSixteenAreLookedAt()
    {
        var world = new TrainingWorld(validators: 19);
        var statement = world.RunRound(TestCandidate.Make(world, 1, gain: 20));
        var recheck = TrainingQueries.Recheck(world, world.Task)!;
        Assert.Equal(19, recheck.Attesters.Length);
        var stream = new SeededStream(TrainingSeed.PrivateRecheck(statement.Seed, Enumerable.Range(0, 19).Select(i => Hash256.Sha256([9, (byte)i]))));
        Assert.Equal(stream.NextDistinct(Limits.RecheckedMax, 19).Order(), recheck.Targets.Select(target => (int)target.Attester));
        var last = recheck.AttesterOf(recheck.Targets[15]).Key;
        world.Take([.. Enumerable.Range(0, 19).Select(i => world.Recheck(i, 1u << 15))]);
        for (var i = 0; i < 10; i++) world.Block();
        Assert.Equal(last, TrainingWorld.AddressIn(world.Of("training.false_private_losses").Single(), "validator"));
    }

    [Fact]
    public void WhoseLossesAreWrongLosesTheRoundsPayAndAPartOfTheBondAndTheSecondTimeItsPlace()
    {
        _world.Bond(1, Bond);
        Certify(1);
        var paid = PaidTo(_world, _world.Keys[1].Address);
        Assert.True(paid > Amount.Zero);
        Answer(0b10, 0b10, 0b10, 0b10);
        Assert.Null(Recheck);
        Assert.Equal(Amount.DivRem(Bond * 95, 100).Quotient, _world.BondOf(1));
        Assert.Equal((1, paid.ToString()), (_world.Of("training.pay_forfeited").Count(), TrainingWorld.Attribute(_world.Of("training.pay_forfeited").Single(), "amount")));
        Assert.Equal((Amount.Zero, PaidTo(_world, _world.Keys[2].Address)), (_world.Balance(_world.Keys[1].Address), _world.Balance(_world.Keys[2].Address)));
        Assert.False(ValidatorRecord.IsJailedAt(_world, _world.Keys[1].Address));

        Certify(2);
        Answer(0b10, 0b10, 0b10, 0b10);
        Assert.Equal(["no", "yes"], _world.Of("training.false_private_losses").Select(e => TrainingWorld.Attribute(e, "again")));
        Assert.All(_world.Of("training.false_private_losses"), e => Assert.Equal(_world.Keys[1].Address, TrainingWorld.AddressIn(e, "validator")));
        Assert.Equal((true, Amount.Zero), (ValidatorRecord.IsJailedAt(_world, _world.Keys[1].Address), _world.BondOf(1)));
        Assert.Empty(_world.Of("training.false_recheck"));
    }

    [Fact]
    public void WhoCoversALieHasAFaultOfItsOwnAndWhoLiesAndCoversHasOne()
    {
        var world = new TrainingWorld(powers: [10, 10, 4, 10]);
        foreach (var i in new[] { 1, 2 }) world.Bond(i, Amount.FromNtk(100));
        world.RunRound(TestCandidate.Make(world, 1)); // it falls short, and its fee is all the pay
        var fees = TrainingQueries.Recheck(world, world.Task)!.Attesters.Select(attester => attester.Paid).ToArray();
        Assert.Equal(world.Genesis.Parameters.Training.ShortfallFee, fees.Aggregate(Amount.Zero, (sum, fee) => sum + fee));
        world.Take(world.Recheck(0, 0b10), world.Recheck(1, 0b10), world.Recheck(2, 0), world.Recheck(3, 0b10));
        Close(world);
        Assert.Equal(world.Keys[1].Address, TrainingWorld.AddressIn(world.Of("training.false_private_losses").Single(), "validator"));
        Assert.Equal(world.Keys[2].Address, TrainingWorld.AddressIn(world.Of("training.false_recheck").Single(), "validator"));
        foreach (var i in new[] { 1, 2 }) Assert.Equal(Amount.FromNtk(95), world.BondOf(i));

        _world.Bond(1, Bond);
        Certify(1);
        Answer(0b10, 0, 0b10, 0b10);
        Assert.Empty(_world.Of("training.false_recheck"));
        Assert.Equal(Amount.DivRem(Bond * 95, 100).Quotient, _world.BondOf(1));
    }

    [Fact]
    public void WhatTwoThirdsDoNotFindAlikeConvictsNobody()
    {
        foreach (var i in Enumerable.Range(0, 4)) _world.Bond(i, Amount.FromNtk(100));
        Certify(1);
        Answer(0b10, 0, 0b10, 0b100);
        Assert.Equal("no", TrainingWorld.Attribute(_world.Of("training.rechecked").Single(), "agreed"));
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(Amount.FromNtk(100), _world.BondOf(i)));
        Assert.Empty(_world.Of("training.false_private_losses").Concat(_world.Of("training.false_recheck")));
        Assert.DoesNotContain(_world.KeysInState, key => key.Bytes[0] == (byte)StateModule.Training && key.Bytes[1] is >= 50 and <= 53);
    }

    [Fact]
    public void WhoDoesNotAnswerHasNoPayOfTheNextRoundAndThenAgain()
    {
        Certify(1);
        _world.Take(_world.Recheck(0, 0), _world.Recheck(1, 0), _world.Recheck(2, 0));
        for (var i = 0; i < 30; i++) _world.Block();
        Assert.NotNull(Recheck); // it waits, for nothing waits for it
        for (var i = 0; i < 20; i++) _world.Block();
        Assert.Null(Recheck);
        Assert.Equal("1", TrainingWorld.Attribute(_world.Of("training.rechecked").Single(), "silent"));

        var silent = _world.Keys[3].Address;
        var before = PaidTo(_world, silent);
        Certify(2);
        Assert.Equal(4, TrainingQueries.Certificate(_world, _world.Task, 2)!.Certificate.Signatures.Length);
        Assert.Equal(before, PaidTo(_world, silent));
        Answer(0, 0, 0, 0);
        Certify(3);
        Assert.True(PaidTo(_world, silent) > before);
    }

    [Fact]
    public void TheNextRoundWaitsForNoAnswerAndEndsTheRecheck()
    {
        Certify(1);
        Certify(2);
        Assert.Equal(2UL, Recheck!.Number);
        Assert.Equal(TransactionRejection.WindowClosed, _world.One(_world.Recheck(0, 0, round: 1)));
        var ended = _world.Of("training.rechecked").Single();
        Assert.Equal(("no", "0", "0"), (TrainingWorld.Attribute(ended, "agreed"), TrainingWorld.Attribute(ended, "validators"), TrainingWorld.Attribute(ended, "silent")));
        Answer(0, 0, 0, 0);
        Assert.Null(Recheck);
        Certify(3);
        Assert.All(_world.Keys, key => Assert.Equal(3, _world.Of("rewards.paid").Count(e => TrainingWorld.Attribute(e, "role") == "attester" && TrainingWorld.AddressIn(e, "to") == key.Address)));
    }

    /// <summary>The block after the opening was prepared before anybody could know of it.</summary>
    [Fact]
    public void TheWindowHasItsBlocksAndAuthorsFromTheSecondBlockOn()
    {
        Certify(1);
        _world.Block(Enumerable.Range(0, 4).Select(i => _world.Recheck(i, 0)), author: 0);
        _world.Block([], author: 0);
        _world.Block([], author: 0);
        Assert.Equal([_world.Keys[0].Address], Recheck!.Authors);
        _world.Block([], author: 1);
        Assert.Null(Recheck);
    }

    [Fact]
    public void EachRefusalHasItsName()
    {
        Assert.Equal(TransactionRejection.WindowNotOpen, _world.One(_world.Recheck(0, 0, round: 1)));
        Certify(1);
        var stranger = TrainingWorld.Key("stranger", 1);
        var body = new TransactionBody { PrivateRecheck = new PrivateRecheck { Task = TrainingWorld.Bytes(_world.Task), TrainingRound = 1 } };
        Assert.Equal(TransactionRejection.NotAValidator, _world.One(_world.Protocol(stranger, body)));
        Assert.Equal(TransactionRejection.UnknownTask, _world.One(_world.Recheck(0, 0, task: Hash256.Sha256([99]))));
        Assert.Equal(TransactionRejection.WindowNotOpen, _world.One(_world.Recheck(0, 0, round: 2)));
        Assert.Equal(TransactionRejection.NotRechecked, _world.One(_world.Recheck(0, 0b1_0000)));
        Assert.Equal([TransactionRejection.None, TransactionRejection.AlreadySent], _world.Block(_world.Recheck(0, 0), _world.Recheck(0, 1)));
        _world.Jail(3);
        Assert.Equal(TransactionRejection.Jailed, _world.One(_world.Recheck(3, 0)));
        _world.Take(_world.Recheck(1, 0), _world.Recheck(2, 0));
        Close(_world);
        Assert.Equal(TransactionRejection.WindowClosed, _world.One(_world.Recheck(0, 0, round: 1)));
    }

    [Fact]
    public void WithoutSamplesOrWithoutACertificateThereIsNone()
    {
        foreach (var off in new[] { new TrainingParameters { EvaluationSamples = 64, PrivateSamples = 3, RecheckSamples = 0 }, new TrainingParameters { EvaluationSamples = 64, PrivateSamples = 0 } })
        {
            var world = new TrainingWorld(off);
            world.RunRound(TestCandidate.Make(world, 1, gain: 20));
            Assert.Null(TrainingQueries.Recheck(world, world.Task));
        }

        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        _world.RunToAttestation(candidate);
        var right = _world.Statement(candidate);
        _world.Attest(Enumerable.Range(0, 4).Select(i => (i, i < 2 ? right with { IncumbentLossesRoot = Hash256.Sha256([77]) } : right)));
        Assert.Null(Recheck);
        Assert.DoesNotContain(_world.KeysInState, key => key.Bytes[0] == (byte)StateModule.Training && key.Bytes[1] == 52);
    }

    /// <summary>The attestation is that of the key that committed; its owner answers for it, whatever key it has by then.</summary>
    [Fact]
    public void ANewKeyAnswersForTheOldOne()
    {
        _world.Bond(1, Bond);
        Certify(1);
        var fresh = TrainingWorld.Key("fresh", 1);
        _world.Take(_world.Rotate(1, fresh));
        _world.Take(_world.Recheck(0, 0b10), _world.Recheck(2, 0b10), _world.Recheck(3, 0b10));
        for (var i = 0; i < 50 && Recheck is not null; i++) _world.Block();
        Assert.Equal(fresh.Address, TrainingWorld.AddressIn(_world.Of("training.false_private_losses").Single(), "validator"));
        Assert.Equal(Amount.DivRem(Bond * 95, 100).Quotient, BondRecord.Get(_world, fresh.Address).Total);
    }

    [Fact]
    public void ItIsADutyUntilItIsDone()
    {
        Certify(1);
        Assert.Equal(Recheck!.Number, Assert.Single(Duties(0).OfType<TrainingDuty.RecheckPrivateLosses>()).Recheck.Number);
        _world.Take(_world.Recheck(0, 0));
        Assert.Empty(Duties(0).OfType<TrainingDuty.RecheckPrivateLosses>());
        Assert.Single(Duties(1).OfType<TrainingDuty.RecheckPrivateLosses>());
    }

    private IEnumerable<TrainingDuty> Duties(int validator) =>
        TrainingDuties.Of(_world, _world.Genesis, _world.Hash, _world.Height.Next(), _world.Keys[validator].Address, _world.Validators);

    private void Certify(int number) => _world.RunRound(TestCandidate.Make(_world, number, gain: 20 * number));

    private void Answer(params uint[] wrong)
    {
        _world.Take([.. wrong.Select((mask, i) => _world.Recheck(i, mask))]);
        Close(_world);
    }

    private static void Close(TrainingWorld world)
    {
        for (var i = 0; i < 6; i++) world.Block();
    }

    private static Amount PaidTo(TrainingWorld world, Address validator)
    {
        var sum = Amount.Zero;
        foreach (var paid in world.Of("rewards.paid").Where(e => TrainingWorld.Attribute(e, "role") == "attester" && TrainingWorld.AddressIn(e, "to") == validator))
            if (Amount.TryParseNtk(TrainingWorld.Attribute(paid, "amount"), out var amount))
                sum += amount;
        return sum;
    }
}
