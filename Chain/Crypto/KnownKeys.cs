using System.Buffers.Binary;

namespace NeuroChain.Chain;

/// <summary>
/// Public keys of addresses that have signed before, for all threads of the process: to check a signature under a key that is known costs a
/// seventh less than to recover the key from it. A table of fixed size in which a later key takes the place of an earlier one; what it holds
/// or has lost changes no answer, only the time until it comes.
/// </summary>
internal static class KnownKeys
{
    /// <summary>Keys at most: 2^17, some 20 MB.</summary>
    internal const int Slots = 1 << 17;

    private static readonly Entry?[] Table = new Entry?[Slots];

    /// <summary>The key of an address in the library's own form; false where it is not known.</summary>
    public static bool TryFind(Address address, Span<byte> key)
    {
        var entry = Volatile.Read(ref Table[SlotOf(address)]);
        if (entry is null || entry.Address != address) return false;
        entry.Key.CopyTo(key);
        return true;
    }

    /// <summary>Learns a key whose hash the address is.</summary>
    public static void Learn(Address address, ReadOnlySpan<byte> key) =>
        Volatile.Write(ref Table[SlotOf(address)], new Entry(address, key.ToArray()));

    // An address is a hash: any of its bytes serve. Who grinds addresses into another's slot makes that one's next check a recovery again.
    internal static int SlotOf(Address address)
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        address.CopyTo(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes) & (Slots - 1);
    }

    private sealed record Entry(Address Address, byte[] Key);
}
