using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Moves NTK between accounts, escrow, reserve, treasury, the bridge and destruction, and checks after every block that none appeared or
/// vanished: balances + reserve + escrow + treasury + quarantine = genesis + credited + refunded - withdrawn - burned, never above the cap.
/// </summary>
public sealed class SupplyModule : LedgerModule
{
    /// <summary>No more NTK than this exists on both chains together.</summary>
    public static readonly Amount Cap = Amount.FromNtk(100_000_000);

    /// <summary>All that is allocated and the reserve: the rest of the cap does not exist here.</summary>
    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
        var balances = genesis.Allocations.Aggregate(Amount.Zero, (sum, allocation) => sum + allocation.Amount);
        var total = balances + genesis.RewardReserve;
        state.Set(SupplyRecord.Key, new SupplyRecord(total, genesis.RewardReserve, Amount.Zero, Amount.Zero) { Balances = balances }.Encode());
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

    /// <summary>From escrow to the treasury.</summary>
    public static void ReleaseToTreasury(StateOverlay state, Amount amount) =>
        Change(state, s => s with { Escrow = s.Escrow - amount, Treasury = s.Treasury + amount });

    public static void BurnFromEscrow(StateOverlay state, Amount amount) =>
        Change(state, s => s with { Escrow = s.Escrow - amount, Burned = s.Burned + amount });

    /// <summary>Destroys what an account has; false where the balance does not reach.</summary>
    public static bool TryBurn(StateOverlay state, Address from, Amount amount)
    {
        if (!AccountsModule.TryDebit(state, from, amount)) return false;
        Change(state, s => s with { Burned = s.Burned + amount });
        return true;
    }

    /// <summary>From the reserve to an account, as far as the reserve reaches; what was paid.</summary>
    public static Amount Reward(StateOverlay state, Address to, Amount amount)
    {
        var paid = Amount.Min(amount, SupplyRecord.Get(state).Reserve);
        if (paid.IsZero) return paid;
        Change(state, s => s with { Reserve = s.Reserve - paid });
        AccountsModule.Credit(state, to, paid);
        return paid;
    }

    /// <summary>From the treasury to an account; false where it does not reach.</summary>
    public static bool TryPayFromTreasury(StateOverlay state, Address to, Amount amount)
    {
        if (SupplyRecord.Get(state).Treasury < amount) return false;
        Change(state, s => s with { Treasury = s.Treasury - amount });
        AccountsModule.Credit(state, to, amount);
        return true;
    }

    /// <summary>
    /// NTK that was locked on Ethereum comes to an account. With a reserve of its own beside the bridge a chain takes credits only up to the cap
    /// less what genesis made, or both chains together would have more than the cap.
    /// </summary>
    public static TransactionRejection TryCredit(StateOverlay state, GenesisDocument genesis, Address to, Amount amount) =>
        TryMint(state, genesis, amount, s => s with { Credited = s.Credited + amount }, () => AccountsModule.Credit(state, to, amount));

    /// <summary>The same into the reserve that learning is paid from.</summary>
    public static TransactionRejection TryCreditReserve(StateOverlay state, GenesisDocument genesis, Amount amount) =>
        TryMint(state, genesis, amount, s => s with { Credited = s.Credited + amount, Reserve = s.Reserve + amount }, () => { });

    /// <summary>The same into quarantine, for nobody whom the chain knows.</summary>
    public static TransactionRejection TryCreditQuarantine(StateOverlay state, GenesisDocument genesis, Amount amount) =>
        TryMint(state, genesis, amount, s => s with { Credited = s.Credited + amount, Quarantine = s.Quarantine + amount }, () => { });

    /// <summary>The same into escrow, for claims of a snapshot to be paid from.</summary>
    public static TransactionRejection TryCreditEscrow(StateOverlay state, GenesisDocument genesis, Amount amount) =>
        TryMint(state, genesis, amount, s => s with { Credited = s.Credited + amount, Escrow = s.Escrow + amount }, () => { });

    /// <summary>A claim makes its NTK: only where no vault could bring the same once more.</summary>
    public static void MintClaim(StateOverlay state, GenesisDocument genesis, Address to, Amount amount)
    {
        Invariant.Check(genesis.SupplyMode == GenesisDocument.ClaimedSupply, "claims make NTK on a chain without a vault alone");
        Change(state, s => s with { Credited = s.Credited + amount });
        AccountsModule.Credit(state, to, amount);
    }

    /// <summary>From quarantine to an account.</summary>
    public static void ReleaseFromQuarantine(StateOverlay state, Address to, Amount amount)
    {
        Change(state, s => s with { Quarantine = s.Quarantine - amount });
        AccountsModule.Credit(state, to, amount);
    }

    /// <summary>
    /// NTK leaves an account for Ethereum. No more leaves than came: what genesis made here has no counterpart in the vault.
    /// </summary>
    public static TransactionRejection TryWithdraw(StateOverlay state, GenesisDocument genesis, Address from, Amount amount)
    {
        if (genesis.SupplyMode != GenesisDocument.BridgedSupply) return TransactionRejection.NoBridge;
        if (amount.IsZero) return TransactionRejection.AmountZero;
        var supply = SupplyRecord.Get(state);
        if (amount > supply.Credited + supply.Refunded - supply.Withdrawn) return TransactionRejection.WithdrawalAboveCredited;
        if (!AccountsModule.TryDebit(state, from, amount)) return TransactionRejection.BalanceTooLow;
        Change(state, s => s with { Withdrawn = s.Withdrawn + amount });
        return TransactionRejection.None;
    }

    /// <summary>A withdrawal that was never released on Ethereum comes back.</summary>
    public static void Refund(StateOverlay state, Address to, Amount amount)
    {
        Change(state, s =>
        {
            Invariant.Check(s.Refunded + amount <= s.Withdrawn, "no more comes back than was withdrawn");
            return s with { Refunded = s.Refunded + amount };
        });
        AccountsModule.Credit(state, to, amount);
    }

    /// <summary>Shares of the fees that were taken from their senders.</summary>
    internal static void TakeFees(StateOverlay state, Amount burned, Amount treasury) =>
        Change(state, s => s with { Burned = s.Burned + burned, Treasury = s.Treasury + treasury });

    /// <summary>Brings the sum of the accounts up to date and checks the books of a block that is executed.</summary>
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

        var old = SupplyRecord.Get(block.Below);
        Invariant.Check(old.Balances >= before, $"the accounts that a block changes hold no more than all do: {before} NTK of {old.Balances}");
        if (before != after) Change(block, s => s with { Balances = s.Balances - before + after });
        Check(old, SupplyRecord.Get(block));
    }

    /// <summary>The whole state's books from the ground up: every account is counted.</summary>
    /// <returns>Null where they are right, else both sides.</returns>
    public static string? Audit(LedgerState state)
    {
        var sum = Amount.Zero;
        foreach (var (key, value) in state.Records)
            if (key.Bytes[0] == (byte)StateModule.Accounts)
                sum += Account.Decode(value).Balance;
        var supply = SupplyRecord.Get(state);
        if (sum != supply.Balances) return $"the accounts hold {sum} NTK, the books say {supply.Balances}";
        return supply.Held == supply.Issued && supply.Issued <= Cap ? null : supply.ToString();
    }

    private static void Check(SupplyRecord old, SupplyRecord now)
    {
        Invariant.Check(now.GenesisTotal == old.GenesisTotal, "the genesis total never changes");
        Invariant.Check(now.Burned >= old.Burned, "what was burned never comes back");
        Invariant.Check(now.Credited >= old.Credited, "credits are never taken back");
        Invariant.Check(now.Withdrawn >= old.Withdrawn, "withdrawals are never taken back, they are refunded");
        var came = now.GenesisTotal + now.Credited + now.Refunded;
        var went = now.Withdrawn + now.Burned;
        Invariant.Check(came >= went && now.Held == came - went, $"NTK is conserved: {now}");
        Invariant.Check(now.Held <= Cap, $"no more NTK exists than the cap of {Cap}: {now}");
    }

    private static TransactionRejection TryMint(StateOverlay state, GenesisDocument genesis, Amount amount, Func<SupplyRecord, SupplyRecord> change, Action credit)
    {
        if (genesis.SupplyMode != GenesisDocument.BridgedSupply) return TransactionRejection.NoBridge;
        if (amount.IsZero) return TransactionRejection.AmountZero;
        var supply = SupplyRecord.Get(state);
        var vault = supply.Credited + supply.Refunded - supply.Withdrawn;
        if (!Amount.TryAdd(supply.GenesisTotal + vault, amount, out var most) || most > Cap) return TransactionRejection.CreditAboveCap;
        credit();
        Change(state, change);
        return TransactionRejection.None;
    }

    private static void Change(StateOverlay state, Func<SupplyRecord, SupplyRecord> change) =>
        state.Set(SupplyRecord.Key, change(SupplyRecord.Get(state)).Encode());
}
