using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// That a store holds nothing beyond what its blocks ask for. That it holds all of that is <see cref="BlockChecks"/>': where nothing is
/// missing and the numbers are equal, nothing is left over.
/// </summary>
internal sealed class IndexChecks(ChainStore chain, LedgerMark newest, BlockChecks blocks, StoreFaults faults)
{
    public void Run()
    {
        foreach (var column in ChainColumns.OfBlocks) CheckHeights(column, chain.EarliestBlock);
        CheckHeights(ChainColumns.Undo, chain.EarliestState.Next());
        CheckHeights(ChainColumns.Marks, chain.EarliestMark);
        CheckBlockHashes();
        CheckTransactions();
        foreach (var (key, value) in chain.Store.Scan(ChainColumns.ValidatorSets, KeyRange.All))
            if (!ValidatorSet.TryDecode(value, out var set) || !set.Root.ToArray().AsSpan().SequenceEqual(key))
                faults.Add(new StoreFault(null, ChainColumns.ValidatorSets, key, "is not the set of this root"));
        foreach (var key in chain.Evidence.Damaged()) faults.Add(new StoreFault(null, ChainColumns.Evidence, key, "is no evidence against this key at this height"));
        foreach (var (key, value) in chain.Store.Scan(ChainColumns.Polkas, KeyRange.All))
            if (ChainColumns.HeightOf(key) is not { } height || (height >= chain.EarliestPolkas && !ChainStore.UnpackPolkas(value, out _)))
                faults.Add(new StoreFault(ChainColumns.HeightOf(key), ChainColumns.Polkas, key, "is no list of polka certificates"));
    }

    private void CheckHeights(Column column, Height from)
    {
        foreach (var (key, _) in chain.Store.Scan(column, KeyRange.All))
        {
            var height = ChainColumns.HeightOf(key);
            if (height < from) continue; // pruned, and still to leave the disk
            if (height is null || height > newest.Height) faults.Add(new StoreFault(height, column, key, $"stands outside of the heights {from} to {newest.Height}"));
        }
    }

    private void CheckBlockHashes()
    {
        ulong count = 0;
        foreach (var (key, value) in chain.Store.Scan(ChainColumns.Heights, KeyRange.All))
        {
            var height = ChainColumns.HeightOf(value);
            if (height < chain.EarliestBlock) continue; // pruned, and still to leave the disk
            count++;
            if (height is null || height > newest.Height)
                faults.Add(new StoreFault(null, ChainColumns.Heights, key, "leads to no block that is kept"));
        }

        if (count > blocks.Blocks) faults.Add(new StoreFault(null, ChainColumns.Heights, [], $"has {count} entries for {blocks.Blocks} blocks"));
    }

    private void CheckTransactions()
    {
        ulong count = 0;
        foreach (var (key, value) in chain.Store.Scan(ChainColumns.Transactions, KeyRange.All))
        {
            var reader = new ByteReader(value);
            var (height, index) = (reader.Height(), reader.UInt32());
            if (reader.IsWhole && height < chain.EarliestBlock) continue; // pruned, and still to leave the disk
            count++;
            if (!reader.IsWhole || height > newest.Height) faults.Add(new StoreFault(null, ChainColumns.Transactions, key, "leads to no block that is kept"));
            else if (!IsThere(key, height, index)) faults.Add(new StoreFault(height, ChainColumns.Transactions, key, $"is not transaction {index} of that block"));
        }

        if (count > blocks.Transactions) faults.Add(new StoreFault(null, ChainColumns.Transactions, [], $"has {count} entries for {blocks.Transactions} transactions"));
        if (chain.EarliestBlock == Height.First && chain.TransactionsTotal != blocks.Transactions)
            faults.Add(new StoreFault(null, ChainColumns.Meta, [], $"counts {chain.TransactionsTotal} transactions, the blocks have {blocks.Transactions}"));
    }

    // By the receipts, which name each transaction by its hash and were checked against the block: 50 bytes each instead of the whole.
    private bool IsThere(byte[] hash, Height height, uint index)
    {
        const int item = 4 + Receipt.Size;
        var packed = chain.Store.Get(ChainColumns.Receipts, ChainColumns.Key(height));
        return packed is not null && packed.Length >= (index + 1L) * item && packed.AsSpan((int)(index * item) + 4, Hash256.Size).SequenceEqual(hash);
    }
}
