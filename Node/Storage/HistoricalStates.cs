using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>Why there is no state of a height to be had.</summary>
public enum HistoricalStateFault
{
    None,

    /// <summary>The chain has not come to that height.</summary>
    NotReached,

    /// <summary>It is further back than this node keeps undo records.</summary>
    NoLongerKept,

    /// <summary>What was kept does not lead to the root that the state had: the store is damaged.</summary>
    Damaged,
}

/// <summary>
/// States of the last heights, each made from a newer one by undoing blocks, which costs about as much as executing them. The last few that
/// were asked for are kept: proofs are mostly asked for in rows. Safe to use from any thread.
/// </summary>
/// <param name="chain">Where undo records and marks are.</param>
/// <param name="newest">Gives the state after the last block.</param>
/// <param name="heights">States of so many heights before the newest are given.</param>
/// <param name="recent">Has some of them at hand, where there is such.</param>
public sealed class HistoricalStates(ChainStore chain, Func<LedgerState> newest, long heights, RecentStates? recent = null)
{
    private const int KeptMax = 4;

    private readonly Lock _gate = new();
    private readonly List<LedgerState> _kept = []; // the last one asked for first

    /// <summary>The first height that is given at present.</summary>
    public Height Earliest => Max(chain.EarliestState, newest().Height.MinusOrGenesis(Math.Max((ulong)heights, Pruner.KeptMin)));

    /// <summary>The state after a height; null where it is not to be had any more.</summary>
    public LedgerState? At(Height height) => recent?.At(height) ?? (TryGet(height, out var state, out _) ? state : null);

    /// <summary>The state after a height.</summary>
    public bool TryGet(Height height, [NotNullWhen(true)] out LedgerState? state, out HistoricalStateFault fault)
    {
        state = newest();
        fault = height > state.Height ? HistoricalStateFault.NotReached : height < Earliest ? HistoricalStateFault.NoLongerKept : HistoricalStateFault.None;
        if (fault == HistoricalStateFault.None && height < state.Height) state = Older(state, height, out fault);
        if (fault != HistoricalStateFault.None) state = null;
        return state is not null;
    }

    private LedgerState? Older(LedgerState from, Height height, out HistoricalStateFault fault)
    {
        lock (_gate)
        {
            foreach (var kept in _kept)
                if (kept.Height >= height && kept.Height < from.Height)
                    from = kept;
            var state = from.Height == height ? from : Rewind(from, height);
            fault = HistoricalStateFault.None;
            if (state is null)
            {
                fault = height < chain.EarliestState ? HistoricalStateFault.NoLongerKept : HistoricalStateFault.Damaged;
                return null;
            }

            _kept.RemoveAll(kept => kept.Height == height);
            _kept.Insert(0, state);
            if (_kept.Count > KeptMax) _kept.RemoveAt(KeptMax);
            return state;
        }
    }

    private LedgerState? Rewind(LedgerState from, Height height)
    {
        try
        {
            return chain.MarkOf(height) is { } mark && from.TryRewind(mark, chain.UndoBetween(from.Height, height), out var older, out _) ? older : null;
        }
        catch (InvariantException)
        {
            return null; // pruned while it was read, or damaged: the floor tells which
        }
    }

    private static Height Max(Height a, Height b) => a > b ? a : b;
}
