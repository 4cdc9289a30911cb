using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>From a burn here to a leaf that the vault takes, and back where it was not taken.</summary>
public sealed class WithdrawalTests
{
    private static readonly Amount Ten = Amount.FromNtk(10);

    private static readonly Address There = LedgerFixture.Key(800).Address;

    private readonly BridgeWorld _world = new();

    public WithdrawalTests() => _world.Fund();

    private LedgerFixture Chain => _world.Chain;

    /// <summary>The vault follows by it: the header that names the new set has it under its bridge root.</summary>
    [Fact]
    public void AChangeOfTheSetIsALeafInTime()
    {
        var changed = Chain.Step(Chain.Rotate(Chain.ValidatorKeys[0], LedgerFixture.Key(700)));
        Chain.Step();
        var header = Chain.LastBlock.Block.Header;
        Assert.NotEqual(header.ValidatorsRoot, header.NextValidatorsRoot); // the last height of the old set
        Assert.Equal(header.Height.ToString(), LedgerFixture.Attribute(changed, "bridge.set_changed", "last_height"));
        var leaf = BridgeLeaf.SetChange(1, header.Height, header.NextValidatorsRoot);
        Assert.True(BridgeLeaves.Prove(Chain.State, 0)!.Proves(header.BridgeRoot, leaf));
    }

    [Fact]
    public void ASmallOneIsCertifiedAtOnceAndTheNextHeaderProvesIt()
    {
        var before = _world.BalanceOf(_world.Alice);
        var burnId = _world.Burn(Ten, There);
        Assert.Equal(before - Ten - _world.LastFee, _world.BalanceOf(_world.Alice));
        var record = _world.Withdrawal(burnId)!;
        Assert.Equal((WithdrawalState.Certified, There, Ten), (record.State, record.To, record.Amount));
        Assert.Equal((Ten, 1UL), (_world.Status.Open, BridgeLeaves.Peaks(Chain.State).Count));

        var leaf = BridgeLeaf.Release(BridgeWorld.Bridge.VaultAddress, new BridgeWithdrawal(burnId, There, Ten, record.DeadlineSeconds));
        var proof = BridgeLeaves.Prove(Chain.State, record.Leaf)!;
        Assert.Equal(leaf, BridgeLeaves.Get(Chain.State, record.Leaf));
        Assert.Equal(Hash256.Zero, Chain.LastBlock.Block.Header.BridgeRoot);
        Chain.Step();
        Assert.True(proof.Proves(Chain.LastBlock.Block.Header.BridgeRoot, leaf));
        Assert.Equal(Chain.LastBlock.Block.Header.BridgeRoot, Chain.LastCommit!.Block.BridgeRoot); // what the precommits sign
        Assert.Null(BridgeLeaves.Prove(Chain.State, 1));
    }

    [Fact]
    public void EveryLaterRootHasIt()
    {
        var first = _world.Burn(Ten, There);
        for (var i = 0; i < 6; i++) _world.Burn(Ten);
        Chain.Step();
        var record = _world.Withdrawal(first)!;
        var leaf = BridgeLeaf.Release(BridgeWorld.Bridge.VaultAddress, new BridgeWithdrawal(first, There, Ten, record.DeadlineSeconds));
        Assert.True(BridgeLeaves.Prove(Chain.State, 0)!.Proves(Chain.LastBlock.Block.Header.BridgeRoot, leaf));
    }

    [Fact]
    public void WhatWasReleasedIsDone()
    {
        var burnId = _world.Burn(Ten, There);
        _world.Ethereum.Release(burnId, There, Ten);
        _world.Bring();
        Assert.Null(_world.Withdrawal(burnId));
        Assert.Equal((Amount.Zero, Ten, BridgeHalt.None), (_world.Status.Open, _world.Status.Released, _world.Status.Halts));
        Assert.Equal(Amount.FromNtk(890), Chain.Supply.Credited - Chain.Supply.Withdrawn);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("twice")]
    [InlineData("other receiver")]
    [InlineData("other amount")]
    [InlineData("held")]
    public void S7AReleaseThatWasNotCertifiedStopsTheBridge(string what)
    {
        var burnId = _world.Burn(what == "held" ? Amount.FromNtk(101) : Ten, There);
        if (what == "twice")
        {
            _world.Ethereum.Release(burnId, There, Ten);
            _world.Bring();
        }

        var released = _world.Status.Released;
        _world.Ethereum.Release(
            what == "unknown" ? Hash256.Sha256("x"u8) : burnId,
            what == "other receiver" ? Chain.Bob.Address : There,
            what == "other amount" ? Ten + Ten : what == "held" ? Amount.FromNtk(101) : Ten);
        Assert.Equal("Supply", LedgerFixture.Attribute(_world.Bring(), "bridge.halted", "reason"));
        Assert.Equal(released, _world.Status.Released);
    }

    [Fact]
    public void F24AfterTheDeadlineItComesBackWithAProof()
    {
        var burnId = _world.Burn(Ten, There);
        var before = _world.BalanceOf(_world.Alice);
        _world.Ethereum.Time = _world.Withdrawal(burnId)!.DeadlineSeconds - 12;
        var atDeadline = _world.Mined(); // the vault would still take it in this very second
        Assert.Equal(TransactionRejection.RelayDeadlineNotPassed, Chain.OutcomeOf(_world.Relay(_world.Unreleased(atDeadline, burnId))));
        var after = _world.Mined();
        Assert.Equal(TransactionRejection.DeadlineNotPassed, Chain.OutcomeOf(_world.Show(_world.Unreleased(atDeadline, burnId))));
        var result = Chain.Step(_world.Relay(_world.Unreleased(after, burnId)));
        Assert.Equal("deadline", LedgerFixture.Attribute(result, "bridge.refunded", "cause"));
        Assert.Equal((before + Ten, Amount.Zero), (_world.BalanceOf(_world.Alice), _world.Status.Open));
        Assert.Equal(TransactionRejection.UnknownWithdrawal, Chain.OutcomeOf(_world.Relay(_world.Unreleased(after, burnId))));
        Assert.Null(SupplyModule.Audit(Chain.State));
    }

    [Fact]
    public void WhatWasReleasedIsNotRefunded()
    {
        var burnId = _world.Burn(Ten, There);
        _world.Ethereum.Release(burnId, There, Ten); // known there, not brought here
        _world.Ethereum.Time = _world.Withdrawal(burnId)!.DeadlineSeconds;
        var block = _world.Mined();
        Assert.Equal(TransactionRejection.RelayWithdrawalReleased, Chain.OutcomeOf(_world.Relay(_world.Unreleased(block, burnId))));
        Assert.Equal(TransactionRejection.WithdrawalReleased, Chain.OutcomeOf(_world.Show(_world.Unreleased(block, burnId))));
    }

    [Fact]
    public void AProofOfAnotherBurnRefundsNothing()
    {
        var burnId = _world.Burn(Ten, There);
        _world.Ethereum.Release(burnId, There, Ten);
        _world.Ethereum.Time = _world.Withdrawal(burnId)!.DeadlineSeconds;
        var block = _world.Mined();
        var evidence = _world.Unreleased(block, Hash256.Sha256("other"u8));
        evidence.Unreleased.BurnId = TrainingWorld.Bytes(burnId);
        Assert.Contains(Chain.OutcomeOf(_world.Relay(evidence)), new[] { TransactionRejection.RelayProofInvalid, TransactionRejection.RelayWithdrawalReleased });
        evidence = _world.Unreleased(block, burnId);
        evidence.Unreleased.Nodes.RemoveAt(0);
        Assert.Equal(TransactionRejection.RelayProofInvalid, Chain.OutcomeOf(_world.Relay(evidence)));
    }

    [Fact]
    public void ALargeOneIsHeld()
    {
        var burnId = _world.Burn(Amount.FromNtk(101), There);
        Assert.Equal(WithdrawalState.Held, _world.Withdrawal(burnId)!.State);
        for (ulong i = 1; i < BridgeWorld.Limits.HoldBlocks; i++) Chain.Step();
        Assert.Equal(WithdrawalState.Held, _world.Withdrawal(burnId)!.State);
        Chain.Step();
        Assert.Equal(WithdrawalState.Certified, _world.Withdrawal(burnId)!.State);
        Assert.Equal(TransactionRejection.WithdrawalNotHeld, Chain.OutcomeOf(_world.Veto(Chain.ValidatorKeys[0], burnId)));
    }

    [Fact]
    public void MoreThanAThirdVetoesIt()
    {
        var before = _world.BalanceOf(_world.Alice);
        var burnId = _world.Burn(Amount.FromNtk(101), There);
        Chain.Step(_world.Veto(Chain.ValidatorKeys[0], burnId));
        Assert.NotNull(_world.Withdrawal(burnId));
        Assert.Equal(TransactionRejection.AlreadySent, Chain.OutcomeOf(_world.Veto(Chain.ValidatorKeys[0], burnId)));
        var fresh = LedgerFixture.Key(700);
        Chain.Step(Chain.Rotate(Chain.ValidatorKeys[0], fresh));
        Assert.Equal(TransactionRejection.AlreadySent, Chain.OutcomeOf(_world.Veto(fresh, burnId))); // a new key is no second voice
        Chain.Step(_world.Veto(Chain.ValidatorKeys[1], burnId));
        Assert.Null(_world.Withdrawal(burnId));
        Assert.Equal((before - _world.LastFee, Amount.Zero), (_world.BalanceOf(_world.Alice), _world.Status.Open));
        Assert.Equal(TransactionRejection.UnknownWithdrawal, Chain.OutcomeOf(_world.Veto(Chain.ValidatorKeys[2], burnId)));
        for (var i = 0; i < 6; i++) Chain.Step();
        Assert.Equal(1UL, BridgeLeaves.Peaks(Chain.State).Count); // that of the new key: no other was ever made
    }

    [Fact]
    public void S8InAnyTimeNoMoreLeavesThanCapacityAndRate()
    {
        for (var i = 0; i < 8; i++) _world.Burn(Amount.FromNtk(80), There);
        var start = Chain.State.Time;
        var certified = Amount.Zero;
        for (var i = 0; i < 40; i++)
        {
            var result = Chain.Step();
            certified = Amount.FromNtk(80) * BridgeLeaves.Peaks(Chain.State).Count;
            var seconds = 8 + ((Chain.State.Time.Milliseconds - start.Milliseconds) / 1_000);
            Assert.True(certified <= BridgeWorld.Limits.OutCapacity + (BridgeWorld.Limits.OutPerSecond * seconds));
        }

        Assert.Equal(Amount.FromNtk(640), certified); // in the end all of it
        Assert.Equal(_world.Status.WaitingFirst, _world.Status.WaitingNext);
    }

    [Fact]
    public void WhatIsAboveACapacityThatWasLoweredComesBack()
    {
        var before = _world.BalanceOf(_world.Alice);
        var burnId = _world.Burn(Amount.FromNtk(300), There);
        _world.Ethereum.SetLimits(Amount.FromNtk(200));
        _world.Bring();
        for (var i = 0; i < 6 && _world.Withdrawal(burnId) is not null; i++) Chain.Step();
        Assert.Equal(before - _world.LastFee, _world.BalanceOf(_world.Alice));
        Assert.Equal(0UL, BridgeLeaves.Peaks(Chain.State).Count);
    }

    [Fact]
    public void F16WhileTheVaultHasNotFollowedNoLeafIsAppended()
    {
        var fresh = LedgerFixture.Key(700);
        Chain.Step(Chain.Rotate(Chain.ValidatorKeys[0], fresh));
        var burnId = _world.Burn(Ten, There);
        for (var i = 0; i < 5; i++) Chain.Step();
        Assert.Equal(WithdrawalState.Waiting, _world.Withdrawal(burnId)!.State);

        var next = VaultSets.NextToFollow(Chain.State)!.Value;
        _world.FollowNext();
        _world.Bring();
        Assert.Equal((Chain.Members.Root, next.LastHeight), (_world.Status.FollowedRoot, _world.Status.FollowedHeight));
        Assert.Null(VaultSets.NextToFollow(Chain.State));
        Assert.Equal(WithdrawalState.Certified, _world.Withdrawal(burnId)!.State);
    }

    [Theory]
    [InlineData("set")]
    [InlineData("future")]
    [InlineData("old")]
    public void AVaultThatFollowsAnotherSetStopsTheBridge(string what)
    {
        Chain.Step(Chain.Rotate(Chain.ValidatorKeys[0], LedgerFixture.Key(700)));
        Chain.Step();
        var next = VaultSets.NextToFollow(Chain.State)!.Value;
        _world.Ethereum.Follow(what == "future" ? 1_000 : what == "old" ? 0 : next.LastHeight.Value, what == "set" ? Hash256.Sha256("s"u8) : next.Root);
        Assert.Equal("WrongSet", LedgerFixture.Attribute(_world.Bring(), "bridge.halted", "reason"));
    }

    [Fact]
    public void NoSetIsPassedOver()
    {
        var first = LedgerFixture.Key(700);
        Chain.Step(Chain.Rotate(Chain.ValidatorKeys[0], first));
        Chain.Step();
        var changed = Chain.Step(Chain.Rotate(first, LedgerFixture.Key(701)));
        Assert.Equal(("2", Chain.Members.Root.ToString()), (LedgerFixture.Attribute(changed, "bridge.set_changed", "number"), LedgerFixture.Attribute(changed, "bridge.set_changed", "set_root")));
        Chain.Step();
        _world.Ethereum.Follow(Chain.State.Height.Value, Chain.Members.Root);
        Assert.Equal("WrongSet", LedgerFixture.Attribute(_world.Bring(), "bridge.halted", "reason"));
    }

    [Fact]
    public void TheBondOfWhoLeftWaitsForTheVault()
    {
        // Locks are the only money: a validator is funded, bonds, and leaves.
        var world = new BridgeWorld(validators: 5);
        var leaver = world.Chain.ValidatorKeys[4];
        world.Ethereum.Lock(leaver.Address, Ten);
        world.Bring();
        world.Chain.Step(world.Chain.Bond(leaver, Amount.FromNtk(5)));
        world.Chain.Carry(Act.Remove(leaver.Address));
        for (var i = 0; i < 5; i++) world.Chain.Step();
        world.Wait(BridgeWorld.EvidenceMs);
        for (var i = 0; i < 300; i++) world.Chain.Step();
        Assert.Equal(Amount.FromNtk(5), world.Chain.Supply.Escrow); // the time of evidence has long passed

        world.FollowNext();
        world.Bring();
        for (var i = 0; i < 260 && !world.Chain.Supply.Escrow.IsZero; i++) world.Chain.Step();
        Assert.Equal(Amount.Zero, world.Chain.Supply.Escrow);
    }

    [Fact]
    public void WhileReleasesArePausedThereNoLeafIsAppendedHere()
    {
        _world.Ethereum.Pause(2, 1);
        _world.Bring();
        var burnId = _world.Burn(Ten, There);
        Chain.Step();
        Assert.Equal(WithdrawalState.Waiting, _world.Withdrawal(burnId)!.State);
        _world.Ethereum.Pause(0, 1);
        _world.Bring();
        Assert.Equal(WithdrawalState.Certified, _world.Withdrawal(burnId)!.State);
    }

    [Theory]
    [InlineData("Forked(uint64,uint64,uint256)", VaultFlags.Forked)]
    [InlineData("RetireStarted(uint64,address,uint40)", VaultFlags.Retiring)]
    [InlineData("VaultRetired(uint64,address,uint256)", VaultFlags.Retired)]
    public void AVaultThatEndsTakesNoMore(string signature, VaultFlags flag)
    {
        _world.Ethereum.Emit(signature, [], [FakeEthereum.Word(1), FakeEthereum.Word(1)]);
        _world.Bring();
        Assert.Equal(flag, _world.Status.Vault);
        Assert.Equal(TransactionRejection.BridgeOutClosed, Chain.OutcomeOf(_world.Withdraw(Ten)));
    }

    /// <summary>What had no leaf when the vault began to end comes back, the held ones when their time is over; what has one is paid or proven unpaid.</summary>
    [Theory]
    [InlineData("Forked(uint64,uint64,uint256)")]
    [InlineData("RetireStarted(uint64,address,uint40)")]
    public void WhatWaitsWhenTheVaultEndsComesBack(string signature)
    {
        var certified = _world.Burn(Ten, There);
        _world.Ethereum.Pause(2, 1);
        _world.Bring();
        var waiting = _world.Burn(Ten, There);
        Chain.Step();
        Assert.Equal(WithdrawalState.Waiting, _world.Withdrawal(waiting)!.State);
        var held = _world.Burn(Amount.FromNtk(101), There);
        var before = _world.BalanceOf(_world.Alice);
        _world.Ethereum.Emit(signature, [], [FakeEthereum.Word(1), FakeEthereum.Word(1)]);
        _world.Bring();
        Chain.Step();
        Assert.Null(_world.Withdrawal(waiting));
        Assert.Equal(before + Ten, _world.BalanceOf(_world.Alice));
        Assert.Equal((WithdrawalState.Certified, WithdrawalState.Held), (_world.Withdrawal(certified)!.State, _world.Withdrawal(held)!.State));
        for (ulong i = 0; i <= BridgeWorld.Limits.HoldBlocks; i++) Chain.Step();
        Assert.Null(_world.Withdrawal(held));
        Assert.Equal(before + Ten + Amount.FromNtk(101), _world.BalanceOf(_world.Alice));
        Assert.Equal(Ten, _world.Status.Open);
    }

    [Fact]
    public void WithoutABridgeTheRootIsZero()
    {
        var native = new LedgerFixture();
        native.Step();
        Assert.Equal((Hash256.Zero, Hash256.Zero), (native.State.BridgeRoot, BridgeLeaves.Root(native.State)));
    }
}
