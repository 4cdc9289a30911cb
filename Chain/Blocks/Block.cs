using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// A block as it travels and is stored. Layout: header 394 | commit certificate of the parent, length first (empty at height 1) |
/// late precommits, count 2 | training proof, length first (empty in a caretaker block) | transactions, count 4, each length first.
/// </summary>
/// <remarks>Decoding bounds everything and checks that the header's roots are those of the content; whether the content is right is the ledger's.</remarks>
public sealed class Block
{
    // Room for what a block has beside its transactions, in most blocks.
    private const int RestBytes = 4_096;

    private Block(
        Header header,
        CommitCertificate? lastCommit,
        ImmutableArray<LatePrecommit> latePrecommits,
        TrainingProof? trainingProof,
        ImmutableArray<ReadOnlyMemory<byte>> transactions,
        ReadOnlyMemory<byte> bytes)
    {
        Header = header;
        LastCommit = lastCommit;
        LatePrecommits = latePrecommits;
        TrainingProof = trainingProof;
        Transactions = transactions;
        Bytes = bytes;
        Hash = header.Hash;
    }

    public Header Header { get; }

    public BlockHash Hash { get; }

    public Height Height => Header.Height;

    public BlockRef Ref => new(Hash, Header.BridgeRoot, Header.NextValidatorsRoot);

    /// <summary>Null at height 1 only.</summary>
    public CommitCertificate? LastCommit { get; }

    public ImmutableArray<LatePrecommit> LatePrecommits { get; }

    public TrainingProof? TrainingProof { get; }

    /// <summary>The bytes of each transaction, not yet decoded.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Transactions { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Puts a block together and sets the three roots of its content in the header.</summary>
    public static Block Build(
        Header header,
        CommitCertificate? lastCommit,
        ImmutableArray<LatePrecommit> latePrecommits,
        TrainingProof? trainingProof,
        ImmutableArray<ReadOnlyMemory<byte>> transactions)
    {
        var whole = header with
        {
            LastCommitRoot = CommitRoot(lastCommit, latePrecommits),
            TransactionsRoot = RootOf(transactions),
            TrainingProofRoot = trainingProof?.Root ?? Hash256.Zero,
        };
        var writer = new ByteWriter(Header.Size + transactions.Sum(transaction => 4 + transaction.Length) + RestBytes).Bytes(whole.Encode()).LengthAndBytes(lastCommit?.Encode() ?? []);
        writer.UInt16((ushort)latePrecommits.Length);
        foreach (var late in latePrecommits) writer.Bytes(late.Encode());
        writer.LengthAndBytes(trainingProof is null ? [] : trainingProof.Bytes.Span);
        writer.UInt32((uint)transactions.Length);
        foreach (var transaction in transactions) writer.LengthAndBytes(transaction.Span);
        return new Block(whole, lastCommit, latePrecommits, trainingProof, transactions, writer.ToArray());
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
        if (!Header.TryDecode(reader.Bytes(Header.Size), out var header)) return false;
        if (!TryReadLastCommit(ref reader, out var lastCommit)) return false;
        var late = ReadLatePrecommits(ref reader);
        if (!TryReadProof(ref reader, out var proof)) return false;
        var transactions = ReadTransactions(ref reader, kept);
        if (!reader.IsWhole) return false;

        fault = RootFault(header, lastCommit, late, proof, transactions);
        if (fault != BlockFault.None) return false;
        block = new Block(header, lastCommit, late, proof, transactions, kept);
        return true;
    }

    private static BlockFault RootFault(
        Header header, CommitCertificate? lastCommit, ImmutableArray<LatePrecommit> late, TrainingProof? proof, ImmutableArray<ReadOnlyMemory<byte>> transactions)
    {
        if (header.LastCommitRoot != CommitRoot(lastCommit, late)) return BlockFault.LastCommitRootMismatch;
        if (header.TransactionsRoot != RootOf(transactions)) return BlockFault.TransactionsRootMismatch;
        return header.TrainingProofRoot == (proof?.Root ?? Hash256.Zero) ? BlockFault.None : BlockFault.TrainingProofRootMismatch;
    }

    private static bool TryReadLastCommit(ref ByteReader reader, out CommitCertificate? lastCommit)
    {
        lastCommit = null;
        var bytes = reader.LengthAndBytes(128 + (Limits.ValidatorsMax * SignatureList.ItemSize));
        return bytes.IsEmpty || CommitCertificate.TryDecode(bytes, out lastCommit);
    }

    private static bool TryReadProof(ref ByteReader reader, out TrainingProof? proof)
    {
        proof = null;
        var bytes = reader.LengthAndBytes(Limits.TrainingProofBytesMax);
        return bytes.IsEmpty || TrainingProof.TryDecode(bytes, out proof);
    }

    private static ImmutableArray<LatePrecommit> ReadLatePrecommits(ref ByteReader reader)
    {
        var count = reader.Count16(Limits.LatePrecommitsMax, LatePrecommit.Size);
        var late = ImmutableArray.CreateBuilder<LatePrecommit>(count);
        for (var i = 0; i < count; i++)
        {
            var height = reader.Height();
            var index = reader.UInt16();
            if (reader.Signature() is not { } signature) return [];
            late.Add(new LatePrecommit(height, index, signature));
        }

        return late.MoveToImmutable();
    }

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

    private static Hash256 CommitRoot(CommitCertificate? lastCommit, ImmutableArray<LatePrecommit> late)
    {
        if (lastCommit is null && late.IsEmpty) return Hash256.Zero;
        var leaves = new List<Hash256> { MerkleTree.LeafHash(lastCommit?.Encode() ?? []) };
        leaves.AddRange(late.Select(l => MerkleTree.LeafHash(l.Encode())));
        return MerkleTree.Root(leaves);
    }

    private static Hash256 RootOf(ImmutableArray<ReadOnlyMemory<byte>> transactions) =>
        MerkleTree.Root(transactions.Length, i => MerkleTree.LeafHash(transactions[i].Span));
}
