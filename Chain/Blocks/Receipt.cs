using System.Buffers.Binary;

namespace NeuroChain.Chain;

/// <summary>What became of a transaction in a block. Layout: transaction hash 32 | code 2 (0 = done, else the ledger's named reason) | fee 16.</summary>
public readonly record struct Receipt(TransactionHash Transaction, ushort Code, Amount Fee)
{
    public const int Size = Hash256.Size + 2 + Amount.Size;

    public bool IsSuccess => Code == 0;

    public byte[] Encode()
    {
        var bytes = new byte[Size];
        Transaction.Value.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(Hash256.Size), Code);
        Fee.CopyTo(bytes.AsSpan(Hash256.Size + 2));
        return bytes;
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Receipt receipt)
    {
        var reader = new ByteReader(bytes);
        receipt = new Receipt(new TransactionHash(reader.Hash()), reader.UInt16(), reader.Amount());
        return reader.IsWhole;
    }

    public static Hash256 Root(IEnumerable<Receipt> receipts) => MerkleTree.Root([.. receipts.Select(r => MerkleTree.LeafHash(r.Encode()))]);
}
