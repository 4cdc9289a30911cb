using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Every reason of the bridge why a message does nothing, provoked once and exactly.</summary>
public sealed class BridgeRefusalTests
{
    private static readonly Amount Ten = Amount.FromNtk(10);

    private static readonly Hash256 Some = Hash256.Sha256("some"u8);

    private static readonly Dictionary<TransactionRejection, Func<BridgeWorld, Transaction>> Provocations = new()
    {
        [TransactionRejection.AttestationOutOfWindow] = w => w.Word(First(w), (1, Some)),
        [TransactionRejection.UnknownWithdrawal] = w => w.Veto(First(w), Some),
        [TransactionRejection.WithdrawalNotHeld] = w => w.Veto(First(w), w.Burn(Ten)),
        [TransactionRejection.RelayBridgeInDoubt] = w => w.Relay(Doubted(w)),
        [TransactionRejection.RelayBlockNotAttested] = w => w.Relay(w.Receipts(w.Ethereum.Mine(), 0)),
        [TransactionRejection.RelayProofInvalid] = w => w.Relay(WithoutNode(w)),
        [TransactionRejection.RelayNothingNew] = w => w.Relay(w.Receipts(w.Mined(), 0)),
        [TransactionRejection.RelayNonceGap] = w => w.Relay(Late(w)),
        [TransactionRejection.RelayDeadlineNotPassed] = w => w.Relay(w.Unreleased(w.Mined(), w.Burn(Ten))),
        [TransactionRejection.RelayWithdrawalReleased] = w => w.Relay(Released(w)),
        [TransactionRejection.BridgeNotStopped] = w => w.Chain.Propose(First(w), w.Resume()),
        [TransactionRejection.NotInQuarantine] = w => w.Chain.Propose(First(w), BridgeWorld.Redirect(1, w.Alice.Address)),
        [TransactionRejection.VaultClosed] = w => w.Chain.Propose(First(Closed(w)), BridgeWorld.Order(BridgeAction.Unpause(Hash256.Zero, 1, 0))),

        [TransactionRejection.BridgeInDoubt] = w => w.Show(Doubted(w)),
        [TransactionRejection.BlockNotAttested] = w => w.Show(w.Receipts(w.Ethereum.Mine(), 0)),
        [TransactionRejection.BridgeProofInvalid] = w => w.Show(WithoutNode(w)),
        [TransactionRejection.NothingNew] = w => w.Show(w.Receipts(w.Mined(), 0)),
        [TransactionRejection.VaultNonceGap] = w => w.Show(Late(w)),
        [TransactionRejection.UnknownBurn] = w => w.Show(w.Unreleased(w.Mined(), Some)),
        [TransactionRejection.DeadlineNotPassed] = w => w.Show(w.Unreleased(w.Mined(), w.Burn(Ten))),
        [TransactionRejection.WithdrawalReleased] = w => w.Show(Released(w)),
        [TransactionRejection.WithdrawalTarget] = w => w.Withdraw(Ten, BridgeWorld.Bridge.Token),
        [TransactionRejection.WithdrawalTooSmall] = w => w.Withdraw(Amount.FromNtk(1) - new Amount(1)),
        [TransactionRejection.WithdrawalTooLarge] = w => w.Withdraw(Amount.FromNtk(500) + new Amount(1)),
        [TransactionRejection.BridgeOutClosed] = w => w.Chain.Step(w.Pause(First(w), BridgeSides.Out)) is not null ? w.Withdraw(Ten) : throw new InvalidOperationException(),
    };

    /// <summary>These, and the one of a chain without a bridge.</summary>
    public static IEnumerable<TransactionRejection> Reasons => Provocations.Keys.Append(TransactionRejection.BridgeMissing);

    public static TheoryData<TransactionRejection> All => [.. Provocations.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void ItIsProvokedExactly(TransactionRejection reason)
    {
        var world = new BridgeWorld();
        world.Fund();
        Assert.Equal(reason, world.Chain.OutcomeOf(Provocations[reason](world)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WithdrawalsToTheVaultOrToNobodyAreRefused(bool isVault)
    {
        var world = new BridgeWorld();
        world.Fund();
        Assert.Equal(TransactionRejection.WithdrawalTarget, world.Chain.OutcomeOf(world.Withdraw(Ten, isVault ? BridgeWorld.Bridge.Vault : Address.Zero)));
    }

    [Fact]
    public void ANativeChainKnowsNoBridge()
    {
        var (world, native) = (new BridgeWorld(), new LedgerFixture());
        var evidence = world.Receipts(world.Mined(), 0);
        Assert.Equal(TransactionRejection.BridgeMissing, native.OutcomeOf(native.Protocol(native.ValidatorKeys[0], new() { BridgeRelay = evidence })));
        Assert.Equal(TransactionRejection.BridgeMissing, native.OutcomeOf(native.Protocol(native.ValidatorKeys[0], new() { BridgePause = new() { What = 1 } })));
        Assert.Equal(TransactionRejection.BridgeMissing, native.OutcomeOf(native.Propose(native.ValidatorKeys[0], world.Resume())));
        Assert.Equal(TransactionRejection.BridgeMissing, native.OutcomeOf(native.Propose(native.ValidatorKeys[0], BridgeWorld.Redirect(1, native.Alice.Address))));
        Assert.Equal(TransactionRejection.BridgeMissing, native.OutcomeOf(native.Propose(native.ValidatorKeys[0], BridgeWorld.Order(BridgeAction.Unpause(Hash256.Zero, 1, 0)))));
        Assert.Equal(TransactionRejection.NoBridge, native.OutcomeOf(native.Pay(native.Alice, new() { BridgeEvidence = evidence }, Amount.FromNtk(1))));
        Assert.Equal(TransactionRejection.NoBridge, native.OutcomeOf(native.Pay(
            native.Alice, new() { BridgeWithdraw = new() { To = LedgerFixture.Bytes(native.Bob.Address), Amount = LedgerFixture.Bytes(Ten) } }, Amount.FromNtk(1))));
    }

    [Fact]
    public void AnOrderBeforeTheVaultIsThereIsRefused()
    {
        var world = new BridgeWorld(deployed: false);
        Assert.Equal(TransactionRejection.VaultClosed, world.Chain.OutcomeOf(world.Chain.Propose(First(world), BridgeWorld.Order(BridgeAction.Unpause(Hash256.Zero, 1, 0)))));
    }

    private static PrivateKey First(BridgeWorld world) => world.Chain.ValidatorKeys[0];

    private static Types.V1.BridgeEvidence Doubted(BridgeWorld world)
    {
        world.Ethereum.Stolen = Ten;
        world.Chain.Step(world.Relay(world.Reserves(world.Mined())));
        return world.Reserves(world.Mined());
    }

    private static Types.V1.BridgeEvidence WithoutNode(BridgeWorld world)
    {
        world.Ethereum.Lock(world.Alice.Address, Ten);
        var evidence = world.Receipts(world.Mined());
        evidence.Receipts.Nodes.RemoveAt(evidence.Receipts.Nodes.Count - 1);
        return evidence;
    }

    private static Types.V1.BridgeEvidence Late(BridgeWorld world)
    {
        world.Ethereum.Lock(world.Alice.Address, Ten);
        world.Mined();
        world.Ethereum.Lock(world.Alice.Address, Ten);
        return world.Receipts(world.Mined());
    }

    private static Types.V1.BridgeEvidence Released(BridgeWorld world)
    {
        var burnId = world.Burn(Ten);
        world.Ethereum.Release(burnId, world.Alice.Address, Ten);
        world.Ethereum.Time = world.Withdrawal(burnId)!.DeadlineSeconds;
        return world.Unreleased(world.Mined(), burnId);
    }

    private static BridgeWorld Closed(BridgeWorld world)
    {
        world.Ethereum.Emit("Forked(uint64,uint64,uint256)", [], [FakeEthereum.Word(1), FakeEthereum.Word(0)]);
        world.Bring();
        return world;
    }
}
