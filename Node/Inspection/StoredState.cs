using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>The records of a store as they stood after some height, whether or not they have the root that they should have.</summary>
internal sealed record StoredState(ChainStore Chain, Height Height, StateTree Tree)
{
    /// <summary>The records as they stand, after the height of the store's mark.</summary>
    public static StoredState Load(ChainStore chain, LedgerMark mark) =>
        new(chain, mark.Height, StateTree.Empty.Update(chain.StateRecords.Select(r => KeyValuePair.Create(StateKey.FromBytes(r.Key), (byte[]?)r.Value))));

    /// <summary>The same records at an earlier height, not below the store's <see cref="ChainStore.EarliestState"/>.</summary>
    public StoredState At(Height height) => this with { Height = height, Tree = Tree.Rewind(Chain.UndoBetween(Height, height)) };

    /// <summary>The ledger's state, to execute the next block on; false where the records have not the root of the mark.</summary>
    public bool TryLedger(GenesisDocument genesis, LedgerMark mark, [NotNullWhen(true)] out LedgerState? state)
    {
        Invariant.Check(mark.Height == Height, "the mark is of the records' height");
        return LedgerState.TryLoad(genesis, mark, Tree.Records.Select(r => KeyValuePair.Create(r.Key.Bytes.ToArray(), r.Value)), out state);
    }
}
