using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// The last few states as they came, which cost nothing: they share what did not change. Older ones, and those that were passed over while blocks
/// were taken over in bulk, are made by undoing blocks.
/// </summary>
public sealed class RecentStates(HistoricalStates older) : IStateHistory
{
    /// <summary>A client that asks several times about the newest provable state finds it here for so many blocks.</summary>
    private const int Kept = 16;

    private readonly Lock _gate = new();
    private readonly SortedList<ulong, LedgerState> _states = [];

    public LedgerState? At(Height height) => Recent(height) ?? (older.TryGet(height, out var state, out _) ? state : null);

    public void Add(LedgerState state)
    {
        lock (_gate)
        {
            _states[state.Height.Value] = state;
            if (_states.Count > Kept) _states.RemoveAt(0);
        }
    }

    private LedgerState? Recent(Height height)
    {
        lock (_gate) return _states.GetValueOrDefault(height.Value);
    }
}
