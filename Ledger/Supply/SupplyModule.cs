using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Moves NTK between accounts, escrow, reserve and destruction, and checks after every block that none appeared or vanished.</summary>
public static class SupplyModule
{
    /// <summary>All that is allocated and the reserve: the rest of the cap does not exist.</summary>
    internal static void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
        var total = genesis.Allocations.Aggregate(genesis.RewardReserve, (sum, allocation) => sum + allocation.Amount);
        state.Set(SupplyRecord.Key, new SupplyRecord(total, genesis.RewardReserve, Amount.Zero, Amount.Zero).Encode());
    }

    /// <summary>From an account into escrow (a bond); false where the balance does not reach.</summary>
    public static bool TryLock(StateOverlay state, Address from, Amount amount)
    {
        if (!AccountsModule.TryDebit(state, from, amount)) return false;
        Change(state, s => s with { Escrow = s.Escrow + amount });
        return true;
    }

    /// <summary>From escrow to an account.</summary>
    public static void Release(StateOverlay state, Address to, Amount amount)
    {
        Change(state, s => s with { Escrow = s.Escrow - amount });
        AccountsModule.Credit(state, to, amount);
    }

    public static void BurnFromEscrow(StateOverlay state, Amount amount) =>
        Change(state, s => s with { Escrow = s.Escrow - amount, Burned = s.Burned + amount });

    /// <summary>From the reserve to an account, as far as the reserve reaches; what was paid.</summary>
    public static Amount Reward(StateOverlay state, Address to, Amount amount)
    {
        var paid = Amount.Min(amount, SupplyRecord.Get(state).Reserve);
        if (paid.IsZero) return paid;
        Change(state, s => s with { Reserve = s.Reserve - paid });
        AccountsModule.Credit(state, to, paid);
        return paid;
    }

    /// <summary>
    /// balances + reserve + escrow = genesis - burned, block by block: what the changed accounts gained is what the record lost.
    /// </summary>
    /// <exception cref="InvariantException">NTK appeared or vanished; both sides are in the message.</exception>
    public static void CheckConservation(StateOverlay block)
    {
        Amount before = Amount.Zero, after = Amount.Zero;
        foreach (var change in block.Records)
        {
            if (change.Key.Bytes[0] != (byte)StateModule.Accounts) continue;
            before += Account.Decode(change.Before).Balance;
            after += Account.Decode(change.After).Balance;
        }

        var (old, now) = (SupplyRecord.Get(block.Below), SupplyRecord.Get(block));
        var left = after + now.Reserve + now.Escrow + now.Burned;
        var right = before + old.Reserve + old.Escrow + old.Burned;
        Invariant.Check(left == right, $"NTK is conserved: {left} after the block, {right} before, over the accounts that it changed");
        Invariant.Check(now.GenesisTotal == old.GenesisTotal, "the genesis total never changes");
        Invariant.Check(now.Burned >= old.Burned, "what was burned never comes back");
    }

    private static void Change(StateOverlay state, Func<SupplyRecord, SupplyRecord> change) =>
        state.Set(SupplyRecord.Key, change(SupplyRecord.Get(state)).Encode());
}
