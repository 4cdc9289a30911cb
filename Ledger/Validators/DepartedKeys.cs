using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Keys that left the set, by replacement, removal or jail: what is kept only for keys that vote goes when nothing that they signed before counts
/// any more. A record for each stretch of 256 heights in which any left, until that stretch has expired. Layout: count 2 | key 20 each.
/// </summary>
internal static class DepartedKeys
{
    public static void Add(BlockContext context, Address key)
    {
        var stretch = EvidenceWindow.StretchOf(context.Height);
        var keys = Get(context.State, stretch);
        if (keys.Contains(key)) return;
        Invariant.Check(keys.Count < ushort.MaxValue, "a key votes before it leaves, and at most a hundred vote");
        var writer = new ByteWriter().UInt16((ushort)(keys.Count + 1));
        foreach (var one in keys.Append(key)) writer.Address(one);
        context.State.Set(Key(stretch), writer.ToArray());
    }

    /// <summary>The stretch has expired: the seed chains of those whose keys these were go, but for those that vote with another key.</summary>
    public static void Forget(StateOverlay state, Height stretch)
    {
        var members = ValidatorsModule.Members(state);
        foreach (var key in Get(state, stretch))
            if (!members.Contains(KeyRotations.Present(state, key)))
                SeedChainRecord.Forget(state, key);
        if (state.Get(Key(stretch)) is not null) state.Delete(Key(stretch));
    }

    private static List<Address> Get(IStateReader state, Height stretch)
    {
        var keys = new List<Address>();
        if (state.Get(Key(stretch)) is not { } bytes) return keys;
        var reader = new ByteReader(bytes);
        var count = reader.Count16(ushort.MaxValue, Address.Size);
        for (var i = 0; i < count; i++) keys.Add(reader.Address());
        Invariant.Check(reader.IsWhole, "a record of departed keys is as it was written");
        return keys;
    }

    private static StateKey Key(Height stretch) => StateKey.Of(StateModule.Validators, 11, stretch.Value);
}
