using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Finality is broken: nobody may go on by himself.</summary>
internal sealed class F2ReorgBelowFinality : RehearsalCase
{
    public override string Number => "F2";

    public override string Name => "a reorganisation below finality";

    public override string Wanted => "every watch halts, the chain halts by Finality, nothing is credited from the other past";

    public override bool LeavesRuins => true;

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var site = world.Site;
        await site.MineAsync(20).ConfigureAwait(false);
        // What was attested is to have another hash: its block goes too.
        await world.CreditAsync(5, world.Account.Address).ConfigureAwait(false);
        await world.UntilAllHaveReadAsync().ConfigureAwait(false);
        var before = await world.BalanceAsync(world.Account.Address).ConfigureAwait(false);
        await world.Ethereum.CallAsync("anvil_reorg", 20, Array.Empty<object>()).ConfigureAwait(false);
        await site.LockAsync(Amount.FromNtk(500), BridgeContracts.RecipientOf(world.Account.Address)).ConfigureAwait(false);
        await site.MineAsync(LocalEthereum.FinalityBlocks + 4).ConfigureAwait(false);
        foreach (var node in world.Nodes)
            await world.UntilAsync(async () => (await node.StatusAsync().ConfigureAwait(false)).Watch.Halt.Length > 0, $"{node.Name}'s watch halts").ConfigureAwait(false);
        await world.UntilAsync(async () => (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Halts.Contains("Finality"), "the chain halts").ConfigureAwait(false);
        RehearsalFault.Compare(before, await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account after the halt");
        var halt = (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Watch.Halt;
        return $"four watches halted ({halt}), the chain by Finality; the lock of 500 NTK in the other past gave nothing";
    }
}
