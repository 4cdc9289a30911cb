using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A list of record keys in an order of its own, for records that are walked over. Layout: count 4 | hash 32 each.</summary>
internal static class HashList
{
    private const int CountMax = 1 << 16;

    public static ImmutableArray<Hash256> Get(IStateReader state, StateKey key)
    {
        if (state.Get(key) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var count = reader.Count32(CountMax, Hash256.Size);
        var hashes = ImmutableArray.CreateBuilder<Hash256>(count);
        for (var i = 0; i < count; i++) hashes.Add(reader.Hash());
        Invariant.Check(reader.IsWhole, "a list record is as it was written");
        return hashes.MoveToImmutable();
    }

    public static void Set(StateOverlay state, StateKey key, ImmutableArray<Hash256> hashes)
    {
        Invariant.Check(hashes.Length <= CountMax, "a genesis file cannot hold so many entries");
        var writer = new ByteWriter().UInt32((uint)hashes.Length);
        foreach (var hash in hashes) writer.Hash(hash);
        state.Set(key, writer.ToArray());
    }
}
