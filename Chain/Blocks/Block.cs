using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// A block as it travels and is stored. Layout: header 442 | commit certificate of the parent, length first (empty at height 1) |
/// late precommits, count 2 | training proof, length first (empty in a caretaker block) | transactions, count 4, each length first.
/// </summary>
/// <remarks>Decoding bounds everything and checks that the header's roots are those of the content; whether the content is right is the ledger's.</remarks>
public sealed class Block
{
    private Block(BlockFrame frame, ImmutableArray<ReadOnlyMemory<byte>> transactions, ReadOnlyMemory<byte> bytes)
    {
        Frame = frame;
        Transactions = transactions;
        Bytes = bytes;
        Hash = frame.Header.Hash;
    }

    public Header Header => Frame.Header;

    public BlockHash Hash { get; }

    public Height Height => Header.Height;

    public BlockRef Ref => new(Hash, Header.BridgeRoot, Header.NextValidatorsRoot);

    /// <summary>Null at height 1 only.</summary>
    public CommitCertificate? LastCommit => Frame.LastCommit;

    public ImmutableArray<LatePrecommit> LatePrecommits => Frame.LatePrecommits;

    public TrainingProof? TrainingProof => Frame.TrainingProof;

    /// <summary>The bytes of each transaction, not yet decoded.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Transactions { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    internal BlockFrame Frame { get; }

    /// <summary>Puts a block together and sets the three roots of its content, and what its training proof says in numbers, in the header.</summary>
    public static Block Build(
        Header header,
        CommitCertificate? lastCommit,
        ImmutableArray<LatePrecommit> latePrecommits,
        TrainingProof? trainingProof,
        ImmutableArray<ReadOnlyMemory<byte>> transactions) =>
        Assemble(BlockFrame.Build(header, lastCommit, latePrecommits, trainingProof, RootOf(transactions)), transactions);

    /// <summary>The same of transactions that were decoded: their leaf hashes are known.</summary>
    public static Block Of(
        Header header,
        CommitCertificate? lastCommit,
        ImmutableArray<LatePrecommit> latePrecommits,
        TrainingProof? trainingProof,
        ImmutableArray<Transaction> transactions)
    {
        var root = MerkleTree.Root(transactions.Length, i => transactions[i].LeafHash);
        return Assemble(BlockFrame.Build(header, lastCommit, latePrecommits, trainingProof, root), [.. transactions.Select(transaction => transaction.Bytes)]);
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Block? block, out BlockFault fault)
    {
        block = null;
        fault = BlockFault.TooLarge;
        return bytes.Length <= Limits.BlockBytesMax && TryDecodeKept(bytes.ToArray(), out block, out fault);
    }

    /// <summary>The same without a copy.</summary>
    /// <param name="kept">Must not change afterwards: the block and its transactions are parts of it.</param>
    /// <param name="block">Null where there is a fault.</param>
    /// <param name="fault">Why it is none.</param>
    public static bool TryDecodeKept(ReadOnlyMemory<byte> kept, [NotNullWhen(true)] out Block? block, out BlockFault fault)
    {
        block = null;
        fault = BlockFault.Malformed;
        if (kept.Length > Limits.BlockBytesMax)
        {
            fault = BlockFault.TooLarge;
            return false;
        }

        var reader = new ByteReader(kept.Span);
        if (!BlockFrame.TryRead(ref reader, out var frame)) return false;
        var transactions = ReadTransactions(ref reader, kept);
        if (!reader.IsWhole) return false;

        fault = frame.RootFault(RootOf(transactions));
        if (fault != BlockFault.None) return false;
        block = new Block(frame, transactions, kept);
        return true;
    }

    /// <summary>Writes the block of a frame whose roots are those of what is in it.</summary>
    internal static Block Assemble(BlockFrame frame, ImmutableArray<ReadOnlyMemory<byte>> transactions)
    {
        var writer = new ByteWriter(SizeOf(frame, transactions));
        frame.Write(writer);
        writer.UInt32((uint)transactions.Length);
        foreach (var transaction in transactions) writer.LengthAndBytes(transaction.Span);
        return new Block(frame, transactions, writer.ToArray());
    }

    internal static int SizeOf(BlockFrame frame, ImmutableArray<ReadOnlyMemory<byte>> transactions) => frame.Size + 4 + transactions.Sum(transaction => 4 + transaction.Length);

    private static ImmutableArray<ReadOnlyMemory<byte>> ReadTransactions(ref ByteReader reader, ReadOnlyMemory<byte> kept)
    {
        var count = reader.Count32(Limits.TransactionsPerBlockMax, 4);
        var transactions = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(count);
        for (var i = 0; i < count; i++)
        {
            var length = reader.LengthAndBytes(Limits.TransactionBytesMax).Length;
            if (reader.Failed) return [];
            transactions.Add(kept.Slice(kept.Length - reader.Remaining - length, length));
        }

        return transactions.MoveToImmutable();
    }

    private static Hash256 RootOf(ImmutableArray<ReadOnlyMemory<byte>> transactions) =>
        MerkleTree.Root(transactions.Length, i => MerkleTree.LeafHash(transactions[i].Span));
}
