using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// By which layouts the records of a state are written, as a number that stands in the state itself. It follows from the genesis and from the rules that
/// have begun since, so that all programs of a chain agree on it; one whose own number is another reads nothing of the state. Record: format 4; none for
/// the first one. This record and <see cref="UpgradeRecord"/> keep their layouts for ever: every program must be able to read why it may not read on.
/// </summary>
public static class StateFormat
{
    public const uint First = 1;

    private static readonly StateKey Key = StateKey.Of(StateModule.Upgrades, 1);

    public static uint Of(IStateReader state)
    {
        if (state.Get(Key) is not { } bytes) return First;
        var reader = new ByteReader(bytes);
        var format = reader.UInt32();
        Invariant.Check(reader.IsWhole, "the record of the state's format has 4 bytes");
        return format;
    }

    internal static void Set(StateOverlay state, uint format)
    {
        Invariant.Check(format > First, "formats count up, and the first one has no record");
        state.Set(Key, new ByteWriter().UInt32(format).ToArray());
    }
}
