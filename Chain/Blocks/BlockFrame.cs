using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// What a block has beside its transactions. Layout: header 442 | commit certificate of the parent, length first (empty at height 1) |
/// late precommits, count 2 | training proof, length first (empty in a caretaker block).
/// </summary>
internal sealed class BlockFrame
{
    private const int CommitBytesMax = 128 + (Limits.ValidatorsMax * SignatureList.ItemSize);

    private readonly byte[] _lastCommit;

    private BlockFrame(Header header, CommitCertificate? lastCommit, byte[] lastCommitBytes, ImmutableArray<LatePrecommit> latePrecommits, TrainingProof? trainingProof)
    {
        Header = header;
        LastCommit = lastCommit;
        LatePrecommits = latePrecommits;
        TrainingProof = trainingProof;
        _lastCommit = lastCommitBytes;
    }

    public Header Header { get; }

    public CommitCertificate? LastCommit { get; }

    public ImmutableArray<LatePrecommit> LatePrecommits { get; }

    public TrainingProof? TrainingProof { get; }

    /// <summary>In bytes.</summary>
    public int Size => Header.Size + 4 + _lastCommit.Length + 2 + (LatePrecommits.Length * LatePrecommit.Size) + 4 + (TrainingProof?.Bytes.Length ?? 0);

    /// <summary>Sets the three roots and the summary of the training proof in the header.</summary>
    public static BlockFrame Build(
        Header header, CommitCertificate? lastCommit, ImmutableArray<LatePrecommit> latePrecommits, TrainingProof? trainingProof, Hash256 transactionsRoot)
    {
        var lastCommitBytes = lastCommit?.Encode() ?? [];
        var whole = header with
        {
            LastCommitRoot = CommitRoot(lastCommitBytes, latePrecommits),
            TransactionsRoot = transactionsRoot,
            TrainingProofRoot = trainingProof?.Root ?? Hash256.Zero,
            TrainingSummary = TrainingSummary.Of(trainingProof),
        };
        return new BlockFrame(whole, lastCommit, lastCommitBytes, latePrecommits, trainingProof);
    }

    /// <summary>Whatever follows is left to the reader. Roots are not checked yet.</summary>
    public static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out BlockFrame? frame)
    {
        frame = null;
        if (!Header.TryDecode(reader.Bytes(Header.Size), out var header)) return false;
        CommitCertificate? lastCommit = null;
        var commitBytes = reader.LengthAndBytes(CommitBytesMax);
        if (!commitBytes.IsEmpty && !CommitCertificate.TryDecode(commitBytes, out lastCommit)) return false;
        var late = ReadLatePrecommits(ref reader);
        TrainingProof? proof = null;
        var proofBytes = reader.LengthAndBytes(Limits.TrainingProofBytesMax);
        if (!proofBytes.IsEmpty && !TrainingProof.TryDecode(proofBytes, out proof)) return false;
        if (reader.Failed) return false;
        frame = new BlockFrame(header, lastCommit, commitBytes.ToArray(), late, proof);
        return true;
    }

    public void Write(ByteWriter writer)
    {
        writer.Bytes(Header.Encode()).LengthAndBytes(_lastCommit).UInt16((ushort)LatePrecommits.Length);
        foreach (var late in LatePrecommits) writer.Bytes(late.Encode());
        writer.LengthAndBytes(TrainingProof is null ? [] : TrainingProof.Bytes.Span);
    }

    /// <summary>Whether the header's roots, and its summary of the training proof, are those of the content.</summary>
    public BlockFault RootFault(Hash256 transactionsRoot)
    {
        if (Header.LastCommitRoot != CommitRoot(_lastCommit, LatePrecommits)) return BlockFault.LastCommitRootMismatch;
        if (Header.TransactionsRoot != transactionsRoot) return BlockFault.TransactionsRootMismatch;
        if (Header.TrainingProofRoot != (TrainingProof?.Root ?? Hash256.Zero)) return BlockFault.TrainingProofRootMismatch;
        return Header.TrainingSummary == TrainingSummary.Of(TrainingProof) ? BlockFault.None : BlockFault.TrainingSummaryMismatch;
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

    private static Hash256 CommitRoot(byte[] lastCommit, ImmutableArray<LatePrecommit> late)
    {
        if (lastCommit.Length == 0 && late.IsEmpty) return Hash256.Zero;
        var leaves = new List<Hash256> { MerkleTree.LeafHash(lastCommit) };
        leaves.AddRange(late.Select(l => MerkleTree.LeafHash(l.Encode())));
        return MerkleTree.Root(leaves);
    }
}
