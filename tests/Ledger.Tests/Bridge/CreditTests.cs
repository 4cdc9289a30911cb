using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>From a lock on Ethereum to NTK here: what is proven is credited once, in order, and what is not is not.</summary>
public sealed class CreditTests(ITestOutputHelper output)
{
    private static readonly Amount Ten = Amount.FromNtk(10);

    private readonly BridgeWorld _world = new();

    private LedgerFixture Chain => _world.Chain;

    [Fact]
    public void ALockIsCreditedToItsRecipient()
    {
        _world.Ethereum.Lock(_world.Alice.Address, Ten);
        var result = _world.Bring();
        Assert.Equal(Ten, _world.BalanceOf(_world.Alice));
        Assert.Equal("10", LedgerFixture.Attribute(result, "bridge.credited", "amount"));
        Assert.Equal((2UL, Ten, Amount.Zero), (_world.Status.Nonce, _world.Status.Locked, _world.Status.Pending));
        Assert.Equal(_world.Ethereum.EventChain, _world.Status.EventChain);
        Assert.Equal((Ten, Ten), (Chain.Supply.Credited, Chain.Supply.Held));
        Assert.Null(SupplyModule.Audit(Chain.State));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ManyLocksComeInOneMessage(bool together)
    {
        for (var i = 0; i < 20; i++) _world.Ethereum.Lock(LedgerFixture.Key(300 + i).Address, Amount.FromNtk(1 + (ulong)i));
        _world.Bring(together);
        for (var i = 0; i < 20; i++) Assert.Equal(Amount.FromNtk(1 + (ulong)i), _world.BalanceOf(LedgerFixture.Key(300 + i)));
        Assert.Equal(21UL, _world.Status.Nonce);
    }

    /// <summary>F23. With a block a second: what the validators' part of one block holds, checked from its bytes as by a node that catches up.</summary>
    [Fact]
    public void F23AThousandDepositsComeInOneBlock()
    {
        const int PerBlock = 60;
        var mined = new List<FakeBlock>();
        for (var i = 0; i < 1_020; i++)
        {
            _world.Ethereum.Lock(LedgerFixture.Key(300 + (i % 50)).Address, new Amount(1_000_000));
            if (i % PerBlock == PerBlock - 1) mined.Add(_world.Ethereum.Mine());
        }

        Chain.Step([.. Chain.ValidatorKeys.Select(key => _world.Word(key, [.. mined.Select(block => (block.Number, block.Hash))]))]);
        var built = Chain.Build([.. mined.Select(block => _world.Relay(_world.Receipts(block)))]);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Chain.Apply(built.Block);
        output.WriteLine($"{clock.Elapsed.TotalMilliseconds:F0} ms for 1,020 deposits in {built.Block.Bytes.Length} bytes");
        Assert.Equal((1_021UL, new Amount(1_020_000_000)), (_world.Status.Nonce, Chain.Supply.Credited));
    }

    /// <summary>A hundred locks in one transaction are a receipt that no transaction of the chain can carry; the vault marks every 64th event.</summary>
    [Fact]
    public void EventsOfAReceiptThatIsTooLargeComeByTheVaultsStorage()
    {
        for (var i = 0; i < 150; i++) _world.Ethereum.Lock(LedgerFixture.Key(300 + (i % 7)).Address, Amount.FromNtk(1));
        var block = _world.Mined(together: true);
        Chain.Step(_world.Relay(_world.Events(block, 2, 64, isMarked: true)));
        Assert.Equal(64UL, _world.Status.Nonce);
        Chain.Step(_world.Relay(_world.Events(block, 60, 128, isMarked: true))); // what is known is passed over
        Chain.Step(_world.Relay(_world.Events(block, 129, 151, isMarked: false)));
        Assert.Equal((151UL, _world.Ethereum.EventChain, Amount.FromNtk(150)), (_world.Status.Nonce, _world.Status.EventChain, Chain.Supply.Credited));
        Assert.Equal(TransactionRejection.RelayNothingNew, Chain.OutcomeOf(_world.Relay(_world.Events(block, 129, 151, isMarked: false))));
    }

    [Fact]
    public void EventsThatAreNotTheVaultsAreNotBelieved()
    {
        for (var i = 0; i < 70; i++) _world.Ethereum.Lock(Chain.Alice.Address, Amount.FromNtk(1));
        var block = _world.Mined(together: true);
        Assert.Equal(TransactionRejection.RelayNonceGap, Chain.OutcomeOf(_world.Relay(_world.Events(block, 3, 64, isMarked: true))));
        Assert.Equal(TransactionRejection.RelayProofInvalid, Chain.OutcomeOf(_world.Relay(_world.Events(block, 2, 63, isMarked: true)))); // no mark
        Assert.Equal(TransactionRejection.RelayProofInvalid, Chain.OutcomeOf(_world.Relay(_world.Events(block, 2, 70, isMarked: false)))); // not the last
        var good = _world.Events(block, 2, 64, isMarked: true);
        for (var i = 0; i < good.Events.Logs[9].Data.Length; i += 7) Refused(changed => changed.Logs[9].Data = Flip(good.Events.Logs[9].Data, i));
        for (var i = 0; i < 4; i++) Refused(changed => changed.Logs[9].Topics[i] = Flip(good.Events.Logs[9].Topics[i], 3));
        for (var node = 0; node < good.Events.Nodes.Count; node++) Refused(changed => changed.Nodes.RemoveAt(node));
        Refused(changed => changed.Logs.RemoveAt(62));
        Refused(changed => changed.Logs.RemoveAt(9));
        Refused(changed => changed.IsMarked = false);
        Refused(changed =>
        {
            // The same words, cut up otherwise: they fold to the same chain, and must not stop the bridge.
            var log = changed.Logs[9];
            log.Data = ByteString.CopyFrom([.. log.Topics[3].Span, .. log.Data.Span]);
            log.Topics.RemoveAt(3);
        });
        Assert.Equal(TransactionRejection.None, Chain.OutcomeOf(_world.Relay(good)));

        void Refused(Action<VaultLogs> change)
        {
            var outcome = Chain.OutcomeOf(_world.Relay(Changed(good, changed => change(changed.Events))));
            Assert.Contains(outcome, new[] { TransactionRejection.RelayProofInvalid, TransactionRejection.RelayNonceGap });
        }
    }

    [Fact]
    public void AnybodyMayBringItForAFee()
    {
        _world.Fund();
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        var block = _world.Mined();
        var result = Chain.Step(_world.Show(_world.Receipts(block)));
        Assert.True(result.Receipts[0].IsSuccess);
        Assert.Equal(Ten, _world.BalanceOf(Chain.Bob));
        Assert.True(_world.BalanceOf(_world.Alice) < Amount.FromNtk(900));
    }

    [Fact]
    public void F10NothingIsCreditedTwice()
    {
        _world.Fund();
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        var block = _world.Mined();
        var evidence = _world.Receipts(block);
        Chain.Step(_world.Relay(evidence));
        Assert.Equal(TransactionRejection.RelayNothingNew, Chain.OutcomeOf(_world.Relay(evidence, Chain.ValidatorKeys[1])));
        Assert.Equal(TransactionRejection.NothingNew, Chain.OutcomeOf(_world.Show(evidence)));
        Chain.Step(_world.Show(evidence));
        Assert.Equal(Ten, _world.BalanceOf(Chain.Bob));
    }

    [Fact]
    public void F10TwoInOneBlockAreOneCredit()
    {
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        var evidence = _world.Receipts(_world.Mined());
        var built = Chain.Build(_world.Relay(evidence), _world.Relay(evidence, Chain.ValidatorKeys[1]));
        Assert.Single(built.Transactions);
    }

    [Fact]
    public void F10ALaterEventWaitsForTheOneBefore()
    {
        _world.Ethereum.Lock(Chain.Alice.Address, Ten);
        var first = _world.Mined();
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        var second = _world.Mined();
        Assert.Equal(TransactionRejection.RelayNonceGap, Chain.OutcomeOf(_world.Relay(_world.Receipts(second))));
        Chain.Step(_world.Relay(_world.Receipts(first)), _world.Relay(_world.Receipts(second)));
        Assert.Equal(Ten, _world.BalanceOf(Chain.Bob));
    }

    [Fact]
    public void WhatIsKnownOfAMessageIsPassedOver()
    {
        _world.Ethereum.Lock(Chain.Alice.Address, Ten);
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        var block = _world.Mined();
        Chain.Step(_world.Relay(_world.Receipts(block, block.OfVault[0])));
        Assert.Equal((Ten, Amount.Zero), (_world.BalanceOf(Chain.Alice), _world.BalanceOf(Chain.Bob)));
        Chain.Step(_world.Relay(_world.Receipts(block)));
        Assert.Equal((Ten, Ten), (_world.BalanceOf(Chain.Alice), _world.BalanceOf(Chain.Bob)));
    }

    [Fact]
    public void F8AnotherContractSaysNothing()
    {
        _world.Ethereum.Spoof(LedgerFixture.Key(66).Address, Chain.Bob.Address, Ten);
        Assert.Equal(TransactionRejection.RelayNothingNew, Chain.OutcomeOf(_world.Relay(_world.Receipts(_world.Mined()))));
        _world.Ethereum.Spoof(LedgerFixture.Key(66).Address, Chain.Bob.Address, Ten);
        _world.Ethereum.Lock(Chain.Alice.Address, Ten);
        Chain.Step(_world.Relay(_world.Receipts(_world.Mined(together: true))));
        Assert.Equal((Amount.Zero, Ten), (_world.BalanceOf(Chain.Bob), _world.BalanceOf(Chain.Alice)));
    }

    [Fact]
    public void F9WhatFailedSaysNothing()
    {
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        var block = _world.Ethereum.Mine(succeeded: false);
        _world.Attest(block);
        Assert.Equal(TransactionRejection.RelayNothingNew, Chain.OutcomeOf(_world.Relay(_world.Receipts(block))));
    }

    [Fact]
    public void F9NothingIsBelievedThatIsNotUnderAnAttestedBlock()
    {
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        var block = _world.Ethereum.Mine();
        Assert.Equal(TransactionRejection.RelayBlockNotAttested, Chain.OutcomeOf(_world.Relay(_world.Receipts(block))));
        _world.Attest(block, 0, 1);
        Assert.Equal(TransactionRejection.RelayBlockNotAttested, Chain.OutcomeOf(_world.Relay(_world.Receipts(block))));
        var other = _world.Receipts(block);
        other.Header = ByteString.CopyFrom((block.Header with { GasUsed = 2 }).Encode());
        _world.Attest(block, 2);
        Assert.Equal(TransactionRejection.RelayBlockNotAttested, Chain.OutcomeOf(_world.Relay(other)));
    }

    /// <summary>Every byte of header and nodes is changed once, and every node is left out, repeated and added.</summary>
    [Fact]
    public void F9NoForgedProofIsBelieved()
    {
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        var block = _world.Mined();
        var good = _world.Receipts(block);
        var tried = 0;
        for (var i = 0; i < good.Header.Length; i++) Refused(Changed(good, changed => changed.Header = Flip(good.Header, i)));
        for (var node = 0; node < good.Receipts.Nodes.Count; node++)
        {
            for (var i = 0; i < good.Receipts.Nodes[node].Length; i++) Refused(Changed(good, changed => changed.Receipts.Nodes[node] = Flip(good.Receipts.Nodes[node], i)));
            Refused(Changed(good, changed => changed.Receipts.Nodes.RemoveAt(node)));
            Refused(Changed(good, changed => changed.Receipts.Nodes.Add(good.Receipts.Nodes[node])));
        }

        Refused(Changed(good, changed => changed.Receipts.Nodes.Add(ByteString.CopyFrom(0xc0))));
        Refused(Changed(good, changed => changed.Receipts.Indexes[0]++));
        Refused(Changed(good, changed => changed.Receipts.Indexes.Add(good.Receipts.Indexes[0])));
        Refused(Changed(good, changed => changed.Number++));
        Assert.True(tried > 1_000, $"{tried}");
        Assert.Equal(TransactionRejection.None, Outcome(good));

        void Refused(BridgeEvidence evidence)
        {
            tried++;
            Assert.NotEqual(TransactionRejection.None, Outcome(evidence));
        }

        TransactionRejection Outcome(BridgeEvidence evidence)
        {
            var outcome = TransactionRejection.None;
            _ = LedgerChange.Of(Chain, context => outcome = EvidenceMessages.Execute(context, evidence));
            return outcome;
        }
    }

    [Fact]
    public void F11WhomNobodyKnowsIsInQuarantineAndTheNextGoesOn()
    {
        var garbage = Hash256.Sha256("nobody"u8);
        _world.Ethereum.Lock(_world.Alice.Address, garbage, Ten);
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        var result = _world.Bring();
        Assert.Equal(garbage.ToString(), LedgerFixture.Attribute(result, "bridge.quarantined", "recipient"));
        Assert.Equal((Ten, Ten, Ten + Ten), (Chain.Supply.Quarantine, _world.BalanceOf(Chain.Bob), Chain.Supply.Credited));
        Assert.Null(SupplyModule.Audit(Chain.State));

        Chain.Carry(BridgeWorld.Redirect(2, Chain.Alice.Address));
        Assert.Equal((Amount.Zero, Ten), (Chain.Supply.Quarantine, _world.BalanceOf(Chain.Alice)));
        Assert.Null(Locks.InQuarantine(Chain.State, 2));
        Assert.Equal(TransactionRejection.NotInQuarantine, Chain.OutcomeOf(Chain.Propose(Chain.ValidatorKeys[0], BridgeWorld.Redirect(2, Chain.Alice.Address))));
        Assert.Equal(TransactionRejection.NotInQuarantine, Chain.OutcomeOf(Chain.Propose(Chain.ValidatorKeys[0], BridgeWorld.Redirect(3, Chain.Alice.Address))));
    }

    [Fact]
    public void TheReserveOfLearningIsFilledByALock()
    {
        _world.Ethereum.Lock(_world.Alice.Address, Locks.LearningReserve, Ten);
        _world.Bring();
        Assert.Equal((Ten, Ten, Amount.Zero), (Chain.Supply.Reserve, Chain.Supply.Credited, Chain.Supply.Quarantine));
    }

    [Fact]
    public void WhatIsBeyondTheLimitWaitsInOrder()
    {
        var (capacity, rate) = (BridgeWorld.Limits.InCapacity, BridgeWorld.Limits.InPerSecond);
        _world.Ethereum.Lock(Chain.Alice.Address, capacity);
        _world.Ethereum.Lock(Chain.Bob.Address, rate * 2);
        _world.Ethereum.Lock(LedgerFixture.Key(300).Address, new Amount(1)); // it would fit, and is not let past
        var result = _world.Bring();
        Assert.Equal((capacity, Amount.Zero), (_world.BalanceOf(Chain.Alice), _world.BalanceOf(Chain.Bob)));
        Assert.Equal(2, result.Events.Count(happened => happened.Kind == "bridge.credit_waits"));
        Assert.Equal((rate * 2) + new Amount(1), _world.Status.Pending);
        Chain.Step();
        Assert.Equal(Amount.Zero, _world.BalanceOf(Chain.Bob));
        Chain.Step();
        Assert.Equal((rate * 2, Amount.Zero), (_world.BalanceOf(Chain.Bob), _world.BalanceOf(LedgerFixture.Key(300))));
        Chain.Step();
        Assert.Equal((new Amount(1), Amount.Zero), (_world.BalanceOf(LedgerFixture.Key(300)), _world.Status.Pending));
    }

    [Fact]
    public void ALockAboveTheCapacityComesInParts()
    {
        var (capacity, rate) = (BridgeWorld.Limits.InCapacity, BridgeWorld.Limits.InPerSecond);
        _world.Ethereum.Lock(Chain.Alice.Address, capacity + (rate * 3));
        _world.Bring();
        Assert.Equal(capacity, _world.BalanceOf(Chain.Alice));
        Chain.Step();
        Chain.Step();
        Assert.Equal(capacity, _world.BalanceOf(Chain.Alice));
        Chain.Step();
        Assert.Equal((capacity + (rate * 3), Amount.Zero), (_world.BalanceOf(Chain.Alice), _world.Status.Pending));
    }

    [Fact]
    public void InAnyTimeNoMoreComesThanCapacityAndRate()
    {
        for (var i = 0; i < 12; i++) _world.Ethereum.Lock(Chain.Alice.Address, Amount.FromNtk(170));
        _world.Bring();
        var start = Chain.State.Time;
        for (var i = 0; i < 60; i++)
        {
            var most = BridgeWorld.Limits.InCapacity + (BridgeWorld.Limits.InPerSecond * (1 + ((Chain.State.Time.Milliseconds - start.Milliseconds) / 1_000)));
            Assert.True(Chain.Supply.Credited <= most);
            Chain.Step();
        }

        Assert.True(Chain.Supply.Credited > Amount.FromNtk(1_500));
    }

    [Fact]
    public void WhilePausedLocksWaitAndEventsGoOn()
    {
        Chain.Step(_world.Pause(Chain.ValidatorKeys[0], BridgeSides.In));
        _world.Ethereum.Lock(Chain.Alice.Address, Ten);
        _world.Ethereum.Pause(1, 1);
        _world.Bring();
        Assert.Equal((3UL, Amount.Zero, Ten), (_world.Status.Nonce, _world.BalanceOf(Chain.Alice), _world.Status.Pending));
        Assert.Equal(VaultFlags.LocksPaused, _world.Status.Vault);
        Chain.Carry(_world.Resume());
        Chain.Step();
        Assert.Equal((Ten, Amount.Zero), (_world.BalanceOf(Chain.Alice), _world.Status.Pending));
    }

    [Fact]
    public void ACreditAboveTheCapStopsCredits()
    {
        var world = new BridgeWorld(genesis => genesis with { RewardReserve = SupplyModule.Cap - Amount.FromNtk(5) });
        world.Ethereum.Lock(world.Alice.Address, Ten);
        var result = world.Bring();
        Assert.Equal("Cap", LedgerFixture.Attribute(result, "bridge.halted", "reason"));
        Assert.Equal((Ten, Amount.Zero, 2UL), (world.Status.Pending, world.Chain.Supply.Credited, world.Status.Nonce));
    }

    [Theory]
    [InlineData("sum")]
    [InlineData("kind")]
    [InlineData("topics")]
    [InlineData("padding")]
    public void WhatTheVaultCannotHaveSaidStopsTheBridge(string what)
    {
        const string Locked = "Locked(uint64,address,bytes32,uint256,uint256)";
        var alice = FakeEthereum.Word(_world.Alice.Address);
        switch (what)
        {
            case "sum": _world.Ethereum.Emit(Locked, [alice, alice], [FakeEthereum.Word(Ten), FakeEthereum.Word(Ten + Ten)]); break;
            case "kind": _world.Ethereum.Emit("Unheard(uint64)", [], []); break;
            case "topics": _world.Ethereum.Emit(Locked, [alice], [FakeEthereum.Word(Ten), FakeEthereum.Word(Ten), FakeEthereum.Word(Ten)]); break;
            default: _world.Ethereum.Emit(Locked, [Hash256.Sha256("x"u8), alice], [FakeEthereum.Word(Ten), FakeEthereum.Word(Ten)]); break;
        }

        var result = _world.Bring();
        Assert.Equal(what == "sum" ? "Supply" : "UnknownEvent", LedgerFixture.Attribute(result, "bridge.halted", "reason"));
        Assert.Equal((1UL, Amount.Zero, true), (_world.Status.Nonce, _world.Status.Locked, _world.Status.IsInDoubt));
        _world.Ethereum.Lock(_world.Alice.Address, Ten);
        Assert.Equal(TransactionRejection.RelayBridgeInDoubt, Chain.OutcomeOf(_world.Relay(_world.Receipts(_world.Mined()))));
    }

    [Fact]
    public void WhatWasBeforeItInTheMessageStays()
    {
        _world.Ethereum.Lock(_world.Alice.Address, Ten);
        _world.Ethereum.Emit("Unheard(uint64)", [], []);
        _world.Ethereum.Lock(Chain.Bob.Address, Ten);
        _world.Bring();
        Assert.Equal((2UL, Ten, Amount.Zero), (_world.Status.Nonce, _world.BalanceOf(_world.Alice), _world.BalanceOf(Chain.Bob)));
        Assert.Equal(BridgeHalt.UnknownEvent, _world.Status.Halts);
    }

    [Theory]
    [InlineData("genesis")]
    [InlineData("set")]
    [InlineData("height")]
    [InlineData("token")]
    [InlineData("other event")]
    public void AVaultOfAnotherChainIsNotTaken(string what)
    {
        var world = new BridgeWorld(deployed: false);
        var (genesis, root) = (world.Chain.GenesisHash.Value, world.Chain.Genesis.ValidatorSet().Root);
        if (what == "other event") world.Ethereum.Lock(world.Alice.Address, Ten);
        else
        {
            world.Ethereum.Deploy(
                what == "genesis" ? Hash256.Sha256("g"u8) : genesis,
                what == "set" ? Hash256.Sha256("s"u8) : root,
                what == "height" ? 1_000UL : 0,
                what == "token" ? BridgeWorld.Bridge.Vault : null);
        }

        var result = world.Bring();
        Assert.Equal("WrongVault", LedgerFixture.Attribute(result, "bridge.halted", "reason"));
        Assert.Equal((0UL, Hash256.Zero), (world.Status.Nonce, world.Status.FollowedRoot));
    }

    [Fact]
    public void AVaultIsDeployedOnce()
    {
        _world.Ethereum.Deploy(Chain.GenesisHash.Value, Chain.Genesis.ValidatorSet().Root);
        Assert.Equal("WrongVault", LedgerFixture.Attribute(_world.Bring(), "bridge.halted", "reason"));
    }

    /// <summary>A fork of Ethereum that added a field: validators attest the block, as they would, and nothing in it is guessed at.</summary>
    [Fact]
    public void F20AnUnknownHeaderStopsTheBridge()
    {
        _world.Ethereum.Lock(_world.Alice.Address, Ten);
        var block = _world.Ethereum.Mine();
        var reader = new RlpReader(block.Header.Encode());
        var items = reader.List();
        var writer = new RlpWriter();
        var list = writer.Begin();
        while (items.HasMore) writer.Raw(items.Raw());
        var header = writer.Hash(Hash256.Sha256("new"u8)).End(list).ToArray();
        _world.Attest((block.Number, Keccak256.Hash(header)));
        var evidence = _world.Receipts(block);
        evidence.Header = ByteString.CopyFrom(header);
        var result = Chain.Step(_world.Relay(evidence));
        Assert.Equal("UnknownLayout", LedgerFixture.Attribute(result, "bridge.halted", "reason"));
        Assert.True(_world.Status.IsInDoubt);
    }

    private static BridgeEvidence Changed(BridgeEvidence evidence, Action<BridgeEvidence> change)
    {
        var changed = evidence.Clone();
        change(changed);
        return changed;
    }

    private static ByteString Flip(ByteString bytes, int at)
    {
        var flipped = bytes.ToByteArray();
        flipped[at] ^= 1;
        return ByteString.CopyFrom(flipped);
    }
}
