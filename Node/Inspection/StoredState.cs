using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>The records of a store as they stood after some height, whether or not they have the root that they should have.</summary>
internal sealed record StoredState(ChainStore Chain, Height Height, StateTree Tree)
{
    // Undone together: the blocks of a batch mostly change the same records.
    private const int BatchHeights = 64;

    /// <summary>The records as they stand, after the height of the store's mark.</summary>
    public static StoredState Load(ChainStore chain, LedgerMark mark) =>
        new(chain, mark.Height, StateTree.Empty.Update(chain.StateRecords.Select(r => KeyValuePair.Create(StateKey.FromBytes(r.Key), (byte[]?)r.Value))));

    /// <summary>The same records at an earlier height, not below the store's <see cref="ChainStore.EarliestState"/>.</summary>
    public StoredState At(Height height)
    {
        var state = this;
        while (state.Height > height)
        {
            var to = state.Height.MinusOrGenesis(BatchHeights);
            if (to < height) to = height;
            state = state with { Height = to, Tree = state.Tree.Update(Merge(Chain.UndoBetween(state.Height, to))) };
        }

        return state;
    }

    /// <summary>The ledger's state, to execute the next block on; false where the records have not the root of the mark.</summary>
    public bool TryLedger(GenesisDocument genesis, LedgerMark mark, [NotNullWhen(true)] out LedgerState? state)
    {
        Invariant.Check(mark.Height == Height, "the mark is of the records' height");
        return LedgerState.TryLoad(genesis, mark, Tree.Records.Select(r => KeyValuePair.Create(r.Key.Bytes.ToArray(), r.Value)), out state);
    }

    /// <summary>Undo records of several blocks, given from the last block to the first, as one.</summary>
    public static IEnumerable<KeyValuePair<StateKey, byte[]?>> Merge(IEnumerable<ImmutableArray<KeyValuePair<StateKey, byte[]?>>> undo)
    {
        var merged = new SortedDictionary<StateKey, byte[]?>();
        foreach (var block in undo)
            foreach (var (key, value) in block)
                merged[key] = value;
        return merged;
    }
}
