using System.Buffers.Binary;
using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The receipts of a block as they are stored: each with four bytes of length before it.</summary>
internal static class PackedReceipts
{
    private const int ItemSize = 4 + Receipt.Size;

    public static byte[] Pack(ImmutableArray<Receipt> receipts)
    {
        var packed = new byte[receipts.Length * ItemSize];
        for (var i = 0; i < receipts.Length; i++)
        {
            var item = packed.AsSpan(i * ItemSize, ItemSize);
            BinaryPrimitives.WriteInt32BigEndian(item, Receipt.Size);
            receipts[i].CopyTo(item[4..]);
        }

        return packed;
    }

    /// <summary>What cannot be read becomes an empty receipt, of which <see cref="KeptBlock.Fits"/> tells.</summary>
    public static ImmutableArray<Receipt> Unpack(byte[] packed) =>
        [.. ChainStore.Unpack(packed).Select(bytes => Receipt.TryDecode(bytes, out var receipt) ? receipt : default)];
}
