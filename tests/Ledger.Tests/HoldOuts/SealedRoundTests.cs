using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>What becomes of a round that draws from sealed sets, and of those who keep their keys.</summary>
public sealed class SealedRoundTests
{
    private readonly HoldOutWorld _holdOut = new();

    private TrainingWorld World => _holdOut.World;

    [Fact]
    public void ASetIsActiveWhenAllCustodiansAndTwoThirdsHaveSaidSo()
    {
        World.Take(_holdOut.Offer());
        World.Take([.. _holdOut.Custodians.Take(2).Select(key => _holdOut.Accept(key)), .. World.Keys.Select(key => _holdOut.Held(key))]);
        Assert.Equal(SealedSetStatus.Offered, _holdOut.Record!.Status);
        World.Take(_holdOut.Accept(_holdOut.Custodians[2]));
        Assert.Equal(SealedSetStatus.Active, _holdOut.Record!.Status);

        World.Take(_holdOut.Offer(set: _holdOut.Seal(2, [_holdOut.Custodians[0]], 1), by: _holdOut.Other));
        Assert.Equal(Amount.FromNtk(50), World.Balance(_holdOut.Custodians[0].Address));
        World.Take(_holdOut.Held(World.Keys[0], 2), _holdOut.Held(World.Keys[1], 2));
        Assert.Equal(SealedSetStatus.Offered, SealedSets.Get(World, World.Task, 2)!.Status);
    }

    [Fact]
    public void WithTwoOfThreeTheKeysOfTheDrawnSamplesAreThere()
    {
        _holdOut.Activate().RunToRelease();
        var seed = World.Round!.Seed;
        var drawn = Assert.Single(_holdOut.Sealed!.Parts).Drawn;
        Assert.Equal(12, drawn.Length); // a fifth of 64 samples, and one supplier
        Assert.All(Enumerable.Range(0, 10), label => Assert.InRange(drawn.Count(sample => sample / 4 == label), 1, 2));
        World.Take(_holdOut.Release(3));
        Assert.Equal(TrainingPhase.Release, World.Round!.Phase);
        Assert.Empty(SealedSets.Judging(World, World.Task));
        World.Take(_holdOut.Release(1));
        World.RunTo(TrainingPhase.AttestCommit);
        Assert.Equal(seed, World.Round!.Seed);

        var opened = Assert.Single(SealedSets.Judging(World, World.Task));
        Assert.Equal(drawn.AsEnumerable(), opened.Keys.Select(key => key.Sample));
        Assert.All(opened.Keys, key => Assert.NotNull(_holdOut.Set.Open(key.Sample, key.Key)));
        Assert.Empty(World.Of("hold_outs.bond_burned"));
        Assert.Equal(SealedSetStatus.Active, _holdOut.Record!.Status);
    }

    [Fact]
    public void NoSampleIsDrawnTwiceAndASetEndsWithItsLast()
    {
        _holdOut.Activate();
        var all = new List<int>();
        for (var round = 0; round < 4; round++)
        {
            var candidate = TestCandidate.Make(World, round + 1, gain: 10, parent: World.TaskRecord.BestModel);
            _holdOut.RunToRelease(candidate);
            all.AddRange(_holdOut.Sealed!.Parts[0].Drawn);
            World.Take(_holdOut.Release(1), _holdOut.Release(2));
            World.RunTo(TrainingPhase.AttestCommit);
            World.Attest(Enumerable.Range(0, 4).Select(i => (i, World.Statement(candidate))));
            Assert.Null(_holdOut.Sealed);
        }

        Assert.Equal(Enumerable.Range(0, HoldOutWorld.Samples), all.Order());
        Assert.Equal(SealedSetStatus.Ended, _holdOut.Record!.Status);
        Assert.Equal("exhausted", TrainingWorld.Attribute(Assert.Single(World.Of("hold_outs.ended")), "cause"));
        Assert.All(_holdOut.Custodians.Append(_holdOut.Supplier), key => Assert.Equal(Amount.FromNtk(150), World.Balance(key.Address)));
        Assert.Equal(12, SealedSets.Keys(World, World.Task, 1, 1).Length);
        // What is open stays readable; all else of it is gone.
        Assert.DoesNotContain(World.KeysInState, key => key.Equals(HoldOutKeys.Used(World.Task, 1)) || key.Equals(HoldOutKeys.Releases(World.Task, 1)));
        // A round after it is judged by the generator alone.
        _holdOut.RunToSeed(TestCandidate.Make(World, 9, gain: 10, parent: World.TaskRecord.BestModel));
        World.Take([.. Enumerable.Range(0, 4).Select(World.Share)]);
        World.RunTo(TrainingPhase.AttestCommit);
    }

    [Fact]
    public void WhoWithholdsLosesItsBondAndASecondSeedJudgesOnTheGenerator()
    {
        _holdOut.Activate().RunToRelease();
        var (first, z, index) = (World.Round!.Seed, World.Round!.ZThousandths, World.Round!.SeedIndex);
        var burned = World.Supply.Burned;
        World.Take(_holdOut.Release(2));
        World.RunTo(TrainingPhase.Seed);

        Assert.True(World.Round!.Seed.IsZero);
        Assert.Equal(index + 1, World.Round!.SeedIndex);
        Assert.True(World.Round!.ZThousandths > z, "whoever withheld had a choice, and z allows for it");
        Assert.Equal(_holdOut.Bond + _holdOut.Bond, World.Supply.Burned - burned);
        Assert.Equal([50, 150, 50], _holdOut.Custodians.Select(key => (int)(World.Balance(key.Address).Units / Amount.FromNtk(1).Units)));
        Assert.Equal(Amount.FromNtk(150), World.Balance(_holdOut.Supplier.Address));
        Assert.Equal("keys_withheld", TrainingWorld.Attribute(Assert.Single(World.Of("hold_outs.ended")), "cause"));
        Assert.Single(World.Of("hold_outs.voided"));

        World.Take([.. Enumerable.Range(0, 4).Select(World.Share)]);
        World.RunTo(TrainingPhase.AttestCommit);
        Assert.NotEqual(first, World.Round!.Seed);
        Assert.Empty(SealedSets.Judging(World, World.Task));
        World.Attest(Enumerable.Range(0, 4).Select(i => (i, World.Statement(TestCandidate.Make(World, 1, gain: 10)))));
        Assert.Equal(1UL, World.TaskRecord.CertifiedCount);
    }

    // Two suppliers of 12 samples each; nine of ten keys are more than one of them has.
    [Fact]
    public void OneOfTwoSetsIsNotNineOfTen()
    {
        _holdOut.Activate();
        var second = _holdOut.Seal(7, [_holdOut.Other], 1);
        World.Take(_holdOut.Offer(set: second, by: Rich()));
        World.Take([_holdOut.Accept(_holdOut.Other, 2), .. World.Keys.Take(3).Select(key => _holdOut.Held(key, 2))]);
        _holdOut.RunToRelease();
        Assert.Equal([12, 12], _holdOut.Sealed!.Parts.Select(part => part.Drawn.Length));
        World.Take(_holdOut.Release(1), _holdOut.Release(2));
        World.RunTo(TrainingPhase.Seed);
        Assert.True(_holdOut.Sealed!.IsVoided);
        // What was opened for nothing is open all the same.
        Assert.Equal(12, SealedSets.Keys(World, World.Task, 1, 1).Length);
        Assert.Equal(SealedSetStatus.Active, _holdOut.Record!.Status);
        Assert.Equal(SealedSetStatus.Ended, SealedSets.Get(World, World.Task, 2)!.Status);
        Assert.Equal(Amount.FromNtk(50), World.Balance(_holdOut.Other.Address));
    }

    // Eleven samples of twelve: the second set has a single one left.
    [Fact]
    public void NineOfTenKeysAreEnoughAndWhoFailedPaysAllTheSame()
    {
        _holdOut.Activate();
        var second = _holdOut.Seal(7, [_holdOut.Other], 1);
        World.Take(_holdOut.Offer(set: second, by: Rich()));
        World.Take([_holdOut.Accept(_holdOut.Other, 2), .. World.Keys.Take(3).Select(key => _holdOut.Held(key, 2))]);
        World.Block([], after: context => UsedSamples.Add(context.State, SealedSets.Get(context.State, World.Task, 2)!, Enumerable.Range(1, HoldOutWorld.Samples - 1)));
        _holdOut.RunToRelease();
        Assert.Equal([12, 1], _holdOut.Sealed!.Parts.Select(part => part.Drawn.Length));
        World.Take(_holdOut.Release(1), _holdOut.Release(2));
        World.RunTo(TrainingPhase.AttestCommit);
        Assert.False(_holdOut.Sealed!.IsVoided);
        Assert.Single(SealedSets.Judging(World, World.Task));
        Assert.Equal(Amount.FromNtk(50), World.Balance(_holdOut.Other.Address));
        Assert.Equal(SealedSetStatus.Ended, SealedSets.Get(World, World.Task, 2)!.Status);
    }

    [Fact]
    public void AnOfferThatNobodyTakesUpEnds()
    {
        World.Take(_holdOut.Offer(), _holdOut.Accept(_holdOut.Custodians[0]));
        var until = _holdOut.Record!.Opened.Plus(World.Genesis.Parameters.HoldOuts.OfferBlocks);
        EndBlockAt(until.Value - 1);
        Assert.True(_holdOut.Record!.IsLive);
        EndBlockAt(until.Value);
        Assert.False(_holdOut.Record!.IsLive);
        Assert.Equal("expired", TrainingWorld.Attribute(Assert.Single(World.Of("hold_outs.ended")), "cause"));
        Assert.Equal(Amount.FromNtk(150), World.Balance(_holdOut.Custodians[0].Address));
        Assert.Equal(Amount.FromNtk(150), World.Balance(_holdOut.Supplier.Address));
    }

    [Fact]
    public void DutiesNameWhatIsToBeSaidAndEndWithTheWord()
    {
        World.Take(_holdOut.Offer());
        Assert.Single(SealedSets.Unheld(World, World.Keys[0].Address, World.Validators));
        Assert.Equal(2, Assert.Single(SealedSets.Unaccepted(World, _holdOut.Custodians[1].Address)).Custodian);
        World.Take(_holdOut.Held(World.Keys[0]), _holdOut.Accept(_holdOut.Custodians[1]));
        Assert.Empty(SealedSets.Unheld(World, World.Keys[0].Address, World.Validators));
        Assert.Empty(SealedSets.Unaccepted(World, _holdOut.Custodians[1].Address));
        Assert.Empty(SealedSets.Unheld(World, _holdOut.Other.Address, World.Validators));
        World.Take(_holdOut.Accept(_holdOut.Custodians[0]), _holdOut.Accept(_holdOut.Custodians[2]), _holdOut.Held(World.Keys[1]), _holdOut.Held(World.Keys[2]));
        Assert.Empty(SealedSets.KeyDuties(World, _holdOut.Custodians[0].Address));
        _holdOut.RunToRelease();
        var duty = Assert.Single(SealedSets.KeyDuties(World, _holdOut.Custodians[0].Address));
        Assert.Equal((1, 1UL, 12), (duty.Custodian, duty.TrainingRound, duty.Drawn.Length));
        World.Take(_holdOut.Release(1));
        Assert.Empty(SealedSets.KeyDuties(World, _holdOut.Custodians[0].Address));
    }

    // A new key in a custodian's place opens what the old one accepted, and is bound by it.
    [Fact]
    public void ACustodianThatIsAValidatorStaysOneWithItsNewKey()
    {
        World.Block([], after: context =>
        {
            Assert.True(AccountsModule.TryDebit(context.State, World.Trainers[0].Address, Amount.FromNtk(300)));
            AccountsModule.Credit(context.State, World.Keys[3].Address, Amount.FromNtk(300));
        });
        World.Take(_holdOut.Offer(set: _holdOut.Seal(3, [World.Keys[3]], 1)));
        World.Take(_holdOut.Accept(World.Keys[3]));
        var fresh = TrainingWorld.Key("fresh", 1);
        World.Take(World.Rotate(3, fresh));
        Assert.Equal(1, _holdOut.Record!.CustodianOf(World, fresh.Address));
        Assert.True(SealedSets.IsConflicted(World, World.Task, fresh.Address));
        World.Take(_holdOut.End(fresh));
        Assert.Equal(Amount.FromNtk(100), World.Balance(fresh.Address));
        Assert.False(SealedSets.IsConflicted(World, World.Task, fresh.Address));
    }

    private PrivateKey Rich()
    {
        World.Block([], after: context =>
        {
            Assert.True(AccountsModule.TryDebit(context.State, World.Trainers[0].Address, _holdOut.Bond));
            AccountsModule.Credit(context.State, TrainingWorld.Key("rich", 1).Address, _holdOut.Bond);
        });
        return TrainingWorld.Key("rich", 1);
    }

    private void EndBlockAt(ulong height) => World.Block([], after: context =>
    {
        var later = new BlockContext(World.Genesis, World.Hash, new Height(height), World.Keys[0].Address, World.Validators, context.State);
        new HoldOutsModule().EndBlock(later);
        foreach (var (key, value) in later.State.Changes)
        {
            if (value is null) context.State.Delete(key);
            else context.State.Set(key, value);
        }

        foreach (var happened in later.Events) context.Emit(happened.Kind, [.. happened.Attributes.Select(a => (a.Key, (EventValue)a.Value))]);
    });
}
