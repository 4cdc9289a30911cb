using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Whoever could have opened its share and did not pays for it.</summary>
public sealed class SeedPenaltyTests
{
    private static readonly Amount Bond = Amount.FromNtk(100);

    private readonly TrainingWorld _world = new();

    [Fact]
    public void AnUnopenedShareCostsAPartOfTheBondAndTheRoundsPay()
    {
        _world.Bond(3, Bond);
        _world.Bond(2, Bond);
        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        Withhold([3], candidate);
        Assert.Equal(_world.Keys[3].Address, TrainingWorld.AddressIn(_world.Of("training.share_missed").Single(), "validator"));
        Assert.Equal((Amount.FromNtk(99), Bond), (_world.BondOf(3), _world.BondOf(2)));

        // It attests all the same: the certificate has its signature, and no pay.
        var statement = _world.Statement(candidate);
        _world.Attest(Enumerable.Range(0, 4).Select(i => (i, statement)));
        Assert.Equal(4, TrainingQueries.Certificate(_world, _world.Task, 1)!.Certificate.Signatures.Length);
        var paid = _world.Of("rewards.paid").Where(e => TrainingWorld.Attribute(e, "role") == "attester").Select(e => TrainingWorld.AddressIn(e, "to"));
        Assert.Equal(_world.Keys[..3].Select(key => key.Address), paid);
    }

    [Fact]
    public void ItsCandidatesAreNotJudgedAndPayAsThoseThatFallShort()
    {
        var (backed, unbacked) = (TestCandidate.Make(_world, 1, gain: 20), TestCandidate.Make(_world, 2, trainer: 1, producer: 3, gain: 40));
        var before = _world.Balance(_world.Trainers[1].Address);
        Withhold([3], unbacked, backed);
        Assert.Equal([CandidateStatus.Unbacked, CandidateStatus.Available], _world.Round!.Candidates.Select(c => c.Status));
        Assert.Equal(before - Fee, _world.Balance(_world.Trainers[1].Address));
        Assert.Equal(Fee, _world.Supply.Treasury);
        var statement = _world.Statement(backed);
        _world.Attest(Enumerable.Range(0, 4).Select(i => (i, statement)));
        Assert.Equal(backed.Model, _world.TaskRecord.BestModel);
        _world.EndRecheck();
        Assert.Equal(Amount.Zero, _world.Supply.Escrow);
    }

    [Fact]
    public void WhereNoCandidateIsLeftTheRoundIsVoid()
    {
        Withhold([3], TestCandidate.Make(_world, 1, producer: 3, gain: 20));
        Assert.Null(_world.Round);
        Assert.Equal(RoundOutcome.Unbacked, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
        Assert.Equal("unbacked", TrainingWorld.Attribute(_world.Of("training.void").Single(), "reason"));
        Assert.DoesNotContain(_world.KeysInState, key => key.Bytes[0] == (byte)StateModule.Training && key.Bytes[1] >= 30);
    }

    /// <summary>The producer saw the seed before it kept its share back, alone in its round or with one more: the look costs what a try costs.</summary>
    [Theory]
    [InlineData(RoundOutcome.Unbacked, 3)]
    [InlineData(RoundOutcome.NoSeed, 2, 3)]
    public void ALookAtTheSeedCostsWhatATryCosts(RoundOutcome outcome, params int[] silent)
    {
        var before = _world.Balance(_world.Trainers[0].Address);
        Withhold(silent, TestCandidate.Make(_world, 1, producer: 3));
        Assert.Equal(outcome, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
        Assert.Equal(before - Fee, _world.Balance(_world.Trainers[0].Address));
        Assert.Equal((Amount.Zero, Fee), (_world.Supply.Escrow, _world.Supply.Treasury));

        // The next round asks as after a candidate that fell short.
        var other = new TrainingWorld();
        other.RunRound(TestCandidate.Make(other, 1, producer: 3));
        Assert.Equal((1u, other.TaskRecord.Tries), (_world.TaskRecord.Tries, 1u));
        Assert.Equal(TrainingQueries.ZAsked(other, other.TaskRecord, null, 4), TrainingQueries.ZAsked(_world, _world.TaskRecord, null, 4));
        Assert.Equal(TrainingQueries.Fee(other, other.TaskRecord, null), TrainingQueries.Fee(_world, _world.TaskRecord, null));
    }

    /// <summary>Whose producer did its part pays nothing for what others kept back.</summary>
    [Fact]
    public void WhereAnotherKeptItsShareBackTheBondGoesBackWhole()
    {
        var before = _world.Balance(_world.Trainers[0].Address);
        Withhold([2, 3], TestCandidate.Make(_world, 1, producer: 1));
        Assert.Equal(RoundOutcome.NoSeed, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
        Assert.Equal(before, _world.Balance(_world.Trainers[0].Address));
        Assert.Equal(0u, _world.TaskRecord.Tries);
    }

    /// <summary>A round without a seed is what a withholder may want as well.</summary>
    [Fact]
    public void ItCostsTheSameWhereTheRoundHasNoSeed()
    {
        foreach (var i in new[] { 1, 2, 3 }) _world.Bond(i, Bond);
        Withhold([2, 3], TestCandidate.Make(_world, 1, gain: 20));
        Assert.Equal(RoundOutcome.NoSeed, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
        Assert.Equal((Bond, Amount.FromNtk(99), Amount.FromNtk(99)), (_world.BondOf(1), _world.BondOf(2), _world.BondOf(3)));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void OnlyWhoWasAbsentAsTheWindowOpenedIsExcused(bool isAbsentBefore, bool isCharged)
    {
        _world.Bond(3, Bond);
        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        ToSeed(() => Absent(isAbsentBefore), candidate);
        Absent(true); // within the window: who sees the other shares could arrange that
        _world.Take([.. Enumerable.Range(0, 3).Select(_world.Share)]);
        _world.RunTo(TrainingPhase.AttestCommit);
        Assert.Equal(isCharged ? Amount.FromNtk(99) : Bond, _world.BondOf(3));
        Assert.Equal(isCharged ? 1 : 0, _world.Of("training.share_missed").Count());
    }

    /// <summary>Who is excused because it was absent has nothing to choose: it may not open afterwards, whatever the others have shown.</summary>
    [Fact]
    public void WhoIsNotExpectedMayNotOpen()
    {
        ToSeed(() => Absent(true), TestCandidate.Make(_world, 1, gain: 20));
        _world.Block([], after: context => context.State.Delete(AbsenceRecord.Key(_world.Keys[3].Address))); // it is back
        _world.Take(_world.Share(0), _world.Share(1));
        Assert.Equal(TransactionRejection.ShareNotExpected, _world.One(_world.Share(3)));
        Assert.DoesNotContain(Duties(3), duty => duty is TrainingDuty.OpenSeedShare);
        Assert.Contains(Duties(2), duty => duty is TrainingDuty.OpenSeedShare);
        _world.Take(_world.Share(2));
        Assert.Equal(TrainingPhase.AttestCommit, _world.Round!.Phase);
        Assert.Equal(TrainingSeed.Of(_world.Hash, _world.Task, 1, Enumerable.Range(0, 3).Select(i => _world.Chains[i].Share(1))), _world.Round.Seed);
    }

    /// <summary>Whoever cannot open pays once and not in every round: its chain is gone, and it is waited for when it has another.</summary>
    [Fact]
    public void AMissRetiresTheChain()
    {
        _world.Bond(3, Bond);
        Withhold([3], TestCandidate.Make(_world, 1));
        Finish(TestCandidate.Make(_world, 1));
        Assert.Null(TrainingQueries.SeedChains(_world, _world.Keys[3].Address));
        Assert.NotNull(TrainingQueries.SeedChains(_world, _world.Keys[2].Address));

        // Not waited for: the window closes without it as soon as the others have opened.
        ToSeed(() => { }, TestCandidate.Make(_world, 2));
        Assert.Equal(TransactionRejection.NoSeedChain, _world.One(_world.Share(3, _world.Chains[3].Share(2))));
        var opened = _world.Round!.WindowOpened;
        _world.Block([.. Enumerable.Range(0, 3).Select(_world.Share)]);
        _world.RunTo(TrainingPhase.AttestCommit, most: 2);
        Assert.True(_world.Height <= opened.Plus(4));
        Finish(TestCandidate.Make(_world, 2));
        Assert.Equal(Amount.FromNtk(99), _world.BondOf(3));

        // A chain that it registers counts from the next round on, and so does a miss.
        _world.RegisterChains(3);
        Withhold([3], TestCandidate.Make(_world, 3));
        Assert.Equal(Amount.FromNtk(99) - Amount.DivRem(Amount.FromNtk(99), 100).Quotient, _world.BondOf(3));
        Assert.Equal(2, _world.Of("training.share_missed").Count());
    }

    /// <summary>A node that breaks down while two tasks have their windows open is charged for the one breakdown.</summary>
    [Fact]
    public void TwoWindowsAtATimeChargeOnce()
    {
        _world.Bond(3, Bond);
        _world.RunTwoTasksToSeed();
        _world.Take([.. Enumerable.Range(0, 3).SelectMany(i => new[] { _world.Share(i, _world.Chains[i].Share(1)), _world.Share(i, _world.Chains[i].Share(2), _world.OtherTask) })]);
        _world.RunTo(TrainingPhase.AttestCommit);
        Assert.Equal(2, _world.Of("training.share_missed").Count());
        Assert.Equal(Amount.FromNtk(99), _world.BondOf(3));
    }

    /// <summary>Silence costs money here, so a share that is not needed is waited for some blocks more.</summary>
    [Fact]
    public void TheWindowWaitsForAShareThatIsNotNeeded()
    {
        _world.Bond(3, Bond);
        ToSeed(() => { }, TestCandidate.Make(_world, 1, gain: 20));
        var opened = _world.Round!.WindowOpened;
        _world.Take([.. Enumerable.Range(0, 3).Select(_world.Share)]);
        while (_world.Height < opened.Plus(RoundWindows.SeedPatience)) _world.Block();
        Assert.Equal(TrainingPhase.Seed, _world.Round!.Phase);
        _world.Take(_world.Share(3));
        Assert.Equal(TrainingPhase.AttestCommit, _world.Round!.Phase);
        Assert.Equal(Bond, _world.BondOf(3));
    }

    [Fact]
    public void TheWindowDoesNotWaitLongForIt()
    {
        ToSeed(() => { }, TestCandidate.Make(_world, 1, gain: 20));
        var opened = _world.Round!.WindowOpened;
        _world.Take([.. Enumerable.Range(0, 3).Select(_world.Share)]);
        _world.RunTo(TrainingPhase.AttestCommit);
        Assert.Equal(opened.Plus(1 + RoundWindows.SeedPatience), _world.Height);
    }

    /// <summary>Where nobody is left who may open there is nothing to wait for.</summary>
    [Fact]
    public void ARoundThatTooFewMayOpenIsVoidAtOnce()
    {
        _world.RegisterChains(0, 1);
        ToSeed(() => { }, TestCandidate.Make(_world, 1, gain: 20));
        var opened = _world.Round!.WindowOpened;
        _world.Take(_world.Share(0), _world.Share(1));
        _world.RunTo(null);
        Assert.Equal(RoundOutcome.NoSeed, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
        Assert.True(_world.Height <= opened.Plus(4));
    }

    /// <summary>Whoever changes its key in the block before cannot know that the window opens: the old key is gone before a share of it could come.</summary>
    [Fact]
    public void AKeyThatIsGoneBeforeAShareCouldComeIsNotExpected()
    {
        var world = new TrainingWorld { FollowsMembers = true };
        world.RegisterChains();
        world.Bond(3, Bond);
        var (fresh, candidate) = (TrainingWorld.Key("fresh", 1), TestCandidate.Make(world, 1, gain: 20));
        world.Take(world.Commit(candidate));
        world.RunTo(TrainingPhase.Reveal);
        world.Take(world.Reveal(candidate));
        world.RunTo(TrainingPhase.Availability);
        world.Take(world.Rotate(3, fresh));
        world.Take([.. Enumerable.Range(0, 4).Select(i => world.Vote(i, 1))]);
        Assert.Equal(TrainingPhase.Seed, world.Round!.Phase);
        var share = world.Share(3);
        world.Keys[3] = fresh;
        Assert.Equal([TransactionRejection.NotAValidator, TransactionRejection.ShareNotExpected], world.Block(share, world.Share(3)));
        world.Take([.. Enumerable.Range(0, 3).Select(world.Share)]);
        world.RunTo(TrainingPhase.AttestCommit, most: 2);
        Assert.Equal(Bond, world.BondOf(3));
        Assert.Empty(world.Of("training.share_missed"));
    }

    /// <summary>Keys are changed for nothing, in the window too.</summary>
    [Fact]
    public void ANewKeyPaysForTheOneBeforeIt()
    {
        _world.Bond(3, Bond);
        var (fresh, candidate) = (TrainingWorld.Key("fresh", 1), TestCandidate.Make(_world, 1, producer: 3, gain: 20));
        ToSeed(() => { }, candidate);
        _world.Take([_world.Rotate(3, fresh), .. Enumerable.Range(0, 3).Select(_world.Share)]);
        for (var i = 0; i < 50 && _world.Round?.Phase == TrainingPhase.Seed; i++) _world.Block();
        Assert.Equal(Amount.FromNtk(99), BondRecord.Get(_world, fresh.Address).Total);
        Assert.Equal(fresh.Address, TrainingWorld.AddressIn(_world.Of("training.share_missed").Single(), "validator"));
        Assert.Equal(RoundOutcome.Unbacked, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
    }

    [Fact]
    public void WhoHasNoChainIsNotCharged()
    {
        _world.RegisterChains(0, 1, 2);
        _world.Bond(3, Bond);
        Withhold([3], TestCandidate.Make(_world, 1, gain: 20));
        Assert.Equal(Bond, _world.BondOf(3));
        Assert.Empty(_world.Of("training.share_missed"));
    }

    [Fact]
    public void TheParameterSaysHowMuch()
    {
        _world.Change(p => p with { UnopenedSharePercent = 7 });
        _world.Bond(3, Bond);
        Withhold([3], TestCandidate.Make(_world, 1, gain: 20));
        Assert.Equal(Amount.FromNtk(93), _world.BondOf(3));
    }

    private Amount Fee => _world.Genesis.Parameters.Training.ShortfallFee;

    private IReadOnlyList<TrainingDuty> Duties(int validator) => TrainingDuties.Of(
        _world, _world.Genesis, _world.Hash, _world.Height.Next(), _world.Keys[validator].Address, _world.Validators);

    // The rest of a round whose seed is there.
    private void Finish(params TestCandidate[] candidates)
    {
        var statement = _world.Statement(candidates);
        _world.Attest(Enumerable.Range(0, 4).Select(i => (i, statement)));
    }

    private void Absent(bool isAbsent) => _world.Block([], after: context =>
    {
        if (isAbsent) context.State.Set(AbsenceRecord.Key(_world.Keys[3].Address), new AbsenceRecord([_world.Keys[0].Address, _world.Keys[1].Address]).Encode());
    });

    private void Withhold(int[] silent, params TestCandidate[] candidates)
    {
        ToSeed(() => { }, candidates);
        _world.Take([.. Enumerable.Range(0, 4).Except(silent).Select(_world.Share)]);
        for (var i = 0; i < 50 && _world.Round?.Phase == TrainingPhase.Seed; i++) _world.Block();
    }

    private void ToSeed(Action before, params TestCandidate[] candidates)
    {
        if (TrainingQueries.SeedChains(_world, _world.Keys[0].Address) is null) _world.RegisterChains();
        _world.Take([.. candidates.Select(_world.Commit)]);
        before();
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take([.. candidates.Select(_world.Reveal)]);
        _world.RunTo(TrainingPhase.Availability);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.Vote(i, (1u << candidates.Length) - 1))]);
        _world.RunTo(TrainingPhase.Seed);
    }
}
