using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The real token's manner. What a snapshot makes of it is the snapshot's own test.</summary>
internal sealed class F19BurnWithoutTransfer : RehearsalCase
{
    public override string Number => "F19";

    public override string Name => "NTK are burned on Ethereum, which logs Burn and no Transfer";

    public override string Wanted => "the bridge follows the vault's own events and balance: nothing moves, reserves still prove";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (site, before) = (world.Site, await world.Nodes[0].StatusAsync().ConfigureAwait(false));
        var receipt = await site.Token.SendAsync(site.Holder, "burn", AbiValue.Amount(Amount.FromNtk(1_000))).ConfigureAwait(false);
        RehearsalFault.Compare(1, receipt.Logs.Length, "logs of the burn");
        await site.MineAsync(2 * (int)RehearsalHomes.HeartbeatBlocks).ConfigureAwait(false);
        await site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilAsync(async () => (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).ReservesBlock > receipt.BlockNumber, "reserves are proven after the burn").ConfigureAwait(false);
        var after = await world.Nodes[0].StatusAsync().ConfigureAwait(false);
        RehearsalFault.Compare((before.Nonce, before.Locked, 0), (after.Nonce, after.Locked, after.Halts.Count), "cursor, locked and halts");
        return $"1,000 NTK burned with one log and no Transfer; reserves proven at block {after.ReservesBlock}, nothing moved here";
    }
}
