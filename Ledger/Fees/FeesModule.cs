using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What a transaction must bring to be in a block at all, and what that costs its sender.</summary>
public static class FeesModule
{
    /// <summary>Whether a transaction that pays may stand in a block of that height, as the state is: nonce, expiry, fee.</summary>
    public static TransactionRejection Check(IStateReader state, ChainParameters parameters, Height height, Transaction transaction)
    {
        var sender = AccountsModule.Get(state, transaction.Sender);
        if (transaction.Nonce < sender.Nonce) return TransactionRejection.NonceTooLow;
        if (transaction.Nonce > sender.Nonce) return TransactionRejection.NonceTooHigh;
        if (IsExpired(transaction, height)) return TransactionRejection.Expired;
        if (transaction.Fee < parameters.FeeMin) return TransactionRejection.FeeTooLow;
        return sender.Balance < transaction.Fee ? TransactionRejection.FeeNotPayable : TransactionRejection.None;
    }

    /// <summary>Whether that height is past the last one that the sender allows; 0 allows all.</summary>
    public static bool IsExpired(Transaction transaction, Height height) =>
        transaction.Body.ExpiryHeight != 0 && transaction.Body.ExpiryHeight < height.Value;

    /// <summary>Takes fee and nonce: the fee goes to the author of the block.</summary>
    internal static void Charge(BlockContext context, Transaction transaction)
    {
        var sender = AccountsModule.Get(context.State, transaction.Sender);
        AccountsModule.Set(context.State, transaction.Sender, new Account(sender.Nonce + 1, sender.Balance - transaction.Fee));
        AccountsModule.Credit(context.State, context.Author, transaction.Fee);
    }
}
