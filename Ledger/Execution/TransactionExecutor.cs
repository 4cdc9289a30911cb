using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Runs one transaction in a block: all of its effects or none.</summary>
internal static class TransactionExecutor
{
    // Reasons below this number keep a transaction out of blocks; from it on a transaction that pays fails in the block.
    private const ushort FirstFailure = 100;

    /// <returns>
    /// None where the transaction stands in the block, with the outcome in the receipt; else why it cannot, with nothing changed.
    /// </returns>
    public static TransactionRejection Execute(BlockContext context, Transaction transaction, out Receipt receipt)
    {
        var outcome = TransactionRejection.None;
        var before = context.Mark();
        var refusal = context.Keep(before, transaction.IsProtocolMessage ? Protocol(context, transaction) : Paid(context, transaction, out outcome));
        receipt = new Receipt(transaction.Hash, (ushort)outcome, transaction.Fee);
        return refusal;
    }

    private static TransactionRejection Protocol(BlockContext context, Transaction transaction) =>
        FeesModule.IsExpired(transaction, context.Height) ? TransactionRejection.Expired : Dispatch(context, transaction);

    private static TransactionRejection Paid(BlockContext context, Transaction transaction, out TransactionRejection outcome)
    {
        outcome = TransactionRejection.None;
        var refusal = FeesModule.Charge(context, transaction);
        if (refusal != TransactionRejection.None) return refusal;
        var before = context.Mark();
        outcome = context.Keep(before, Dispatch(context, transaction));
        return (ushort)outcome < FirstFailure ? outcome : TransactionRejection.None;
    }

    private static TransactionRejection Dispatch(BlockContext context, Transaction transaction) =>
        LedgerModules.Of(transaction.Kind).Execute(context, transaction);
}
