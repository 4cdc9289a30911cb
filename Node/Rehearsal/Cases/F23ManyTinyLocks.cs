using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Locks cost their sender gas; what they cost the chain is bounded.</summary>
internal sealed class F23ManyTinyLocks : RehearsalCase
{
    private const int Batches = 3, Each = 150;

    public override string Number => "F23";

    public override string Name => "hundreds of locks of the least amount at once, and one below it";

    public override string Wanted => "below the least the vault reverts; the others are credited in order, in batches that a block holds, and the chain goes on";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (site, least) = (world.Site, await world.Site.NtkAsync("minLock").ConfigureAwait(false));
        var below = await site.Vault.RefusalAsync(site.Holder, BridgeContracts.Lock(least - new Amount(1), Words.Of(1))).ConfigureAwait(false);
        RehearsalFault.Compare("BelowMinimum", below, "a lock below the least");
        var many = await Contract.DeployAsync(world.Ethereum, site.Stranger, "test/ManyLocks").ConfigureAwait(false);
        await site.Token.SendAsync(site.Holder, "approve", AbiValue.Address(many.Address), AbiValue.Amount(Amount.FromNtk(Batches * Each * 2))).ConfigureAwait(false);
        var first = await site.NonceAsync().ConfigureAwait(false) + 1;
        for (var i = 0; i < Batches; i++)
            await many.SendAsync(site.Holder, "lock", AbiValue.Address(site.Vault.Address), AbiValue.Number(Each), AbiValue.Number(0)).ConfigureAwait(false);
        var last = await site.NonceAsync().ConfigureAwait(false);
        RehearsalFault.Compare(first + (Batches * Each) - 1, last, "nonce of the last");
        await site.FinalizeAsync().ConfigureAwait(false);
        var height = await world.Nodes[0].HeightAsync().ConfigureAwait(false);
        await world.UntilDepositAsync(last).ConfigureAwait(false);
        // Each transaction locks for the accounts 1 to 150.
        RehearsalFault.Compare(Batches * least.Units, (await world.BalanceAsync(Words.Address(Words.Of(1))).ConfigureAwait(false)).Units, "the first account");
        RehearsalFault.Compare(Batches * least.Units, (await world.BalanceAsync(Words.Address(Words.Of(Each))).ConfigureAwait(false)).Units, "the last account");
        return $"{below} below {least} NTK; {Batches * Each} locks in {Batches} transactions, nonces {first} to {last}, credited within {await world.Nodes[0].HeightAsync().ConfigureAwait(false) - height} blocks";
    }
}
