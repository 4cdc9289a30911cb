using System.Buffers.Binary;

namespace NeuroChain.Chain;

/// <summary>What became of a transaction in a block. Layout: transaction hash 32 | code 2 (0 = done, else the ledger's named reason) | fee 16.</summary>
public readonly record struct Receipt(TransactionHash Transaction, ushort Code, Amount Fee)
{
    public const int Size = Hash256.Size + 2 + Amount.Size;

    public bool IsSuccess => Code == 0;

    public void CopyTo(Span<byte> destination)
    {
        Transaction.Value.CopyTo(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[Hash256.Size..], Code);
        Fee.CopyTo(destination[(Hash256.Size + 2)..]);
    }

    public byte[] Encode()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public Hash256 LeafHash()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return MerkleTree.LeafHash(bytes);
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Receipt receipt)
    {
        var reader = new ByteReader(bytes);
        receipt = new Receipt(new TransactionHash(reader.Hash()), reader.UInt16(), reader.Amount());
        return reader.IsWhole;
    }

    public static Hash256 Root(IReadOnlyList<Receipt> receipts) => MerkleTree.Root(receipts.Count, i => receipts[i].LeafHash());
}
