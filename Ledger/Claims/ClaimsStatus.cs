using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>How far the claims of the snapshot are. Layout: claimed 16 | pot 16 | leaves 8 | closing height 8.</summary>
/// <param name="Claimed">By all claims together.</param>
/// <param name="Pot">On a bridged chain what is there to pay claims from; a part of the escrow.</param>
/// <param name="Leaves">That were claimed.</param>
/// <param name="ClosingHeight">The last height at which claims are taken.</param>
public readonly record struct ClaimsStatus(Amount Claimed, Amount Pot, ulong Leaves, Height ClosingHeight)
{
    private static readonly StateKey Key = StateKey.Of(StateModule.Claims, 0);

    /// <summary>Null where the genesis names no snapshot.</summary>
    public static ClaimsStatus? Get(IStateReader state)
    {
        if (state.Get(Key) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var status = new ClaimsStatus(reader.Amount(), reader.Amount(), reader.UInt64(), reader.Height());
        Invariant.Check(reader.IsWhole, "the status of claims has 48 bytes");
        return status;
    }

    internal void Store(StateOverlay state) => state.Set(Key, new ByteWriter().Amount(Claimed).Amount(Pot).UInt64(Leaves).Height(ClosingHeight).ToArray());
}
