using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What a block leaves behind.</summary>
/// <param name="Next">The state after it.</param>
/// <param name="Receipts">One per transaction, in their order.</param>
/// <param name="Events">What happened, in order: transactions first, then what the end of the block brought.</param>
/// <param name="Changes">What a store must write (or, at null, delete) to have the new state, ascending by key.</param>
/// <param name="Undo">The values that the changes overwrote, null where there was none: the same keys in the same order.</param>
public sealed record ExecutionResult(
    LedgerState Next,
    ImmutableArray<Receipt> Receipts,
    EventList Events,
    ImmutableArray<KeyValuePair<StateKey, byte[]?>> Changes,
    ImmutableArray<KeyValuePair<StateKey, byte[]?>> Undo);
