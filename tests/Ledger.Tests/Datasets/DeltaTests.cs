using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>What becomes of a delta at the end of its period, and of its bond.</summary>
public sealed class DeltaTests
{
    private readonly DeltaWorld _world = new();

    private LedgerFixture Chain => _world.Chain;

    private PrivateKey Alice => Chain.Alice;

    private PrivateKey Bob => Chain.Bob;

    [Fact]
    public void TheListOfHoldersIsNeverLongerThanTheSet()
    {
        _world.Step(_world.Propose(Alice, 1));
        var strangers = Enumerable.Range(0, Limits.ValidatorsMax).Select(i => LedgerFixture.Key(20_000 + i).Address).Order();
        var delta = DeltaRecord.Get(Chain.State, _world.Task, 1)! with { Held = [.. strangers] };
        Chain.State = Chain.State.With(state => delta.Store(state));
        _world.Step(_world.Hold(Chain.ValidatorKeys[0], 1));
        Assert.Equal([Chain.ValidatorKeys[0].Address], DeltaRecord.Get(Chain.State, _world.Task, 1)!.Held);
    }

    [Fact]
    public void WhoChangesItsKeyStillHoldsWhatItHeldAndSaysSoOnce()
    {
        var fresh = LedgerFixture.Key(5_000);
        _world.Step(_world.Propose(Alice, 1));
        _world.Step([.. _world.Held(1, validators: 3), .. Chain.ValidatorKeys.Select(key => _world.Vote(key, 1))]);
        _world.StepTo(8);
        _world.Step(Chain.Rotate(Chain.ValidatorKeys[0], fresh));
        Assert.Empty(TrainingSets.Unheld(Chain.State, fresh.Address, Chain.Members));
        Assert.Equal(TransactionRejection.AlreadySent, Chain.OutcomeOf(_world.Hold(Chain.ValidatorKeys[0], 1))); // it votes for two more blocks
        _world.StepTo(10);
        Assert.Equal(1UL, _world.Set.Version);
    }

    [Fact]
    public void ADeltaThatIsHeldAndApprovedBecomesTheNextVersion()
    {
        _world.Step(_world.Propose(Alice, 1));
        var locked = Chain.AccountOf(Alice).Balance;
        Assert.Equal(DeltaWorld.Bond, Chain.Supply.Escrow);
        _world.Step([.. _world.Held(1), .. Chain.ValidatorKeys.Take(2).Select(key => _world.Vote(key, 1))]);
        _world.StepTo(9);
        Assert.Equal(0UL, _world.Set.Version);
        var issued = Chain.Supply.Issued;
        _world.StepTo(10);

        var (set, version) = (_world.Set, TrainingSets.Version(Chain.State, _world.Task, 1)!);
        Assert.Equal((1UL, DeltaWorld.RootOf(1), 1_030u), (set.Version, set.Root, set.Samples));
        Assert.Equal((set.Root, set.Samples, 1UL, Alice.Address, 40u, 10u), (version.Root, version.Samples, version.Delta, version.Proposer, version.Adds, version.Removes));
        Assert.Empty(set.Open);
        Assert.Null(DeltaRecord.Get(Chain.State, _world.Task, 1));
        Assert.Empty(DeltaVotes.Get(Chain.State, _world.Task, 1));
        var reward = Amount.DivRem(issued, 1_000_000).Quotient; // 0.0001 %
        Assert.Equal(locked + DeltaWorld.Bond + reward, Chain.AccountOf(Alice).Balance);
        Assert.Equal(reward, Points.Of(Chain.State, _world.Task, Alice.Address));
        Assert.Equal(reward, RewardTotals.Get(Chain.State).Paid);
        Assert.Equal(Amount.Zero, Chain.Supply.Escrow);

        // The supplier of the set stays who it was: one more sample buys nobody its share.
        var genesis = Chain.Genesis.Datasets[0];
        Assert.Equal(new DatasetRecord(set.Root, 1_030, genesis.Supplier, ""), DatasetsModule.Get(Chain.State, set.Root));
    }

    [Fact]
    public void WhatTooFewValidatorsHoldBurnsItsBondWhateverIsVoted()
    {
        _world.Step(_world.Propose(Alice, 1));
        _world.Step([.. _world.Held(1, validators: 2), .. Chain.ValidatorKeys.Select(key => _world.Vote(key, 1))]);
        var (locked, burned) = (Chain.AccountOf(Alice).Balance, Chain.Supply.Burned);
        _world.StepTo(10);
        Assert.Equal(["not_held"], _world.Causes);
        Assert.Equal((0UL, locked, burned + DeltaWorld.Bond), (_world.Set.Version, Chain.AccountOf(Alice).Balance, Chain.Supply.Burned));
    }

    [Fact]
    public void WhoWasJailedHoldsNothing()
    {
        _world.Step(_world.Propose(Alice, 1));
        _world.Step([.. _world.Held(1, validators: 3), .. Chain.ValidatorKeys.Select(key => _world.Vote(key, 1))]);
        Chain.State = LedgerChange.Of(Chain, context => Jail.Commit(context, Chain.ValidatorKeys[0].Address, "vote"));
        _world.StepTo(10);
        Assert.Equal(["not_held"], _world.Causes);
    }

    [Theory]
    [InlineData(20, 20, "rejected")] // a tie
    [InlineData(20, 19, null)]
    [InlineData(19, 20, "rejected")]
    public void MoreMustApproveThanReject(ulong approving, ulong rejecting, string? cause)
    {
        _world.Earn((Alice, approving), (Bob, rejecting), (Chain.ValidatorKeys[0], 15), (Chain.ValidatorKeys[1], 15), (LedgerFixture.Key(31), 70 - approving - rejecting));
        _world.Step(_world.Propose(Alice, 1));
        _world.Step([.. _world.Held(1), _world.Vote(Alice, 1), _world.Vote(Bob, 1, false), _world.Vote(Chain.ValidatorKeys[0], 1), _world.Vote(Chain.ValidatorKeys[1], 1, false)]);
        Ends(cause);
    }

    // Of a hundred points; nobody has more than a fifth.
    [Theory]
    [InlineData(13, "no_quorum")]
    [InlineData(14, null)]
    public void AThirdOfAllPointsMustApprove(ulong second, string? cause)
    {
        _world.Earn((Alice, 20), (Bob, second), (LedgerFixture.Key(31), 20), (LedgerFixture.Key(32), 60 - second));
        Assert.Equal(100UL, (ulong)Points.Total(Chain.State, _world.Task).Units);
        _world.Step(_world.Propose(Alice, 1));
        _world.Step([.. _world.Held(1), _world.Vote(Alice, 1), _world.Vote(Bob, 1)]);
        Ends(cause);
    }

    [Fact]
    public void AWhaleCountsForAFifth()
    {
        _world.Earn((Alice, 600), (Bob, 200), (LedgerFixture.Key(31), 200)); // six tenths in one hand
        _world.Step(_world.Propose(Alice, 1));
        _world.Step([.. _world.Held(1), _world.Vote(Alice, 1)]);
        Assert.Equal(new DeltaCount(200, 0, 1_000, 0, 4), Assert.Single(TrainingSets.Standings(Chain.State, _world.Set)).Count);
        Ends("no_quorum");
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, "vetoed")] // of four: more than a third of the power
    public void ValidatorsHaveAVetoOfAThirdWhateverPointsSay(int rejecting, string? cause)
    {
        _world.Earn((Alice, 20), (Bob, 20), (LedgerFixture.Key(31), 20));
        _world.Step(_world.Propose(Alice, 1));
        _world.Step([.. _world.Held(1), _world.Vote(Alice, 1), _world.Vote(Bob, 1), .. Chain.ValidatorKeys.Take(rejecting).Select(key => _world.Vote(key, 1, false))]);
        Ends(cause);
    }

    [Fact]
    public void AKeyAndTheOneBeforeItVotePowerOnce()
    {
        var fresh = LedgerFixture.Key(5_000);
        _world.Step(_world.Propose(Alice, 1));
        _world.Step(_world.Vote(Chain.ValidatorKeys[0], 1, false), Chain.Transfer(Alice, fresh.Address, Amount.FromNtk(1)));
        _world.Step(Chain.Rotate(Chain.ValidatorKeys[0], fresh));
        Assert.Equal(TransactionRejection.DeltaVoteRepeated, Chain.OutcomeOf(_world.Vote(fresh, 1)));
        // As if the new key had voted before it was a validator's.
        var both = DeltaVotes.Get(Chain.State, _world.Task, 1).Add(new DeltaVote(fresh.Address, true, Amount.Zero, false));
        var count = DeltaCount.Of(new VoterWeights(Chain.State, _world.Task), both);
        Assert.Equal((1UL, (UInt128)0), (count.RejectingPower, count.Approving));
    }

    // Whoever has it still may have stolen it: why else was it replaced?
    [Fact]
    public void AKeyThatWasReplacedNeitherVotesNorStandsInTheWayOfTheKeyInItsPlace()
    {
        var (stolen, fresh) = (Chain.ValidatorKeys[0], LedgerFixture.Key(5_000));
        _world.Earn((stolen, 20), (Alice, 20), (Bob, 20));
        _world.Step(Chain.Transfer(Alice, fresh.Address, Amount.FromNtk(1)));
        _world.Step(_world.Propose(Alice, 1));
        _world.Step(Chain.Rotate(stolen, fresh));
        Assert.Equal(TransactionRejection.NoPoints, Chain.OutcomeOf(_world.Vote(stolen, 1, false)));
        _world.Step([.. _world.Held(1, validators: 3), _world.Vote(fresh, 1), _world.Vote(Alice, 1)]);
        var count = Assert.Single(TrainingSets.Standings(Chain.State, _world.Set)).Count;
        Assert.Equal(new DeltaCount(24, 0, 60, 0, 4), count); // a fifth of sixty, twice: its points went along
        Ends(null);
    }

    [Fact]
    public void ManyKeysOneAfterTheOtherAreOneHolder()
    {
        var keys = Enumerable.Range(0, 4).Select(i => LedgerFixture.Key(5_000 + i)).Prepend(Chain.ValidatorKeys[0]).ToArray();
        for (var i = 0; i + 1 < keys.Length; i++)
        {
            _world.Earn((keys[i], 100));
            _world.Step(Chain.Rotate(keys[i], keys[i + 1]));
            _world.Step();
        }

        Assert.All(keys, key => Assert.Equal(new Amount(400), Points.Of(Chain.State, _world.Task, key.Address)));
        Assert.Equal(new Amount(80), Points.TotalUpToCap(Chain.State, _world.Task));
    }

    // The first delta that passes makes its proposer the holder of all points.
    [Fact]
    public void WhileOneHandHasAllPointsValidatorsDecideByPower()
    {
        _world.ApplyDelta(Alice, 1);
        Assert.False(Points.Decide(Chain.State, _world.Task));
        _world.ApplyDelta(Bob, 2);
    }

    [Fact]
    public void WhatAllCountForIsKnownFromTheLargestAlone()
    {
        var stream = new SeededStream(5);
        for (var run = 0; run < 30; run++)
        {
            var (world, holders) = (new DeltaWorld(), new UInt128[1 + stream.NextBelow(8)]);
            for (var i = 0; i < 60; i++)
            {
                var (who, earned) = (stream.NextBelow((ulong)holders.Length), 1 + stream.NextBelow(1UL << (int)stream.NextBelow(20)));
                holders[who] += earned;
                world.Earn((LedgerFixture.Key(30_000 + (int)who), earned));
                var total = holders.Aggregate(UInt128.Zero, (sum, points) => sum + points);
                Assert.Equal(holders.Aggregate(UInt128.Zero, (sum, points) => sum + UInt128.Min(points, total / 5)), Points.TotalUpToCap(world.Chain.State, world.Task).Units);
            }
        }
    }

    [Fact]
    public void TwoPeriodsOfHalfTheLengthPayAsOne()
    {
        _world.SetPeriod(5);
        _world.ApplyDelta(Alice, 1);
        Assert.Equal(new Height(5), _world.Set.Opened);
        Paid(Alice, 2);
        _world.SetPeriod(100); // nobody is paid for waiting
        _world.ApplyDelta(Bob, 2, message => message.Adds = 41); // 51 may change now
        Paid(Bob, 1);
    }

    [Fact]
    public void AChangeIsPaidByItsSize()
    {
        _world.ApplyDelta(Alice, 1, message => (message.Adds, message.Removes) = (3, 2)); // of fifty that may change
        Paid(Alice, 10);
    }

    [Fact]
    public void SamplesThatWereTakenOutAndPutBackEarnNoShare()
    {
        _world.ApplyDelta(Alice, 1, message => (message.Adds, message.Removes) = (0, 40));
        _world.ApplyDelta(Alice, 2, message => (message.Adds, message.Removes) = (45, 0));
        _world.ApplyDelta(Bob, 3, message => (message.Adds, message.Removes) = (30, 10));
        Assert.Equal([0u, 5u, 20u], _world.Set.Winners.Select(winner => winner.Adds));
    }

    [Fact]
    public void ALargerBondTakesThePlaceOfTheLowestThatNobodyBacks()
    {
        _world.Step(_world.Propose(Alice, 1));
        _world.Step(_world.Vote(Chain.ValidatorKeys[0], 1));
        _world.Step(_world.Propose(Bob, 2));
        var (first, second) = (DeltaRecord.Get(Chain.State, _world.Task, 1)!, DeltaRecord.Get(Chain.State, _world.Task, 2)!);
        Assert.Equal((true, false), (first.IsBacked, second.IsBacked));
        var others = Enumerable.Range(3, Limits.OpenDeltasMax - 2).Select(i => second with { Number = (ulong)i, Bond = second.Bond + new Amount(1), Proposer = LedgerFixture.Key(40_000 + i).Address }).ToArray();
        Assert.True(Chain.Supply.Escrow == DeltaWorld.Bond * 2);
        Chain.State = LedgerChange.Of(Chain, context =>
        {
            foreach (var other in others)
            {
                Assert.True(SupplyModule.TryLock(context.State, Alice.Address, other.Bond));
                other.Store(context.State);
            }

            (_world.Set with { Open = [1, 2, .. others.Select(other => other.Number)], NextDelta = 100 }).Store(context.State);
        });
        var balance = Chain.AccountOf(Bob).Balance;
        _world.Step(_world.Propose(Chain.ValidatorKeys[1], 3, message => message.Bond = LedgerFixture.Bytes(DeltaWorld.Outbidding)));
        Assert.Equal(["displaced"], _world.Causes);
        Assert.Equal(balance + DeltaWorld.Bond, Chain.AccountOf(Bob).Balance); // it was never decided on
        Assert.Equal((Limits.OpenDeltasMax, 100UL), (_world.Set.Open.Length, _world.Set.Open[^1]));
        Assert.DoesNotContain(2UL, _world.Set.Open);
        Assert.Null(DeltaRecord.Get(Chain.State, _world.Task, 2));
    }

    [Fact]
    public void AnApprovalByDustBacksNothing()
    {
        _world.Earn((Alice, 1), (Bob, 100), (LedgerFixture.Key(31), 10));
        _world.Step(_world.Propose(Bob, 1));
        _world.Step(_world.Vote(Alice, 1));
        Assert.False(DeltaRecord.Get(Chain.State, _world.Task, 1)!.IsBacked);
        _world.Step(_world.Vote(Bob, 1));
        Assert.True(DeltaRecord.Get(Chain.State, _world.Task, 1)!.IsBacked);
    }

    [Fact]
    public void OfTwoTheOneWithMorePointsIsAppliedAndTheOtherPaysAFee()
    {
        _world.Step(_world.Propose(Alice, 1), _world.Propose(Bob, 2));
        var locked = Chain.AccountOf(Alice).Balance;
        _world.Step([.. _world.Held(1), .. _world.Held(2), .. Chain.ValidatorKeys.Take(2).Select(key => _world.Vote(key, 1)), .. Chain.ValidatorKeys.Skip(1).Select(key => Later(key, 2))]);
        _world.StepTo(10);
        Assert.Equal((1UL, DeltaWorld.RootOf(2)), (_world.Set.Version, _world.Set.Root));
        Assert.Equal(["outrun"], _world.Causes);
        Assert.Equal(locked + DeltaWorld.Bond - DeltaWorld.Fee, Chain.AccountOf(Alice).Balance);
        return;

        // The second vote of a key in one block has the next nonce.
        Transaction Later(PrivateKey key, ulong delta) => Chain.Pay(
            key,
            new NeuroChain.Types.V1.TransactionBody { DatasetVote = new NeuroChain.Types.V1.DatasetVote { Task = DeltaWorld.Bytes(_world.Task), Delta = delta, Approve = true } },
            new Amount(Chain.FeeMin.Units * 5),
            Chain.AccountOf(key).Nonce + (Array.IndexOf([.. Chain.ValidatorKeys], key) < 2 ? 1UL : 0UL));
    }

    [Fact]
    public void OfEqualsTheEarlierIsApplied()
    {
        _world.Step(_world.Propose(Alice, 1), _world.Propose(Bob, 2));
        _world.Step([.. _world.Held(1), .. _world.Held(2), _world.Vote(Chain.ValidatorKeys[0], 2), _world.Vote(Chain.ValidatorKeys[1], 2), _world.Vote(Chain.ValidatorKeys[2], 1), _world.Vote(Chain.ValidatorKeys[3], 1)]);
        _world.StepTo(10);
        Assert.Equal(DeltaWorld.RootOf(1), _world.Set.Root);
    }

    [Fact]
    public void WhatComesInTheSecondHalfWaitsForTheNextEnd()
    {
        _world.StepTo(5);
        _world.Step(_world.Propose(Alice, 1)); // in block 6: not five blocks before the end
        _world.Step([.. _world.Held(1), .. Chain.ValidatorKeys.Select(key => _world.Vote(key, 1))]);
        _world.StepTo(10);
        Assert.Equal((0UL, 1), (_world.Set.Version, _world.Set.Open.Length));
        _world.StepTo(20);
        Assert.Equal((1UL, 0), (_world.Set.Version, _world.Set.Open.Length));
    }

    [Fact]
    public void WhatWaitsWhenAnotherIsAppliedPaysAFee()
    {
        _world.Step(_world.Propose(Alice, 1));
        _world.Step([.. _world.Held(1), .. Chain.ValidatorKeys.Select(key => _world.Vote(key, 1))]);
        _world.StepTo(6);
        _world.Step(_world.Propose(Bob, 2));
        var locked = Chain.AccountOf(Bob).Balance;
        _world.StepTo(10);
        Assert.Equal((1UL, 0), (_world.Set.Version, _world.Set.Open.Length));
        Assert.Equal(locked + DeltaWorld.Bond - DeltaWorld.Fee, Chain.AccountOf(Bob).Balance);
    }

    [Fact]
    public void VersionsStandInOrderForGoodAndOnlyTheLastOnesMayBeTrainedOn()
    {
        _world.Earn([.. Chain.ValidatorKeys.Select(key => (key, Amount.FromNtk(100).Units))]);
        for (byte number = 1; number <= 10; number++)
        {
            _world.Step(_world.Propose(Alice, number));
            _world.Step([.. _world.Held(number), .. Chain.ValidatorKeys.Select(key => _world.Vote(key, number))]);
            _world.StepTo(number * DeltaWorld.Period);
        }

        Assert.Equal(10UL, _world.Set.Version);
        Assert.Equal(TrainingSetRecord.VersionsKept, _world.Set.Winners.Length);
        var task = _world.Task;
        Assert.Equal(Chain.Genesis.Tasks[0].TrainingSet, TrainingSets.Version(Chain.State, task, 0)!.Root);
        var samples = 1_000u;
        for (byte number = 1; number <= 10; number++)
        {
            var version = TrainingSets.Version(Chain.State, task, number)!;
            samples += 30;
            Assert.Equal((DeltaWorld.RootOf(number), samples, (ulong)number, new Height(number * DeltaWorld.Period)), (version.Root, version.Samples, version.Delta, version.Height));
            Assert.Equal(BlobManifest.Of([1, number]).Hash, version.Blob);
            Assert.Equal(number >= 2, TrainingSets.IsRecent(Chain.State, task, version.Root));
        }
    }

    // That part of what a delta is worth; fees have burned a little of the supply since.
    private void Paid(PrivateKey who, ulong part)
    {
        var whole = DeltaReward.Of(Chain.Supply.Issued, HalvingEpoch.Get(Chain.State)).Units;
        Assert.InRange(Points.Of(Chain.State, _world.Task, who.Address).Units, whole / part, (whole + (whole / 10_000)) / part);
    }

    private void Ends(string? cause)
    {
        var (locked, burned, treasury) = (Chain.AccountOf(Alice).Balance, Chain.Supply.Burned, Chain.Supply.Treasury);
        _world.StepTo(10);
        Assert.Equal(cause is null ? [] : [cause], _world.Causes);
        Assert.Equal(cause is null ? 1UL : 0UL, _world.Set.Version);
        if (cause is null) return;
        Assert.Equal((locked + DeltaWorld.Bond - DeltaWorld.Fee, burned, treasury + DeltaWorld.Fee), (Chain.AccountOf(Alice).Balance, Chain.Supply.Burned, Chain.Supply.Treasury));
        Assert.Equal(Amount.Zero, Chain.Supply.Escrow);
    }
}
