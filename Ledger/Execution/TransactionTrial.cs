using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Tells whoever sends a message that no block can have it now: a mempool would keep it for a while and say nothing.</summary>
public static class TransactionTrial
{
    /// <summary>Why the block after a state cannot have the transaction, were it alone in it; none where it can, be it as one that fails and pays.</summary>
    public static TransactionRejection Of(LedgerState state, Transaction transaction) =>
        new BlockExecution(state, state.Next.Schedule.Leader(Round.Zero)).Add(transaction);
}
