using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// The equations between the books here and the vault's events, checked at the end of every block. Conservation among the accounts is checked by
/// <see cref="SupplyModule.CheckConservation"/>; that the vault has what its events say, by <see cref="VaultReservesCheck"/>.
/// </summary>
internal static class BridgeBooks
{
    public static void Check(IStateReader state)
    {
        var (status, supply) = (BridgeStatus.Get(state), SupplyRecord.Get(state));
        Invariant.Check(supply.Credited + status.Pending == status.Locked, $"each lock is credited or waits: {supply.Credited} + {status.Pending} of {status.Locked} NTK");
        Invariant.Check(
            supply.Withdrawn == supply.Refunded + status.Released + status.Open,
            $"each withdrawal is refunded, released or open: {supply.Refunded} + {status.Released} + {status.Open} of {supply.Withdrawn} NTK");
        Invariant.Check(supply.Credited + supply.Refunded >= supply.Withdrawn, "no more leaves than came");
        Invariant.Check(supply.Credited + supply.Refunded - supply.Withdrawn <= SupplyModule.Cap, "no more is here than there is");
    }
}
