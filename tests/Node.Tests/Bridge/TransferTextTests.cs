using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;

namespace NeuroChain.Node.Tests;

/// <summary>Why a transfer waits, and for how long: told to its owner, and true.</summary>
public sealed class TransferTextTests
{
    private static readonly Address There = LedgerFixture.Key(4_001).Address;

    private readonly BridgeWorld _world = new();

    private LedgerState State => _world.Chain.State;

    [Fact]
    public void ALockWaitsForAsLongAsIsSaid()
    {
        _world.Fund(Amount.FromNtk(1_000)); // all that the bucket holds
        _world.Ethereum.Lock(_world.Chain.Bob.Address, Amount.FromNtk(30));
        _world.Ethereum.Lock(_world.Chain.Bob.Address, Amount.FromNtk(50));
        _world.Bring();
        var text = TransferText.OfPending(State, _world.Status.PendingFirst + 1, new TransferQueues(State));
        Assert.Contains("a lock is before it", text.Reason, StringComparison.Ordinal);
        var before = _world.BalanceOf(_world.Chain.Bob);
        // A block before, the last part is not there; a block later it is.
        _world.Wait(text.WaitMs - 2_000);
        Assert.True(_world.BalanceOf(_world.Chain.Bob) < before + Amount.FromNtk(80));
        _world.Wait(1_000);
        _world.Wait(1_000);
        Assert.Equal(Amount.FromNtk(80), _world.BalanceOf(_world.Chain.Bob));
    }

    [Fact]
    public void AStoppedLockWaitsForAVote()
    {
        _world.Chain.Step(_world.Pause(_world.Relayer, BridgeSides.In));
        _world.Ethereum.Lock(_world.Chain.Bob.Address, Amount.FromNtk(30));
        _world.Bring();
        Assert.Equal(new TransferText("credits are stopped: paused by a validator. It is credited when a vote has ended that", 0), TransferText.OfPending(State, _world.Status.PendingFirst, new TransferQueues(State)));
    }

    [Fact]
    public void AHeldWithdrawalSaysUntilWhenAndWhoIsAgainstIt()
    {
        _world.Fund();
        var burnId = _world.Burn(Amount.FromNtk(200), There);
        var text = Of(burnId);
        Assert.Contains("nobody has", text.Reason, StringComparison.Ordinal);
        Assert.Equal(BridgeWorld.Limits.HoldBlocks * State.Parameters.BlockIntervalMs, text.WaitMs);
        _world.Chain.Step(_world.Veto(_world.Relayer, burnId));
        Assert.Contains("validators with 25 % of the power have", Of(burnId).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AWaitingWithdrawalNamesTheLimitThatItWaitsFor()
    {
        _world.Fund();
        // The bucket of 500 pays the first ones.
        for (var i = 0; i < 5; i++) _world.Burn(Amount.FromNtk(99), There);
        var burnId = _world.Burn(Amount.FromNtk(90), There);
        var text = Of(burnId);
        Assert.Contains("it is the next one", text.Reason, StringComparison.Ordinal);
        Assert.InRange(text.WaitMs, 1_000UL, 20_000UL);
        _world.Wait(text.WaitMs - 2_000);
        Assert.Equal(WithdrawalState.Waiting, _world.Withdrawal(burnId)!.State);
        _world.Wait(1_000);
        _world.Wait(1_000);
        Assert.Equal(WithdrawalState.Certified, _world.Withdrawal(burnId)!.State);
        Assert.StartsWith("it can be released", Of(burnId).Reason, StringComparison.Ordinal);
        _world.Wait(BridgeWorld.Limits.ReleaseSeconds * 1_000);
        _world.Wait(2_000);
        Assert.Contains("comes back to its sender", Of(burnId).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AWaitingWithdrawalNamesWhatElseItWaitsFor()
    {
        _world.Fund();
        _world.Ethereum.Pause(2, 1);
        _world.Bring();
        var burnId = _world.Burn(Amount.FromNtk(10), There);
        Assert.Contains("a guardian has paused", Of(burnId).Reason, StringComparison.Ordinal);
        _world.Chain.Step(_world.Pause(_world.Relayer, BridgeSides.Out));
        Assert.Contains("withdrawals are stopped: paused by a validator", Of(burnId).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ALockThatIsNotKnownYetSaysHowFarItIs()
    {
        var findings = new PaperFindings(BridgeWorld.Bridge);
        Assert.Contains("events up to 1 are known", TransferText.OfUnseen(State, 2, null, null).Reason, StringComparison.Ordinal);
        Assert.Contains("in none of Ethereum's final blocks", TransferText.OfUnseen(State, 2, findings, null).Reason, StringComparison.Ordinal);
        _world.Ethereum.Lock(_world.Chain.Bob.Address, Amount.FromNtk(30));
        var block = _world.Ethereum.Mine();
        findings.Scan(block);
        Assert.Contains("validators with 0 % of the power have attested", TransferText.OfUnseen(State, 2, findings, null).Reason, StringComparison.Ordinal);
        _world.Attest(block, 0);
        Assert.Contains("validators with 25 % of the power have attested", TransferText.OfUnseen(State, 2, findings, null).Reason, StringComparison.Ordinal);
        _world.Attest(block, 1, 2);
        Assert.Contains("is attested", TransferText.OfUnseen(State, 2, findings, null).Reason, StringComparison.Ordinal);
        findings.Halt();
        Assert.Contains("FinalityViolation", TransferText.OfUnseen(State, 2, findings, null).Reason, StringComparison.Ordinal);
    }

    private TransferText Of(Hash256 burnId) => TransferText.Of(State, burnId, _world.Withdrawal(burnId)!, new TransferQueues(State));
}
