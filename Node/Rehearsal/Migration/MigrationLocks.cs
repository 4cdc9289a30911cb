using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>NTK come over by all three ways.</summary>
internal sealed class MigrationLocks : RehearsalCase
{
    private const ulong ForAccount = 100_000, ForReserve = 50_000, ForDeposit = 700;

    public override string Number => "M2";

    public override string Name => "locks: for an account, for the learning reserve, by a deposit address";

    public override string Wanted => "each credited in full, in the order of nonces, on all four";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (site, depositor) = (world.Site, PrivateKey.Generate().Address);
        var first = await site.LockAsync(Amount.FromNtk(ForAccount), BridgeContracts.RecipientOf(world.Account.Address)).ConfigureAwait(false);
        await site.LockAsync(Amount.FromNtk(ForReserve), Locks.LearningReserve).ConfigureAwait(false);

        // An exchange sends to an address that knows nothing of bridges; anybody flushes it into the vault.
        var recipient = BridgeContracts.RecipientOf(depositor);
        var address = await site.Factory.AddressAsync("addressOf", AbiValue.Word(recipient)).ConfigureAwait(false);
        await site.Token.SendAsync(site.Holder, "transfer", AbiValue.Address(address), AbiValue.Amount(Amount.FromNtk(ForDeposit))).ConfigureAwait(false);
        await site.Factory.SendAsync(site.Stranger, BridgeContracts.DeployDeposit(recipient)).ConfigureAwait(false);
        await world.Ethereum.SendAsync(site.Stranger, address, BridgeContracts.Flush()).ConfigureAwait(false);
        var last = await site.NonceAsync().ConfigureAwait(false);
        RehearsalFault.Compare(first + 2, last, "nonce of the third lock");

        await site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilDepositAsync(last).ConfigureAwait(false);
        RehearsalFault.Compare(Amount.FromNtk(ForAccount), await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account");
        RehearsalFault.Compare(Amount.FromNtk(ForDeposit), await world.BalanceAsync(depositor).ConfigureAwait(false), "the deposit's account");
        await world.BlocksAsync(2).ConfigureAwait(false); // the books are those of the block before the newest one
        var books = await world.Nodes[0].Bridge.SolvencyAsync(world.Cancelled).ConfigureAwait(false);
        RehearsalFault.Unless(Amount.TryFromBytes(books.Reserve.Span, out var reserve) && reserve == Amount.FromNtk(ForReserve), $"the learning reserve has {reserve}");
        return $"nonces {first} to {last}: {ForAccount} NTK to the account, {ForReserve} to the reserve, {ForDeposit} by the deposit address";
    }
}
