using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// A proposed block on its way from its hashes to the whole: with the transactions that are known from the start, and those that come later
/// one by one. No more than these are taken, each once; what they take is no more than a block may have.
/// </summary>
public sealed class BlockAssembly
{
    private readonly ReadOnlyMemory<byte>[] _bytes;
    private readonly Transaction?[] _known;
    private readonly SortedSet<int> _missing = [];
    private readonly Dictionary<Hash256, int> _missingAt = [];
    private readonly List<(int Place, int First)> _twins = [];
    private long _size;

    public BlockAssembly(CompactBlock compact, ITransactionLookup known)
    {
        Compact = compact;
        _bytes = new ReadOnlyMemory<byte>[compact.LeafHashes.Length];
        _known = new Transaction?[compact.LeafHashes.Length];
        for (var i = 0; i < _bytes.Length; i++)
        {
            if (known.TryGet(compact.LeafHashes[i], out var transaction)) Set(i, transaction.Bytes, transaction);
            else if (_missingAt.TryAdd(compact.LeafHashes[i], i)) _missing.Add(i);
            else _twins.Add((i, _missingAt[compact.LeafHashes[i]])); // the block is not valid, but it must be whole for that to be said
        }
    }

    public CompactBlock Compact { get; }

    /// <summary>Places of the transactions that are still to come, in order.</summary>
    public IReadOnlyCollection<int> Missing => _missing;

    /// <summary>A transaction that has come by another way; false where it is not among the missing.</summary>
    public bool Offer(Transaction transaction) => _missing.Count > 0 && _missingAt.TryGetValue(transaction.LeafHash, out var at) && Fill(at, transaction.Bytes, transaction);

    /// <summary>What a peer says stands there.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="bytes">Kept, not copied: they must not change afterwards.</param>
    /// <returns>False where it does not, or is not missing.</returns>
    public bool TryAdd(int index, ReadOnlyMemory<byte> bytes) => _missing.Contains(index) && MerkleTree.LeafHash(bytes.Span) == Compact.LeafHashes[index] && Fill(index, bytes, null);

    /// <summary>The whole block, once nothing is missing; null where it is greater than a block may be.</summary>
    public Block? ToBlock()
    {
        Invariant.Check(_missing.Count == 0, "a block is assembled of all its transactions");
        foreach (var (place, first) in _twins) Set(place, _bytes[first], null);
        _twins.Clear();
        return _size <= Limits.BlockBytesMax && Compact.TryExpand(ImmutableCollectionsMarshal.AsImmutableArray(_bytes), out var block) ? block : null;
    }

    /// <summary>Checks the signatures of what was not known.</summary>
    internal BlockRefusal Prepare(Block block, GenesisHash genesis, out ImmutableArray<Transaction> transactions) => BlockTransactions.Complete(block, genesis, _known, out transactions);

    private bool Fill(int index, ReadOnlyMemory<byte> bytes, Transaction? transaction)
    {
        _missing.Remove(index);
        Set(index, bytes, transaction);
        return true;
    }

    // Beyond the greatest block nothing is kept: it will be refused for its size, whatever is in it.
    private void Set(int index, ReadOnlyMemory<byte> bytes, Transaction? transaction)
    {
        _size += bytes.Length;
        if (_size > Limits.BlockBytesMax) return;
        _bytes[index] = bytes;
        _known[index] = transaction;
    }
}
