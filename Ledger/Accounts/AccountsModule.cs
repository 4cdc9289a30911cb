using System.Collections.Immutable;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>Balances, nonces, and what moves NTK between accounts.</summary>
public sealed class AccountsModule : LedgerModule
{
    private const uint UnitsPerPayment = 10;

    public override ImmutableArray<MessageOneofCase> Messages => [MessageOneofCase.Transfer, MessageOneofCase.BatchTransfer, MessageOneofCase.Burn];

    /// <inheritdoc/>
    public override ImmutableArray<string> Events => ["accounts.transferred", "accounts.batch_transferred", "accounts.burned"];

    public override uint CostOf(Transaction transaction) =>
        transaction.Kind == MessageOneofCase.BatchTransfer ? UnitsPerPayment * (uint)transaction.Body.BatchTransfer.Payments.Count : UnitsPerPayment;

    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
        foreach (var (address, amount) in genesis.Allocations) Credit(state, address, amount);
    }

    public override TransactionRejection Execute(BlockContext context, Transaction transaction) => transaction.Kind switch
    {
        MessageOneofCase.Transfer => Transfer(context, transaction.Sender, transaction.Transfer),
        MessageOneofCase.BatchTransfer => Transfer(context, transaction.Sender, transaction.Body.BatchTransfer),
        _ => Burn(context, transaction.Sender, transaction.Body.Burn),
    };

    public static StateKey Key(Address address) => StateKey.Of(StateModule.Accounts, 0, address);

    public static Account Get(IStateReader state, Address address) => Account.Decode(state.Get(Key(address)));

    public static void Set(StateOverlay state, Address address, Account account) => state.Set(Key(address), account.Encode());

    public static void Credit(StateOverlay state, Address address, Amount amount)
    {
        var key = Key(address);
        var account = Account.Decode(state.Get(key));
        state.Set(key, (account with { Balance = account.Balance + amount }).Encode());
    }

    /// <summary>False, and nothing changed, where the balance does not reach.</summary>
    public static bool TryDebit(StateOverlay state, Address address, Amount amount)
    {
        var key = Key(address);
        var account = Account.Decode(state.Get(key));
        if (account.Balance < amount) return false;
        state.Set(key, (account with { Balance = account.Balance - amount }).Encode());
        return true;
    }

    private static TransactionRejection Transfer(BlockContext context, Address from, TransferContent transfer)
    {
        var (to, amount, memo) = transfer;
        if (amount.IsZero) return TransactionRejection.AmountZero;
        if (to == from) return TransactionRejection.TransferToSelf;
        if (!TryDebit(context.State, from, amount)) return TransactionRejection.BalanceTooLow;
        Credit(context.State, to, amount);
        context.Emit("accounts.transferred", ("from", from), ("to", to), ("amount", amount), ("memo", memo));
        return TransactionRejection.None;
    }

    private static TransactionRejection Transfer(BlockContext context, Address from, BatchTransfer batch)
    {
        var total = Amount.Zero;
        foreach (var payment in batch.Payments)
        {
            _ = Amount.TryFromBytes(payment.Amount.Span, out var amount);
            if (amount.IsZero) return TransactionRejection.AmountZero;
            if (Address.FromBytes(payment.To.Span) == from) return TransactionRejection.TransferToSelf;
            if (!Amount.TryAdd(total, amount, out total)) return TransactionRejection.AmountTooLarge;
        }

        if (!TryDebit(context.State, from, total)) return TransactionRejection.BalanceTooLow;
        foreach (var payment in batch.Payments)
        {
            _ = Amount.TryFromBytes(payment.Amount.Span, out var amount);
            var to = Address.FromBytes(payment.To.Span);
            Credit(context.State, to, amount);
            context.Emit("accounts.transferred", ("from", from), ("to", to), ("amount", amount), ("memo", batch.Memo));
        }

        context.Emit(
            "accounts.batch_transferred",
            ("from", from),
            ("payments", batch.Payments.Count),
            ("amount", total));
        return TransactionRejection.None;
    }

    private static TransactionRejection Burn(BlockContext context, Address from, Burn burn)
    {
        _ = Amount.TryFromBytes(burn.Amount.Span, out var amount);
        if (amount.IsZero) return TransactionRejection.AmountZero;
        if (!SupplyModule.TryBurn(context.State, from, amount)) return TransactionRejection.BalanceTooLow;
        context.Emit("accounts.burned", ("from", from), ("amount", amount));
        return TransactionRejection.None;
    }
}
