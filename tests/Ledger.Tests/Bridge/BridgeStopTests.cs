using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Pauses, votes to resume, orders to the vault, proofs of reserves.</summary>
public sealed class BridgeStopTests
{
    private static readonly Amount Ten = Amount.FromNtk(10);

    private readonly BridgeWorld _world = new();

    public BridgeStopTests() => _world.Fund();

    private LedgerFixture Chain => _world.Chain;

    [Fact]
    public void AnyValidatorPausesAndOnlyAVoteResumes()
    {
        var pause = _world.Pause(Chain.ValidatorKeys[3], BridgeSides.Out);
        var result = Chain.Step(pause);
        Assert.Equal("Out", LedgerFixture.Attribute(result, "bridge.paused", "what"));
        Assert.Equal(TransactionRejection.BridgeOutClosed, Chain.OutcomeOf(_world.Withdraw(Ten)));
        Assert.True(_world.Status.IsInOpen);
        Assert.Equal(TransactionRejection.AlreadySent, Chain.OutcomeOf(_world.Pause(Chain.ValidatorKeys[2], BridgeSides.Out)));
        Assert.Equal(TransactionRejection.NotAValidator, Chain.OutcomeOf(_world.Pause(Chain.Alice, BridgeSides.In)));

        Chain.Carry(_world.Resume());
        Assert.Equal(TransactionRejection.None, Chain.OutcomeOf(_world.Withdraw(Ten)));
        Assert.Equal(TransactionRejection.WrongSequence, Chain.OutcomeOf(pause)); // an old pause stops nothing again
    }

    [Fact]
    public void AVoteEndsNoStopThatCameAfterIt()
    {
        Chain.Step(_world.Pause(Chain.ValidatorKeys[3], BridgeSides.Out));
        var id = Chain.Accept(_world.Resume());
        Chain.Step(_world.Pause(Chain.ValidatorKeys[3], BridgeSides.In));
        while (ProposalRecord.Get(Chain.State, id) is not null) Chain.Step();
        Assert.Equal(BridgeSides.Both, _world.Status.Paused);
        Assert.Equal(TransactionRejection.WrongSequence, Chain.OutcomeOf(Chain.Propose(Chain.ValidatorKeys[0], _world.Resume(1))));
        Chain.Carry(_world.Resume());
        Assert.Equal(BridgeSides.None, _world.Status.Paused);
        Assert.Equal(TransactionRejection.BridgeNotStopped, Chain.OutcomeOf(Chain.Propose(Chain.ValidatorKeys[0], _world.Resume())));
    }

    [Fact]
    public void WhatWasBurnedBeforeAPauseGoesOnAfterIt()
    {
        for (var i = 0; i < 6; i++) _world.Burn(Amount.FromNtk(90)); // the last one waits for the bucket
        Assert.NotEqual(_world.Status.WaitingFirst, _world.Status.WaitingNext);
        Chain.Step(_world.Pause(Chain.ValidatorKeys[0], BridgeSides.Both));
        for (var i = 0; i < 20; i++) Chain.Step();
        Assert.Equal(5UL, BridgeLeaves.Peaks(Chain.State).Count);
        Chain.Carry(_world.Resume());
        Chain.Step();
        Assert.Equal(6UL, BridgeLeaves.Peaks(Chain.State).Count);
    }

    [Fact]
    public void AnOrderIsALeafAlsoWhileTheBridgeIsStopped()
    {
        Chain.Step(_world.Pause(Chain.ValidatorKeys[0], BridgeSides.Both));
        var result = Chain.Carry(BridgeWorld.Order(BridgeAction.Unpause(Hash256.Zero, 3, 0)));
        Assert.Equal(("1", "Unpause"), (LedgerFixture.Attribute(result, "bridge.ordered", "order"), LedgerFixture.Attribute(result, "bridge.ordered", "kind")));
        var deadline = ulong.Parse(LedgerFixture.Attribute(result, "bridge.ordered", "deadline"), System.Globalization.CultureInfo.InvariantCulture);
        var leaf = BridgeLeaf.Action(BridgeWorld.Bridge.VaultAddress, BridgeAction.Unpause(new UInt256(1).ToHash(), 3, deadline));
        Chain.Step();
        Assert.True(BridgeLeaves.Prove(Chain.State, 0)!.Proves(Chain.LastBlock.Block.Header.BridgeRoot, leaf));
        // Whoever brings it days later asks for what it says.
        var kept = OrderRecord.Get(Chain.State, 1)!;
        Assert.Equal((0UL, leaf), (kept.Leaf, BridgeLeaf.Action(BridgeWorld.Bridge.VaultAddress, kept.ActionOf(1))));
        Assert.Null(OrderRecord.Get(Chain.State, 2));
    }

    [Fact]
    public void AnOrderWaitsForTheVaultToFollow()
    {
        Chain.Step(Chain.Rotate(Chain.ValidatorKeys[0], LedgerFixture.Key(700)));
        Chain.Carry(BridgeWorld.Order(BridgeAction.Retire(Hash256.Zero, Chain.Bob.Address, 0)));
        Chain.Carry(BridgeWorld.Order(BridgeAction.SetGuardian(Hash256.Zero, Chain.Bob.Address, true, 0)));
        Assert.Equal(1UL, BridgeLeaves.Peaks(Chain.State).Count); // that of the change
        Assert.Equal((BridgeActionKind.SetGuardian, 0UL), (OrderRecord.Get(Chain.State, 2)!.Kind, OrderRecord.Get(Chain.State, 2)!.DeadlineSeconds));
        _world.FollowNext();
        _world.Bring();
        Assert.Equal((3UL, 3UL, 3UL), (BridgeLeaves.Peaks(Chain.State).Count, _world.Status.OrderFirst, _world.Status.OrderNext));
        Assert.Equal((1UL, 2UL), (OrderRecord.Get(Chain.State, 1)!.Leaf, OrderRecord.Get(Chain.State, 2)!.Leaf));
    }

    [Fact]
    public void ReservesAreProvenOnceInAWhile()
    {
        var block = _world.Mined();
        var result = Chain.Step(_world.Relay(_world.Reserves(block)));
        Assert.Equal(("900", "900"), (LedgerFixture.Attribute(result, "bridge.reserves", "locked"), LedgerFixture.Attribute(result, "bridge.reserves", "balance")));
        Assert.Equal((BridgeHalt.None, block.Number), (_world.Status.Halts, _world.Status.ReservesBlock));
        Assert.Equal(TransactionRejection.RelayNothingNew, Chain.OutcomeOf(_world.Relay(_world.Reserves(_world.Mined()))));
        _world.Mined();
        Assert.Equal(TransactionRejection.None, Chain.OutcomeOf(_world.Relay(_world.Reserves(_world.Mined()))));
    }

    [Fact]
    public void F12AVaultThatWasDrainedStopsBothAtOnce()
    {
        Chain.Step(_world.Relay(_world.Reserves(_world.Mined())));
        _world.Ethereum.Stolen = new Amount(1);
        var result = Chain.Step(_world.Relay(_world.Reserves(_world.Mined())));
        Assert.Equal("Reserves", LedgerFixture.Attribute(result, "bridge.halted", "reason"));
        Assert.Equal((true, false, false), (_world.Status.IsInDoubt, _world.Status.IsInOpen, _world.Status.TakesWithdrawals));
    }

    [Fact]
    public void TokensBeyondWhatIsOwedStopNothing()
    {
        _world.Ethereum.Surplus = Ten;
        Chain.Step(_world.Relay(_world.Reserves(_world.Mined())));
        Assert.Equal(BridgeHalt.None, _world.Status.Halts);
    }

    [Theory]
    [InlineData("locked")]
    [InlineData("released")]
    [InlineData("chain")]
    public void S3SumsThatDoNotFollowFromTheEventsStopBoth(string what)
    {
        if (what == "locked") _world.Ethereum.Locked += Ten;
        else if (what == "released") _world.Ethereum.Released += Ten;
        else _world.Ethereum.EventChain = Hash256.Sha256("s"u8);
        Assert.Equal("Supply", LedgerFixture.Attribute(Chain.Step(_world.Relay(_world.Reserves(_world.Mined()))), "bridge.halted", "reason"));
    }

    [Fact]
    public void ReservesWithEventsThatAreNotKnownYetAreFine()
    {
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        var block = _world.Mined();
        Chain.Step(_world.Relay(_world.Reserves(block)));
        Assert.Equal((BridgeHalt.None, block.Number), (_world.Status.Halts, _world.Status.ReservesBlock));
    }

    [Fact]
    public void AnOldProofOfReservesSaysNothing()
    {
        var old = _world.Mined();
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        _world.Bring();
        Assert.Equal(TransactionRejection.RelayNothingNew, Chain.OutcomeOf(_world.Relay(_world.Reserves(old))));
    }

    [Fact]
    public void APartOfAProofOfReservesProvesNothing()
    {
        var good = _world.Reserves(_world.Mined());
        for (var i = 0; i < good.Reserves.Nodes.Count; i++)
        {
            var bad = good.Clone();
            bad.Reserves.Nodes.RemoveAt(i);
            Assert.Equal(TransactionRejection.RelayProofInvalid, Chain.OutcomeOf(_world.Relay(bad)));
        }
    }

    [Fact]
    public void LimitsAreChangedByAVote()
    {
        Chain.Carry(Act.Set(("bridge.out_capacity", "50")));
        Chain.Step();
        Assert.Equal(TransactionRejection.WithdrawalTooLarge, Chain.OutcomeOf(_world.Withdraw(Amount.FromNtk(51))));
        Assert.Equal(TransactionRejection.ParameterInvalid, Chain.OutcomeOf(Chain.Propose(Chain.ValidatorKeys[0], Act.Set(("bridge.withdrawal_min", "51")))));
        var native = new LedgerFixture();
        Assert.Equal(TransactionRejection.ParameterUnknown, native.OutcomeOf(native.Propose(native.ValidatorKeys[0], Act.Set(("bridge.out_capacity", "50")))));
    }
}
