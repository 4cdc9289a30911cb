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
    public void ItsCandidatesAreNotJudgedAndTheirBondsGoBack()
    {
        var (backed, unbacked) = (TestCandidate.Make(_world, 1, gain: 20), TestCandidate.Make(_world, 2, trainer: 1, producer: 3, gain: 40));
        var before = _world.Balance(_world.Trainers[1].Address);
        Withhold([3], unbacked, backed);
        Assert.Equal([CandidateStatus.Unbacked, CandidateStatus.Available], _world.Round!.Candidates.Select(c => c.Status));
        Assert.Equal(before, _world.Balance(_world.Trainers[1].Address));
        var statement = _world.Statement(backed);
        _world.Attest(Enumerable.Range(0, 4).Select(i => (i, statement)));
        Assert.Equal(backed.Model, _world.TaskRecord.BestModel);
        Assert.Equal(Amount.Zero, _world.Supply.Escrow);
    }

    [Fact]
    public void WhereNoCandidateIsLeftTheRoundIsVoid()
    {
        var before = _world.Balance(_world.Trainers[0].Address);
        Withhold([3], TestCandidate.Make(_world, 1, producer: 3, gain: 20));
        Assert.Null(_world.Round);
        Assert.Equal(RoundOutcome.Unbacked, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
        Assert.Equal("unbacked", TrainingWorld.Attribute(_world.Of("training.void").Single(), "reason"));
        Assert.Equal(before, _world.Balance(_world.Trainers[0].Address));
        Assert.DoesNotContain(_world.KeysInState, key => key.Bytes[0] == (byte)StateModule.Training && key.Bytes[1] >= 30);
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
