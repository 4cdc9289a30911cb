using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Large withdrawals wait, and validators may say no.</summary>
internal sealed class MigrationHeldWithdrawal : RehearsalCase
{
    private static readonly Amount Large = RehearsalHomes.HoldAbove + Amount.FromNtk(1);

    public override string Number => "M5";

    public override string Name => "two large withdrawals: one is held and then paid, one is held and vetoed";

    public override string Wanted => "no certificate while held; the vetoed one comes back in full";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var from = await world.FundedAsync(30_000).ConfigureAwait(false);
        var (paid, vetoed) = (PrivateKey.Generate().Address, PrivateKey.Generate().Address);
        var good = await world.WithdrawAsync(from, Large, paid).ConfigureAwait(false);
        var held = await world.Nodes[0].Bridge.WithdrawalAsync(good, world.Cancelled).ConfigureAwait(false);
        RehearsalFault.Compare("Held", held?.State, "state of the first");
        var bad = await world.WithdrawAsync(from, Large, vetoed).ConfigureAwait(false);
        var before = await world.Nodes[0].BalanceAsync(from.Address).ConfigureAwait(false);
        foreach (var node in world.Nodes.Take(2)) await node.OperateAsync(body => body.BridgeVeto = new BridgeVeto { BurnId = bad.ToByteString() }).ConfigureAwait(false);
        await world.UntilSettledAsync(bad).ConfigureAwait(false);
        RehearsalFault.Compare(before + Large, await world.BalanceAsync(from.Address).ConfigureAwait(false), "the sender after the refund");

        await world.Site.Vault.SendAsync(world.Site.Stranger, await world.ReleaseCallAsync(good).ConfigureAwait(false)).ConfigureAwait(false);
        RehearsalFault.Compare(Large, await world.Site.BalanceAsync(paid).ConfigureAwait(false), "the receiver on Ethereum");
        RehearsalFault.Compare(Amount.Zero, await world.Site.BalanceAsync(vetoed).ConfigureAwait(false), "the vetoed receiver on Ethereum");
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilSettledAsync(good).ConfigureAwait(false);
        return $"{Large} NTK held until block {held!.HeldUntil} and paid; as much vetoed by two of four and refunded";
    }
}
