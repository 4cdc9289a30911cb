using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>States of earlier heights, for proofs. Safe from any thread.</summary>
public interface IStateHistory
{
    /// <summary>The state after the height; null where it is not kept.</summary>
    LedgerState? At(Height height);
}

/// <summary>
/// The last few states as they came. States share what did not change, so that one more costs what its block changed. While blocks are taken
/// over in bulk some heights are passed over.
/// </summary>
public sealed class RecentStates : IStateHistory
{
    /// <summary>A client that asks several times about one height finds it for so many blocks.</summary>
    private const int Kept = 16;

    private readonly Lock _gate = new();
    private readonly SortedList<ulong, LedgerState> _states = [];

    public LedgerState? At(Height height)
    {
        lock (_gate) return _states.GetValueOrDefault(height.Value);
    }

    public void Add(LedgerState state)
    {
        lock (_gate)
        {
            _states[state.Height.Value] = state;
            if (_states.Count > Kept) _states.RemoveAt(0);
        }
    }
}
