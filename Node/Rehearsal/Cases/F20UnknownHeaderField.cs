using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A fork of Ethereum that came before its release.</summary>
internal sealed class F20UnknownHeaderField : RehearsalCase
{
    public override string Number => "F20";

    public override string Name => "Ethereum's headers gain a field that this release does not know";

    public override string Wanted => "every watch halts by UnknownHeaderLayout, nothing is credited; once operators have them go on all is credited";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var before = await world.BalanceAsync(world.Account.Address).ConfigureAwait(false);
        foreach (var proxy in world.Nodes.SelectMany(node => node.Proxies)) proxy.Lie = Lies.Named("new field");
        var nonce = await world.Site.LockAsync(Amount.FromNtk(5), BridgeContracts.RecipientOf(world.Account.Address)).ConfigureAwait(false);
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        foreach (var node in world.Nodes)
            await world.UntilAsync(async () => (await node.StatusAsync().ConfigureAwait(false)).Watch.Halt.Contains("UnknownHeaderLayout", StringComparison.Ordinal), $"{node.Name}'s watch halts").ConfigureAwait(false);
        RehearsalFault.Compare(before, await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account while the watches stand");

        world.TellTheTruth();
        await Task.WhenAll(world.Nodes.Select(node => node.ResumeWatchAsync())).ConfigureAwait(false);
        await world.UntilAllAnswerAsync().ConfigureAwait(false);
        await world.UntilDepositAsync(nonce).ConfigureAwait(false);
        RehearsalFault.Compare(before + Amount.FromNtk(5), await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account");
        return $"four watches halted by UnknownHeaderLayout and lock {nonce} waited; credited after their operators had them go on";
    }
}
