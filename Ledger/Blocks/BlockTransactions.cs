using System.Collections.Immutable;
using System.Runtime.InteropServices;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Decodes what is in a block, each signature once in the life of a node. Signatures that nobody checked yet are checked on all cores; which
/// fault is told does not depend on who was faster: it is the first by place.
/// </summary>
internal static class BlockTransactions
{
    // Below this a thread costs more to wake than its part of the work.
    private const int RangeLeast = 16;

    public static BlockRefusal Decode(
        Block block, GenesisHash genesis, ITransactionLookup known, out ImmutableArray<Transaction> transactions)
    {
        transactions = [];
        var all = block.Transactions;
        if (all.Length > Limits.TransactionsPerBlockMax)
            return new BlockRefusal(BlockFault.TooManyTransactions, $"{all.Length}, at most {Limits.TransactionsPerBlockMax}");
        var found = new Transaction?[all.Length];
        if (!ReferenceEquals(known, NoTransactions.Instance)) Find(all, known, found);
        return Complete(block, genesis, found, out transactions);
    }

    /// <summary>The same where it is known of each transaction whether it was checked before.</summary>
    /// <param name="block">Whose transactions they are.</param>
    /// <param name="genesis">The chain that they must be for.</param>
    /// <param name="found">Those that were checked, each in its place; filled up.</param>
    /// <param name="transactions">None where one is refused.</param>
    public static BlockRefusal Complete(Block block, GenesisHash genesis, Transaction?[] found, out ImmutableArray<Transaction> transactions)
    {
        transactions = [];
        var all = block.Transactions;
        var faults = Check(all, genesis, found);

        var hashes = new HashSet<TransactionHash>(all.Length);
        for (var i = 0; i < all.Length; i++)
        {
            if (faults[i] != TransactionFault.None) return new BlockRefusal(BlockFault.TransactionInvalid, $"transaction {i}: {faults[i]}");
            if (!hashes.Add(found[i]!.Hash)) return new BlockRefusal(BlockFault.TransactionInvalid, $"transaction {i}: {found[i]!.Hash} stands twice");
        }

        transactions = ImmutableCollectionsMarshal.AsImmutableArray(found)!;
        return BlockRefusal.None;
    }

    /// <summary>That a block takes no more time than the parameters allow.</summary>
    public static BlockRefusal CheckCost(LedgerState state, ImmutableArray<Transaction> transactions)
    {
        var cost = transactions.Aggregate(0L, (sum, transaction) => sum + CostUnits.Of(transaction));
        var most = state.Parameters.Fees.BlockCostMax;
        return cost > most ? new BlockRefusal(BlockFault.TooCostly, $"{cost} units, at most {most}") : BlockRefusal.None;
    }

    // The hashes on all cores, the lookup by one: its owner is a single thread.
    private static void Find(ImmutableArray<ReadOnlyMemory<byte>> all, ITransactionLookup known, Transaction?[] found)
    {
        var hashes = new Hash256[all.Length];
        ForEach(all.Length, i => hashes[i] = MerkleTree.LeafHash(all[i].Span));
        for (var i = 0; i < all.Length; i++)
            if (known.TryGet(hashes[i], out var transaction))
                found[i] = transaction;
    }

    // Past a fault nothing needs to be checked; before it everything is, whichever thread found it.
    private static TransactionFault[] Check(ImmutableArray<ReadOnlyMemory<byte>> all, GenesisHash genesis, Transaction?[] found)
    {
        var faults = new TransactionFault[all.Length];
        var first = all.Length;
        ForEach(all.Length, i =>
        {
            if (found[i] is not null || i > Volatile.Read(ref first)) return;
            if (UnverifiedTransaction.TryParse(all[i], genesis, out var parsed, out var fault) && parsed.TryVerify(out found[i], out fault)) return;

            faults[i] = fault;
            for (var least = Volatile.Read(ref first); i < least; least = Volatile.Read(ref first))
                if (Interlocked.CompareExchange(ref first, i, least) == least)
                    break;
        });
        return faults;
    }

    private static void ForEach(int count, Action<int> act)
    {
        var ranges = Math.Min((count + RangeLeast - 1) / RangeLeast, Environment.ProcessorCount * 8);
        if (ranges <= 1)
        {
            for (var i = 0; i < count; i++) act(i);
            return;
        }

        Parallel.For(0, ranges, range =>
        {
            var end = (int)((long)count * (range + 1) / ranges);
            for (var i = (int)((long)count * range / ranges); i < end; i++) act(i);
        });
    }
}
