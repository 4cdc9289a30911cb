using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Large withdrawals by the height at whose end they need wait no longer. Records: by height, count 4; by height and number, burn id 32.</summary>
internal static class HeldWithdrawals
{
    public static void Add(StateOverlay state, Height due, Hash256 burnId)
    {
        var count = Count(state, due);
        state.Set(Key(due, count), burnId.ToArray());
        state.Set(CountKey(due), new ByteWriter().UInt32(count + 1).ToArray());
    }

    /// <summary>Those of the height, in the order in which they came, and no longer listed.</summary>
    public static List<Hash256> TakeDue(StateOverlay state, Height height)
    {
        var taken = new List<Hash256>();
        var count = Count(state, height);
        for (uint i = 0; i < count; i++)
        {
            taken.Add(Hash256.FromBytes(state.Get(Key(height, i))));
            state.Delete(Key(height, i));
        }

        if (count > 0) state.Delete(CountKey(height));
        return taken;
    }

    private static uint Count(IStateReader state, Height due) => state.Get(CountKey(due)) is { } bytes ? new ByteReader(bytes).UInt32() : 0;

    private static StateKey CountKey(Height due) => StateKey.Of(StateModule.Bridge, BridgeKeys.HeldCount, due.Value);

    private static StateKey Key(Height due, uint number) =>
        StateKey.Of(StateModule.Bridge, BridgeKeys.Held, new ByteWriter().Height(due).UInt32(number).ToArray());
}
