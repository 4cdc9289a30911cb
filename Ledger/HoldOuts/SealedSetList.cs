using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The sealed sets of a task that have not ended, ascending. Layout: next number 8 | count 1 | numbers 8 each.</summary>
internal sealed record SealedSetList(ulong Next, ImmutableArray<ulong> Live)
{
    public static SealedSetList Get(IStateReader state, Hash256 task)
    {
        if (state.Get(HoldOutKeys.List(task)) is not { } bytes) return new SealedSetList(1, []);
        var reader = new ByteReader(bytes);
        var next = reader.UInt64();
        var live = new ulong[Math.Min((int)reader.Byte(), SealedLimits.SetsMax)];
        for (var i = 0; i < live.Length; i++) live[i] = reader.UInt64();
        Invariant.Check(reader.IsWhole, "a list of sealed sets is as it was written");
        return new SealedSetList(next, [.. live]);
    }

    public void Store(StateOverlay state, Hash256 task)
    {
        var writer = new ByteWriter().UInt64(Next).Byte((byte)Live.Length);
        foreach (var number in Live) writer.UInt64(number);
        state.Set(HoldOutKeys.List(task), writer.ToArray());
    }
}
