using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>
/// Peace after a random run: nobody lies or is away, nothing is paused, and somebody brings what there is to bring. Then every lock is credited or in
/// quarantine, and every burn is paid, or refunded where nobody fetched it in time.
/// </summary>
internal sealed class Settlement(BridgeRun run, HolderSteps holders, RelaySteps relay, ValidatorSteps validators, MishapSteps mishaps)
{
    private const int Rounds = 60;

    private BridgedNetwork World => run.World;

    public async Task SettleAsync(SeededStream stream)
    {
        run.Faults.Heal();
        await mishaps.StartAsync();
        await validators.ResumeChainAsync();
        await UntilAsync(NothingStopsAsync, "the vault follows the elected set and is not paused");
        foreach (var locking in new[] { holders.LockAsync, holders.LockForNobodyAsync, holders.LockForClaimsAsync }) await locking(stream);
        await run.HearAllAsync();
        await UntilAsync(() => Task.FromResult(run.Status.Pending.IsZero), "all locks are credited");
        await run.CheckAsync();
        await holders.ClaimAsync(stream);
        await UntilAsync(FetchedAsync, "all burns are paid");
        // One that nobody fetches.
        await holders.BurnAsync(stream);
        await UntilAsync(() => Task.FromResult(run.Status.WaitingFirst == run.Status.WaitingNext), "the last burn is certified");
        await run.CheckAsync();
        await ExpireAsync();
        await run.HearAllAsync();
        await UntilAsync(() => Task.FromResult(run.Status.Open.IsZero), "what nobody fetched is refunded");
        await RunningNetwork.EventuallyAsync(() => World.Members.All(member => member.Watch!.State.EventNonce >= run.Status.Nonce), "all have read every event of the vault");
        await run.CheckAsync();
        CheckPeace();
    }

    private async Task<bool> NothingStopsAsync()
    {
        await relay.RelayAllAsync();
        await run.HearAllAsync();
        if (!VaultSets.AreFollowed(run.State)) return false;
        var slots = await VaultSlots.ReadAsync(World.Vault);
        if ((slots.Flags & (Bridge.Tests.VaultFlags.LockPaused | Bridge.Tests.VaultFlags.ReleasePaused)) == 0) return true;
        await validators.UnpauseVaultAsync();
        return false;
    }

    private async Task<bool> FetchedAsync()
    {
        await relay.RelayAllAsync();
        await World.Ethereum.WarpByAsync(60); // the vault's own limit fills
        await run.HearAllAsync();
        await run.CheckAsync();
        return run.Status.Open.IsZero;
    }

    // Behind every deadline, and behind the next proof of what the vault has not paid.
    private async Task ExpireAsync()
    {
        var deadline = run.Expected.Burns.Keys.Select(burnId => WithdrawalRecord.Get(run.State, burnId)?.DeadlineSeconds ?? 0).Append(0UL).Max();
        if (deadline >= await World.Ethereum.TimeAsync()) await World.Ethereum.WarpToAsync(deadline + 1);
        await World.MineAsync((int)BridgedNetwork.HeartbeatBlocks);
        await World.FinalizeAsync();
    }

    private void CheckPeace()
    {
        var (status, ethereum, expected) = (run.Status, run.Ethereum, run.Expected);
        Equation.Equal("peace", ethereum.LastNonce, status.Nonce, "the chain knows of every event of the vault");
        Equation.Equal("peace", ethereum.Slots.Outstanding, expected.BridgeSupply, "what the vault owes is what is here");
        Equation.Equal("peace", 0, expected.Pending(status.Nonce).Count, "locks that wait");
        Equation.Holds("peace", expected.Burns.Values.All(burn => burn.End != BurnEnd.Open), "every burn is paid or refunded");
    }

    private static async Task UntilAsync(Func<Task<bool>> fact, string what)
    {
        for (var round = 0; !await fact(); round++)
        {
            Assert.True(round < Rounds, $"not in {Rounds} rounds: {what}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }
}
