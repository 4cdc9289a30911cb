using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>It fails closed.</summary>
internal sealed class F6EndpointsAreSilent : RehearsalCase
{
    public override string Number => "F6";

    public override string Name => "two of three endpoints of every validator are silent";

    public override string Wanted => "below the quorum nothing is attested or credited, the chain goes on and the status says so";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var before = await world.BalanceAsync(world.Account.Address).ConfigureAwait(false);
        foreach (var node in world.Nodes) (node.Proxies[1].Manner, node.Proxies[2].Manner) = (ProxyManner.Drop, ProxyManner.Unavailable);
        await world.UntilAsync(async () => (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Watch.Finalized == 0, "the status says that there is no quorum").ConfigureAwait(false);
        var nonce = await world.Site.LockAsync(Amount.FromNtk(5), BridgeContracts.RecipientOf(world.Account.Address)).ConfigureAwait(false);
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.BlocksAsync(15).ConfigureAwait(false);
        RehearsalFault.Compare("Unseen", (await world.Nodes[0].Bridge.DepositAsync(nonce, world.Cancelled).ConfigureAwait(false)).State, "the lock while the endpoints are silent");
        RehearsalFault.Compare(before, await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account while the endpoints are silent");
        var states = string.Join(", ", (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Watch.Endpoints.Select(endpoint => endpoint.State));

        world.TellTheTruth();
        await world.UntilDepositAsync(nonce).ConfigureAwait(false);
        RehearsalFault.Compare(before + Amount.FromNtk(5), await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account");
        return $"no quorum ({states}), 15 blocks without the credit; credited once they answered";
    }
}
