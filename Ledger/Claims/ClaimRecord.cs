using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A leaf that was claimed, by its holder: whom it came to and in which block. Layout: recipient 20 | height 8.</summary>
/// <remarks>A holder has one claim: a second leaf of the same one, which no builder of snapshots makes, would not count.</remarks>
public readonly record struct ClaimRecord(Address Recipient, Height Height)
{
    /// <summary>Null where the holder has not claimed.</summary>
    public static ClaimRecord? Get(IStateReader state, Address holder)
    {
        if (state.Get(Key(holder)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var record = new ClaimRecord(reader.Address(), reader.Height());
        Invariant.Check(reader.IsWhole, "a claim has 28 bytes");
        return record;
    }

    public static StateKey Key(Address holder) => StateKey.Of(StateModule.Claims, 1, holder);

    internal void Store(StateOverlay state, Address holder) => state.Set(Key(holder), new ByteWriter().Address(Recipient).Height(Height).ToArray());
}
