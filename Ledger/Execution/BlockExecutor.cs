using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The state transition: (state, block) to (state, receipts, events).</summary>
public static class BlockExecutor
{
    /// <summary>Executes a block whose header and votes were checked by <see cref="BlockValidator.Check"/>.</summary>
    /// <param name="state">The state after the block before.</param>
    /// <param name="block">The block.</param>
    /// <param name="transactions">Its transactions, decoded.</param>
    /// <param name="result">What it leaves behind.</param>
    /// <param name="refusal">Why it cannot be executed.</param>
    /// <param name="trace">Told who wrote what, where somebody wants to know.</param>
    /// <returns>False where a transaction cannot stand in the block: then the whole block is invalid.</returns>
    public static bool TryExecute(
        LedgerState state,
        Block block,
        IReadOnlyList<Transaction> transactions,
        [NotNullWhen(true)] out ExecutionResult? result,
        out BlockRefusal refusal,
        WriteTrace? trace = null)
    {
        Invariant.Check(transactions.Count == block.Transactions.Length, "the transactions are the block's, decoded");
        result = null;
        refusal = BlockRefusal.None;
        var execution = new BlockExecution(state, block.Header.Author, trace, transactions.Count);
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
