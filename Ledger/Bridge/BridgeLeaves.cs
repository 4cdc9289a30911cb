using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// The leaves that the vault takes, as a mountain range: the state has its peaks, which every block's root comes from, and each leaf under its
/// index, from which any node makes the proofs. Records: peaks, <see cref="MountainPeaks"/>; leaf 32.
/// </summary>
public static class BridgeLeaves
{
    private static readonly StateKey PeaksKey = StateKey.Of(StateModule.Bridge, BridgeKeys.Peaks);

    public static MountainPeaks Peaks(IStateReader state)
    {
        if (state.Get(PeaksKey) is not { } bytes) return MountainPeaks.Empty;
        var valid = MountainPeaks.TryDecode(bytes, out var peaks);
        Invariant.Check(valid, "the peaks are as they were written");
        return peaks!;
    }

    /// <summary>What the header after the state has: zero where there is no bridge, or no leaf yet.</summary>
    public static Hash256 Root(IStateReader state) => Peaks(state).Root;

    /// <summary>A leaf; null where there is none of that index.</summary>
    public static Hash256? Get(IStateReader state, ulong index) => state.Get(Key(index)) is { } bytes ? Hash256.FromBytes(bytes) : null;

    /// <summary>All leaves, for proofs: whoever serves many keeps it and appends. It costs a microsecond or two a leaf.</summary>
    public static MountainRange Range(IStateReader state)
    {
        var range = new MountainRange();
        for (ulong index = 0, count = Peaks(state).Count; index < count; index++) range.Append(Leaf(state, index));
        return range;
    }

    /// <summary>The proof of a leaf against the bridge root of the header after the state; null where there is none of that index.</summary>
    public static MountainProof? Prove(IStateReader state, ulong index) => index < Peaks(state).Count ? Range(state).Prove(index) : null;

    /// <returns>The index of the leaf.</returns>
    internal static ulong Append(StateOverlay state, Hash256 leaf)
    {
        var peaks = Peaks(state);
        state.Set(Key(peaks.Count), leaf.ToArray());
        state.Set(PeaksKey, peaks.Append(leaf).Encode());
        return peaks.Count;
    }

    private static Hash256 Leaf(IStateReader state, ulong index)
    {
        var leaf = Get(state, index);
        Invariant.Check(leaf is not null, "every leaf below the count has a record");
        return leaf.Value;
    }

    private static StateKey Key(ulong index) => StateKey.Of(StateModule.Bridge, BridgeKeys.Leaf, index);
}
