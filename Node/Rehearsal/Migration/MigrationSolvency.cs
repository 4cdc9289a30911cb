using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The vault's reserves are proven out of Ethereum's state, and the books of both sides close.</summary>
internal sealed class MigrationSolvency : RehearsalCase
{
    public override string Number => "M7";

    public override string Name => "solvency: the vault's reserves are proven, and all sums close";

    public override string Wanted => "a fresh proof of the vault's balance and totals; S1-S7 hold";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var before = (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).ReservesBlock;
        await world.Site.MineAsync((int)RehearsalHomes.HeartbeatBlocks * 2).ConfigureAwait(false);
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilAsync(async () => (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).ReservesBlock > before, "reserves are proven").ConfigureAwait(false);
        await world.BlocksAsync(2).ConfigureAwait(false);
        var books = await world.Nodes[0].Bridge.SolvencyAsync(world.Cancelled).ConfigureAwait(false);
        RehearsalFault.Unless(Amount.TryFromBytes(books.ReservesBalance.Span, out var proven), "no proven balance");
        RehearsalFault.Compare(await world.Site.BalanceAsync(world.Site.Vault.Address).ConfigureAwait(false), proven, "proven reserves against the vault's balance");
        RehearsalFault.Compare(0, (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Halts.Count, "halts");
        return $"{proven} NTK proven at Ethereum's block {books.ReservesBlock}; {await RehearsalBooks.CheckAsync(world).ConfigureAwait(false)}; {await world.AgreeAsync().ConfigureAwait(false)}";
    }
}
