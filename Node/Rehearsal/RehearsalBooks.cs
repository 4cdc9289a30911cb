using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The supply equations S1 to S7 of the bridge, over what a running node answers and what stands on Ethereum.</summary>
internal static class RehearsalBooks
{
    private static readonly Amount Cap = Amount.FromNtk(100_000_000);

    /// <summary>Checks all of them; the sums in one line.</summary>
    /// <exception cref="RehearsalFault">One does not hold; the message names it.</exception>
    public static async Task<string> CheckAsync(RehearsalWorld world)
    {
        var s = await world.Nodes[0].Bridge.SolvencyAsync(world.Cancelled).ConfigureAwait(false);
        var (supply, credited, withdrawn, refunded, burned) = (Of(s.Supply), Of(s.Credited), Of(s.Withdrawn), Of(s.Refunded), Of(s.FeesBurned));
        var (locked, released, pending, open) = (Of(s.Locked), Of(s.Released), Of(s.Pending), Of(s.Open));
        RehearsalFault.Compare(credited + refunded, supply + withdrawn + burned, "S1: credited + refunded against supply + withdrawn + burned");
        RehearsalFault.Unless(supply <= Cap, $"S1: supply {supply} above the cap");
        RehearsalFault.Compare(supply, Of(s.Accounts) + Of(s.Reserve) + Of(s.Escrow) + Of(s.Quarantined) + Of(s.Treasury), "S2: supply against the sum of all holdings");
        RehearsalFault.Compare(locked, credited + pending, "S3: locked against credited + waiting");
        RehearsalFault.Compare(withdrawn, refunded + released + open, "S3: withdrawn against refunded + released + open");

        // Ethereum's side is read after the chain's: it can only be ahead.
        var (vaultLocked, vaultReleased) = (await world.Site.NtkAsync("totalLocked").ConfigureAwait(false), await world.Site.NtkAsync("totalReleased").ConfigureAwait(false));
        var balance = await world.Site.BalanceAsync(world.Site.Vault.Address).ConfigureAwait(false);
        RehearsalFault.Unless(balance + vaultReleased >= vaultLocked, $"S4: the vault has {balance} and owes {vaultLocked} - {vaultReleased}");
        RehearsalFault.Unless(vaultLocked <= Cap, $"S5: {vaultLocked} locked");
        RehearsalFault.Unless(vaultLocked >= locked, $"S6: {locked} locked by the chain's books, {vaultLocked} by the vault");
        RehearsalFault.Unless(vaultReleased >= released && vaultReleased <= withdrawn, $"S7: {vaultReleased} released, {withdrawn} burned, {released} known to the chain");
        return $"S1-S7 hold: {locked} locked, {released} released, supply {supply} and {burned} burned in fees, vault {balance} NTK";
    }

    private static Amount Of(ByteString bytes) => Amount.TryFromBytes(bytes.Span, out var amount) ? amount : throw new RehearsalFault("the node's sum is no amount");
}
