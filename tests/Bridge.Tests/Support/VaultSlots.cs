using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>The vault's fixed slots, read from storage at the places that the chain will prove.</summary>
internal sealed record VaultSlots(
    UInt128 TotalLocked,
    UInt128 TotalReleased,
    ulong EventNonce,
    UInt128 BucketLevel,
    ulong BucketTime,
    uint PauseCount,
    VaultFlags Flags,
    Hash256 EventChain,
    Hash256 ValidatorsRoot,
    ulong SetHeight,
    UInt128 Capacity,
    UInt128 PerSecond,
    UInt128 MinLock)
{
    public UInt128 Outstanding => TotalLocked - TotalReleased;

    public static async Task<VaultSlots> ReadAsync(Contract vault)
    {
        var totals = await vault.SlotAsync(1);
        var counters = await vault.SlotAsync(2);
        var limits = await vault.SlotAsync(5);
        return new VaultSlots(
            Words.Field(totals, 0, 16),
            Words.Field(totals, 16, 16),
            (ulong)Words.Field(counters, 0, 8),
            Words.Field(counters, 8, 12),
            (ulong)Words.Field(counters, 20, 5),
            (uint)Words.Field(counters, 25, 4),
            (VaultFlags)(byte)Words.Field(counters, 29, 1),
            await vault.SlotAsync(3),
            await vault.SlotAsync(4),
            (ulong)Words.Field(limits, 0, 8),
            Words.Field(limits, 8, 12),
            Words.Field(limits, 20, 12),
            Words.Field(await vault.SlotAsync(6), 0, 12));
    }
}

[Flags]
internal enum VaultFlags : byte
{
    None = 0,
    LockPaused = 1,
    ReleasePaused = 2,
    Forked = 4,
    Retiring = 8,
    Retired = 16,
    Inherited = 32,
}
