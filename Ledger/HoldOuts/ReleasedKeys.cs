using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A sample of a sealed set, and its key.</summary>
public readonly record struct ReleasedKey(int Sample, Hash256 Key);

/// <summary>
/// The keys that a round opened of one set, for good: with them and the set's blob everybody reads the samples, judges again, and proposes them for the
/// training set. Layout: the round before this one that opened some of it 8 (0: none) | count 2 | sample 2 and key 32 each, ascending.
/// </summary>
internal static class ReleasedKeys
{
    /// <summary>All that were ever opened of a set, the last ones first.</summary>
    public static IEnumerable<ReleasedKey> All(IStateReader state, SealedSetRecord set)
    {
        for (var round = set.LastRound; round > 0;)
        {
            var (before, keys) = Read(state, set.Terms.Task, set.Number, round);
            foreach (var key in keys) yield return key;
            round = before;
        }
    }

    public static ImmutableArray<ReleasedKey> Get(IStateReader state, Hash256 task, ulong set, ulong trainingRound) => Read(state, task, set, trainingRound).Keys;

    /// <summary>The same, with the round before that opened some of it; 0 for none.</summary>
    public static (ulong Before, ImmutableArray<ReleasedKey> Keys) Read(IStateReader state, Hash256 task, ulong set, ulong trainingRound)
    {
        if (state.Get(HoldOutKeys.Keys(task, set, trainingRound)) is not { } bytes) return (0, []);
        var reader = new ByteReader(bytes);
        var before = reader.UInt64();
        var keys = new ReleasedKey[reader.Count16(SealedLimits.DrawnMax, 2 + Hash256.Size)];
        for (var i = 0; i < keys.Length; i++) keys[i] = new ReleasedKey(reader.UInt16(), reader.Hash());
        Invariant.Check(reader.IsWhole, "a record of keys is as it was written");
        return (before, [.. keys]);
    }

    public static void Store(StateOverlay state, SealedSetRecord set, ulong trainingRound, IReadOnlyList<ReleasedKey> keys)
    {
        var writer = new ByteWriter().UInt64(set.LastRound).UInt16((ushort)keys.Count);
        foreach (var (sample, key) in keys) writer.UInt16((ushort)sample).Hash(key);
        state.Set(HoldOutKeys.Keys(set.Terms.Task, set.Number, trainingRound), writer.ToArray());
        (set with { LastRound = trainingRound }).Store(state);
    }
}
