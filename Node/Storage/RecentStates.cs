using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>The last few states as they came, which cost nothing: they share what did not change. Safe from any thread.</summary>
public sealed class RecentStates
{
    /// <summary>A client that asks several times about the newest provable state finds it here for so many blocks.</summary>
    private const int Kept = 16;

    private readonly Lock _gate = new();
    private readonly SortedList<ulong, LedgerState> _states = [];

    /// <summary>Null for a height that is too old, or was passed over while blocks were taken over in bulk.</summary>
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
