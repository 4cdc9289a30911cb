using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>What becomes of a delta at the end of its period, and of its bond.</summary>
public sealed class DeltaTests
{
    private readonly DeltaWorld _world = new();

    private LedgerFixture Chain => _world.Chain;

    private PrivateKey Alice => Chain.Alice;

    private PrivateKey Bob => Chain.Bob;

    /// <summary>Keys can be changed for nothing, every other block.</summary>
    [Fact]
    public void TheListOfHoldersIsNeverLongerThanTheSet()
    {
        _world.Step(_world.Propose(Alice, 1));
        var delta = DeltaRecord.Get(Chain.State, _world.Task, 1)!;
        var others = Chain.ValidatorKeys.Skip(1).Select(key => new Validator(key.Address, 10)).ToList();
        foreach (var holder in others) delta = delta.WithHolder(holder.Address, SetOf(others));
        for (var i = 0; i < 50; i++)
        {
            var fresh = PrivateKey.FromSeed(Hash256.Sha256([1, (byte)i])).Address;
            var set = SetOf([.. others, new Validator(fresh, 10)]);
            delta = delta.WithHolder(fresh, set);
            Assert.Equal(set.Validators.Select(validator => validator.Address).Order(), delta.Held);
        }

        static ValidatorSet SetOf(IEnumerable<Validator> validators)
        {
            Assert.True(ValidatorSet.TryCreate([.. validators.OrderBy(validator => validator.Address)], out var set));
            return set;
        }
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
        Assert.Equal(Amount.Zero, Chain.Supply.Escrow);

        // The supplier of the set stays who it was: one more sample buys nobody its share.
        var genesis = Chain.Genesis.Datasets[0];
        Assert.Equal(new DatasetRecord(set.Root, 1_030, genesis.Supplier, genesis.Name), DatasetsModule.Get(Chain.State, set.Root));
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
        _world.Earn((Alice, 900), (Bob, 100)); // nine tenths in one hand
        _world.Step(_world.Propose(Alice, 1));
        _world.Step([.. _world.Held(1), _world.Vote(Alice, 1)]);
        var count = TrainingSets.Count(Chain.State, DeltaRecord.Get(Chain.State, _world.Task, 1)!);
        Assert.Equal(new DeltaCount(200, 0, 1_000, 0, 4), count);
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
        _world.Step(_world.Vote(Chain.ValidatorKeys[0], 1, false));
        _world.Step(Chain.Rotate(Chain.ValidatorKeys[0], fresh));
        var votes = DeltaVotes.Get(Chain.State, _world.Task, 1);
        Assert.True(DeltaVotes.HasVoted(Chain.State, votes, fresh.Address));
        var both = votes.Add(new DeltaVote(fresh.Address, true));
        var count = DeltaCount.Of(Chain.State, _world.Task, Chain.Members, both);
        Assert.Equal((1UL, (UInt128)0), (count.RejectingPower, count.Approving));
    }

    [Fact]
    public void OfTwoTheOneWithMorePointsIsAppliedAndTheOtherHasItsBondBack()
    {
        _world.Step(_world.Propose(Alice, 1), _world.Propose(Bob, 2));
        var locked = Chain.AccountOf(Alice).Balance;
        _world.Step([.. _world.Held(1), .. _world.Held(2), .. Chain.ValidatorKeys.Take(2).Select(key => _world.Vote(key, 1)), .. Chain.ValidatorKeys.Skip(1).Select(key => Later(key, 2))]);
        _world.StepTo(10);
        Assert.Equal((1UL, DeltaWorld.RootOf(2)), (_world.Set.Version, _world.Set.Root));
        Assert.Equal(["outrun"], _world.Causes);
        Assert.Equal(locked + DeltaWorld.Bond, Chain.AccountOf(Alice).Balance);
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
    public void WhatWaitsWhenAnotherIsAppliedHasItsBondBack()
    {
        _world.Step(_world.Propose(Alice, 1));
        _world.Step([.. _world.Held(1), .. Chain.ValidatorKeys.Select(key => _world.Vote(key, 1))]);
        _world.StepTo(6);
        _world.Step(_world.Propose(Bob, 2));
        var locked = Chain.AccountOf(Bob).Balance;
        _world.StepTo(10);
        Assert.Equal((1UL, 0), (_world.Set.Version, _world.Set.Open.Length));
        Assert.Equal(locked + DeltaWorld.Bond, Chain.AccountOf(Bob).Balance);
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

    private void Ends(string? cause)
    {
        var (locked, burned) = (Chain.AccountOf(Alice).Balance, Chain.Supply.Burned);
        _world.StepTo(10);
        Assert.Equal(cause is null ? [] : [cause], _world.Causes);
        Assert.Equal(cause is null ? 1UL : 0UL, _world.Set.Version);
        if (cause is not null) Assert.Equal((locked + DeltaWorld.Bond, burned), (Chain.AccountOf(Alice).Balance, Chain.Supply.Burned));
    }
}
