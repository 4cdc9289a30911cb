namespace NeuroChain.Chain;

/// <summary>Places in the vault's and in the token's storage that are part of the protocol (docs/protocol/bridge.md, storage).</summary>
public static class VaultStorage
{
    /// <summary>totalLocked in the lower half, totalReleased in the upper.</summary>
    public static readonly Hash256 Totals = StorageSlot.Of(1);

    /// <summary>The nonce of the last event in the lowest eight bytes.</summary>
    public static readonly Hash256 Cursor = StorageSlot.Of(2);

    public static readonly Hash256 EventChain = StorageSlot.Of(3);

    /// <summary>After each so many events the vault keeps their chain as a mark.</summary>
    public const ulong MarkEvery = 64;

    /// <summary>The chain of events after every 64th event, by its nonce.</summary>
    public static Hash256 Mark(ulong nonce) => StorageSlot.OfMapping(new UInt256(nonce).ToHash(), StorageSlot.Of(13));

    /// <summary>1 where the vault has paid the withdrawal.</summary>
    public static Hash256 Released(Hash256 burnId) => StorageSlot.OfMapping(burnId, StorageSlot.Of(0));

    /// <summary>The balance of an address in the token, whose balances are in slot 1.</summary>
    public static Hash256 BalanceOf(Address holder) => StorageSlot.OfMapping(holder, StorageSlot.Of(1));
}
