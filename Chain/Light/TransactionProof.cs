using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// That a transaction stands in a block, where, and with which receipt, against the header after it. Layout: header of its block 442 |
/// transaction, length first | its Merkle proof, length first | receipt with its place (<see cref="MerkleLeafProof"/>).
/// </summary>
/// <remarks>
/// The receipt names the transaction by its hash, and a block has a transaction once, so the two belong together whatever their places. There is
/// one receipt for each transaction, in their order: the count that is proved for the receipts is that of the transactions.
/// </remarks>
public sealed record TransactionProof(Header Header, ReadOnlyMemory<byte> Transaction, MerkleProof Path, MerkleLeafProof Receipt)
{
    private const int PathBytesMax = 8 + (15 * Hash256.Size); // 20,000 transactions

    /// <summary>The receipt's own proof has at most 17 leaves with their paths.</summary>
    public const int SizeMax = Header.Size + 4 + Limits.TransactionBytesMax + 4 + PathBytesMax + (17 * (8 + Chain.Receipt.Size + PathBytesMax)) + 4;

    public int Index => Receipt.Index;

    /// <param name="header">Of the block.</param>
    /// <param name="transactions">All that stand in it.</param>
    /// <param name="receipts">Theirs.</param>
    /// <param name="index">Which one is to be proved.</param>
    public static TransactionProof Create(Header header, IReadOnlyList<ReadOnlyMemory<byte>> transactions, IReadOnlyList<Receipt> receipts, int index)
    {
        var path = MerkleTree.Prove([.. transactions.Select(t => MerkleTree.LeafHash(t.Span))], index);
        var leaves = receipts.Select(r => (ReadOnlyMemory<byte>)r.Encode()).ToList();
        return new TransactionProof(header, transactions[index], path, MerkleLeafProof.Create(leaves, index));
    }

    /// <param name="after">The trusted header of the height after the block.</param>
    /// <param name="wanted">The transaction that was asked for.</param>
    /// <param name="transaction">Decoded and its signature checked, where it is proved.</param>
    /// <param name="receipt">What became of it.</param>
    public TransactionProofFault Check(Header after, TransactionHash wanted, out Transaction? transaction, out Receipt receipt)
    {
        receipt = default;
        if (!Chain.Transaction.TryDecode(Transaction.Span, after.Genesis, out transaction, out _)) return TransactionProofFault.TransactionMalformed;
        if (transaction.Hash != wanted) return TransactionProofFault.AnotherTransaction;
        if (after.Height != Header.Height.Next() || after.Parent != Header.Hash) return TransactionProofFault.NotTheParent;
        if (!Receipt.Proves(after.ReceiptsRoot)) return TransactionProofFault.ReceiptNotInBlock;
        if (!Chain.Receipt.TryDecode(Receipt.Leaf.Span, out receipt) || receipt.Transaction != wanted) return TransactionProofFault.ReceiptOfAnother;
        return Path.Proves(Header.TransactionsRoot, Receipt.Index, Receipt.Count.Count, MerkleTree.LeafHash(Transaction.Span))
            ? TransactionProofFault.None
            : TransactionProofFault.NotInBlock;
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().Bytes(Header.Encode()).LengthAndBytes(Transaction.Span).LengthAndBytes(Path.Encode());
        Receipt.WriteTo(writer);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TransactionProof? proof)
    {
        proof = null;
        if (bytes.Length > SizeMax) return false;
        var reader = new ByteReader(bytes);
        if (!Header.TryDecode(reader.Bytes(Header.Size), out var header)) return false;
        var transaction = reader.LengthAndBytes(Limits.TransactionBytesMax).ToArray();
        if (!MerkleProof.TryDecode(reader.LengthAndBytes(PathBytesMax), out var path)) return false;
        if (!MerkleLeafProof.TryReadFrom(ref reader, Limits.TransactionsPerBlockMax, Chain.Receipt.Size, out var receipt)) return false;
        if (!reader.IsWhole) return false;
        proof = new TransactionProof(header, transaction, path, receipt);
        return true;
    }
}

/// <summary>Why a transaction proof proves nothing.</summary>
public enum TransactionProofFault
{
    None,
    TransactionMalformed,
    AnotherTransaction,

    /// <summary>The header in the proof is not the parent of the trusted one.</summary>
    NotTheParent,
    NotInBlock,
    ReceiptNotInBlock,
    ReceiptOfAnother,
}
