using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>As a loss of power ends them.</summary>
internal sealed class F17KilledWhileItWorks : RehearsalCase
{
    public override string Number => "F17";

    public override string Name => "validators are killed in the middle of credits and a withdrawal, one by one and then all at once";

    public override string Wanted => "no credit lost or made twice, the withdrawal paid once, one state";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (from, site, amount) = (await world.FundedAsync(2_000).ConfigureAwait(false), world.Site, Amount.FromNtk(80));
        var (to, receiver, kills) = (PrivateKey.Generate().Address, PrivateKey.Generate().Address, 0);
        ulong nonce = 0, locks = 0;
        foreach (var node in world.Nodes)
        {
            nonce = await site.LockAsync(Amount.FromNtk(9), BridgeContracts.RecipientOf(to)).ConfigureAwait(false);
            locks++;
            await site.FinalizeAsync().ConfigureAwait(false);
            // Each in another part of the second in which it sees the lock, attests it, brings its proof and commits the credit.
            await Task.Delay(TimeSpan.FromMilliseconds(250 * kills), world.Cancelled).ConfigureAwait(false);
            await node.KillAsync().ConfigureAwait(false);
            kills++;
            node.Start();
            await world.UntilAllAnswerAsync().ConfigureAwait(false);
        }

        var burnId = await world.WithdrawAsync(from, amount, receiver).ConfigureAwait(false);
        nonce = await site.LockAsync(Amount.FromNtk(9), BridgeContracts.RecipientOf(to)).ConfigureAwait(false);
        locks++;
        await site.FinalizeAsync().ConfigureAwait(false);
        await Task.WhenAll(world.Nodes.Select(node => node.KillAsync())).ConfigureAwait(false);
        kills += world.Nodes.Length;
        foreach (var node in world.Nodes) node.Start();
        await world.UntilAllAnswerAsync().ConfigureAwait(false);
        await world.UntilDepositAsync(nonce).ConfigureAwait(false);
        RehearsalFault.Compare(Amount.FromNtk(9 * locks), await world.BalanceAsync(to).ConfigureAwait(false), "the account");
        await site.Vault.SendAsync(site.Stranger, await world.ReleaseCallAsync(burnId).ConfigureAwait(false)).ConfigureAwait(false);
        RehearsalFault.Compare(amount, await site.BalanceAsync(receiver).ConfigureAwait(false), "the receiver");
        await site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilSettledAsync(burnId).ConfigureAwait(false);
        return $"{kills} kills: {locks} locks of 9 NTK credited once each, {amount} NTK paid once, {await world.AgreeAsync().ConfigureAwait(false)}";
    }
}
