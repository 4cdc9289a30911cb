using System.Buffers.Binary;
using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Where a transaction stands in the chain. Layout: height 8 | index 4.</summary>
public readonly record struct TransactionPlace(Height Height, uint Index)
{
    private const int Size = 12;

    /// <summary>Writes where each transaction of a block stands.</summary>
    /// <remarks>In the order of the hashes: the store finds the place of each key near that of the one before.</remarks>
    public static void PutAll(WriteBatch batch, Height height, ImmutableArray<Receipt> receipts)
    {
        var hashes = new Hash256[receipts.Length];
        var order = new uint[receipts.Length];
        for (var i = 0; i < receipts.Length; i++) (hashes[i], order[i]) = (receipts[i].Transaction.Value, (uint)i);
        hashes.AsSpan().Sort(order.AsSpan());
        Span<byte> key = stackalloc byte[Hash256.Size];
        Span<byte> place = stackalloc byte[Size];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i].CopyTo(key);
            new TransactionPlace(height, order[i]).CopyTo(place);
            batch.Put(ChainColumns.Transactions, key, place);
        }
    }

    private void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, Height.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Index);
    }
}
