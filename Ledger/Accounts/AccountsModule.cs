using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>Balances, nonces and transfers.</summary>
public static class AccountsModule
{
    public static StateKey Key(Address address) => StateKey.Of(StateModule.Accounts, 0, address);

    public static Account Get(IStateReader state, Address address) => Account.Decode(state.Get(Key(address)));

    public static void Set(StateOverlay state, Address address, Account account) => state.Set(Key(address), account.Encode());

    public static void Credit(StateOverlay state, Address address, Amount amount)
    {
        var account = Get(state, address);
        Set(state, address, account with { Balance = account.Balance + amount });
    }

    /// <summary>False, and nothing changed, where the balance does not reach.</summary>
    public static bool TryDebit(StateOverlay state, Address address, Amount amount)
    {
        var account = Get(state, address);
        if (account.Balance < amount) return false;
        Set(state, address, account with { Balance = account.Balance - amount });
        return true;
    }

    internal static TransactionRejection Execute(BlockContext context, Transaction transaction, Transfer transfer)
    {
        var to = Address.FromBytes(transfer.To.Span);
        _ = Amount.TryFromBytes(transfer.Amount.Span, out var amount);
        if (amount.IsZero) return TransactionRejection.AmountZero;
        if (to == transaction.Sender) return TransactionRejection.TransferToSelf;
        if (!TryDebit(context.State, transaction.Sender, amount)) return TransactionRejection.BalanceTooLow;
        Credit(context.State, to, amount);
        context.Emit("accounts.transferred", ("from", transaction.Sender.ToString()), ("to", to.ToString()), ("amount", amount.ToString()), ("memo", transfer.Memo));
        return TransactionRejection.None;
    }
}
