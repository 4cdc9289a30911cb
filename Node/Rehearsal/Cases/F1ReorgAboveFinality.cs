using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What is not final is never believed.</summary>
internal sealed class F1ReorgAboveFinality : RehearsalCase
{
    public override string Number => "F1";

    public override string Name => "a reorganisation takes a lock before it is final";

    public override string Wanted => "the lock is void; the one that is made after it is credited once";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (site, before) = (world.Site, await world.BalanceAsync(world.Account.Address).ConfigureAwait(false));
        var nonce = await site.LockAsync(Amount.FromNtk(5), BridgeContracts.RecipientOf(world.Account.Address)).ConfigureAwait(false);
        await world.Ethereum.CallAsync("anvil_reorg", 2, Array.Empty<object>()).ConfigureAwait(false);
        RehearsalFault.Compare(nonce - 1, await site.NonceAsync().ConfigureAwait(false), "the vault's nonce after the reorganisation");
        await site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilAllHaveReadAsync().ConfigureAwait(false);
        RehearsalFault.Compare(before, await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account after the reorganisation");

        var again = await world.CreditAsync(5, world.Account.Address).ConfigureAwait(false);
        RehearsalFault.Compare(nonce, again, "nonce of the lock that followed");
        RehearsalFault.Compare(before + Amount.FromNtk(5), await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account");
        return $"lock {nonce} vanished with its block and gave nothing; the lock made after it, again number {again}, gave 5 NTK once";
    }
}
