using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Never paid on both sides.</summary>
internal sealed class F24DeadlinePasses : RehearsalCase
{
    public override string Number => "F24";

    public override string Name => "a certified withdrawal that nobody brings until its deadline is over";

    public override string Wanted => "the vault refuses it from then on; the chain refunds it by a proof of a final block after the deadline, not before";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (from, site, amount) = (await world.FundedAsync(2_000).ConfigureAwait(false), world.Site, Amount.FromNtk(110));
        var receiver = PrivateKey.Generate().Address;
        var burnId = await world.WithdrawAsync(from, amount, receiver).ConfigureAwait(false);
        var call = await world.ReleaseCallAsync(burnId).ConfigureAwait(false);
        var deadline = (await world.Nodes[0].Bridge.WithdrawalAsync(burnId, world.Cancelled).ConfigureAwait(false))!.Deadline;
        var before = await world.BalanceAsync(from.Address).ConfigureAwait(false);
        await world.Ethereum.WarpToAsync(deadline + 1).ConfigureAwait(false);
        var refusal = await site.Vault.RefusalAsync(site.Stranger, call).ConfigureAwait(false);
        RehearsalFault.Compare("Expired", refusal, "the vault after the deadline");
        // Its block is not final yet.
        await world.BlocksAsync(5).ConfigureAwait(false);
        RehearsalFault.Compare("Certified", (await world.Nodes[0].Bridge.WithdrawalAsync(burnId, world.Cancelled).ConfigureAwait(false))?.State, "the withdrawal before finality");
        await site.MineAsync(2 * (int)RehearsalHomes.HeartbeatBlocks).ConfigureAwait(false);
        await site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilSettledAsync(burnId).ConfigureAwait(false);
        RehearsalFault.Compare(before + amount, await world.BalanceAsync(from.Address).ConfigureAwait(false), "the sender after the refund");
        RehearsalFault.Compare(Amount.Zero, await site.BalanceAsync(receiver).ConfigureAwait(false), "the receiver");
        return $"refused by {refusal} after second {deadline}; {amount} NTK came back by proof";
    }
}
