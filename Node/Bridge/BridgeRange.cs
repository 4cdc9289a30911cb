using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>The range of bridge leaves in memory, 64 bytes each: made once from the state, and longer with it. Decided leaves never change. Safe from any thread.</summary>
internal sealed class BridgeRange
{
    private readonly Lock _gate = new();
    private readonly MountainRange _range = new();

    /// <summary>The path of a leaf under the bridge root of a header; null where the leaf came later than that.</summary>
    /// <param name="state">At least as new as the header.</param>
    /// <param name="root">The header's.</param>
    /// <param name="index">Of the leaf.</param>
    public MountainProof? Prove(LedgerState state, Hash256 root, ulong index)
    {
        lock (_gate)
        {
            Grow(state);

            // The header is of now, or the last one of a set, after which hardly a leaf is appended: its count is near the end.
            for (var count = _range.Count; count > index; count--)
                if (_range.RootAt(count) == root)
                    return _range.Prove(index, count);
            return null;
        }
    }

    /// <summary>The path of a leaf under the bridge root of the header after a state.</summary>
    /// <param name="state">Of any height.</param>
    /// <param name="index">Of a leaf that it has.</param>
    public MountainProof Prove(LedgerState state, ulong index)
    {
        lock (_gate) return _range.Prove(index, Grow(state));
    }

    /// <returns>How many leaves the state has; those that came later may be there too.</returns>
    private ulong Grow(LedgerState state)
    {
        var count = BridgeLeaves.Peaks(state).Count;
        while (_range.Count < count)
        {
            var leaf = BridgeLeaves.Get(state, _range.Count);
            Invariant.Check(leaf is not null, "every leaf below the count has a record");
            _range.Append(leaf.Value);
        }

        return count;
    }
}
