using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The state transition: (state, block) to (state, receipts, events).</summary>
public static class BlockExecutor
{
    /// <summary>Executes a block whose header and votes were checked by <see cref="BlockValidator.Check"/>.</summary>
    /// <returns>False where a transaction cannot stand in the block: then the whole block is invalid.</returns>
    public static bool TryExecute(
        LedgerState state,
        Block block,
        IReadOnlyList<Transaction> transactions,
        [NotNullWhen(true)] out ExecutionResult? result,
        out BlockRefusal refusal)
    {
        Invariant.Check(transactions.Count == block.Transactions.Length, "the transactions are the block's, decoded");
        result = null;
        refusal = BlockRefusal.None;
        var execution = new BlockExecution(state, block.Header.Author);
        for (var i = 0; i < transactions.Count; i++)
        {
            var rejection = execution.Add(transactions[i]);
            if (rejection == TransactionRejection.None) continue;
            refusal = new BlockRefusal(BlockFault.TransactionNotExecutable, $"transaction {i}, {transactions[i].Hash}: {rejection}");
            return false;
        }

        result = execution.Complete(block);
        return true;
    }
}
