using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A sample of a sealed set, and its key.</summary>
public readonly record struct ReleasedKey(int Sample, Hash256 Key);

/// <summary>
/// The keys that a round opened of one set, for good: with them and the set's blob everybody reads the samples, judges again, and proposes them for the
/// training set. Layout: count 2 | sample 2 and key 32 each, ascending.
/// </summary>
internal static class ReleasedKeys
{
    public static ImmutableArray<ReleasedKey> Get(IStateReader state, Hash256 task, ulong set, ulong trainingRound)
    {
        if (state.Get(HoldOutKeys.Keys(task, set, trainingRound)) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var keys = new ReleasedKey[reader.Count16(SealedLimits.DrawnMax, 2 + Hash256.Size)];
        for (var i = 0; i < keys.Length; i++) keys[i] = new ReleasedKey(reader.UInt16(), reader.Hash());
        Invariant.Check(reader.IsWhole, "a record of keys is as it was written");
        return [.. keys];
    }

    public static void Store(StateOverlay state, Hash256 task, ulong set, ulong trainingRound, IReadOnlyList<ReleasedKey> keys)
    {
        var writer = new ByteWriter().UInt16((ushort)keys.Count);
        foreach (var (sample, key) in keys) writer.UInt16((ushort)sample).Hash(key);
        state.Set(HoldOutKeys.Keys(task, set, trainingRound), writer.ToArray());
    }
}
