using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A nonce alone says nothing.</summary>
internal sealed class F3SameNonceOtherContent : RehearsalCase
{
    public override string Number => "F3";

    public override string Name => "the same nonce with another amount after a reorganisation";

    public override string Wanted => "known by its block's hash: the amount that became final is credited, the other never";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (site, before) = (world.Site, await world.BalanceAsync(world.Account.Address).ConfigureAwait(false));
        await site.FinalizeAsync().ConfigureAwait(false);
        var first = await site.LockAsync(Amount.FromNtk(500), BridgeContracts.RecipientOf(world.Account.Address)).ConfigureAwait(false);
        await world.Ethereum.CallAsync("anvil_reorg", 1, Array.Empty<object>()).ConfigureAwait(false);
        var second = await world.CreditAsync(7, world.Account.Address).ConfigureAwait(false);
        RehearsalFault.Compare(first, second, "nonce of the second");
        RehearsalFault.Compare(before + Amount.FromNtk(7), await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account");
        return $"nonce {second}: 7 NTK credited, nothing of the 500 that a reorganisation took";
    }
}
