using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;

namespace NeuroChain.Fuzz;

/// <summary>Decoders of Chain's proofs: what a client takes from a node that it does not trust.</summary>
internal static class ProofTargets
{
    private const int LeafBytesMax = 100, LeavesMax = 1000;

    public static readonly ImmutableArray<FuzzTarget> All =
    [
        new("merkle-proof", ["MerkleProof.TryDecode"], AnyPath, bytes => MerkleProof.TryDecode(bytes, out var proof) ? proof.Encode() : null),
        new("merkle-leaf-proof", ["MerkleLeafProof.TryReadFrom"], s => LeafProof(s).Encode(), ReencodeLeafProof),
        new("merkle-count-proof", ["MerkleCountProof.TryReadFrom"], s => MerkleCountProof.Create(AnyLeaves(s)).Encode(), ReencodeCountProof),
        new("mountain-peaks", ["MountainPeaks.TryDecode"], AnyPeaks, ReencodePeaks),
        new("mountain-proof", ["MountainProof.TryDecode"], AnyMountainProof, ReencodeMountainProof),
        new("state-proof", ["StateProof.TryDecode", "StateProof.TryReadSiblings"], AnyStateProof, bytes => StateProof.TryDecode(bytes, out var proof) ? proof.Encode() : null),
        new("transaction-proof", ["TransactionProof.TryDecode"], AnyTransactionProof, ReencodeTransactionProof),
    ];

    private static List<ReadOnlyMemory<byte>> AnyLeaves(SeededStream s) =>
        [.. Enumerable.Range(0, 1 + (int)s.NextBelow(20)).Select(_ => (ReadOnlyMemory<byte>)ChainTargets.Bytes(s, LeafBytesMax))];

    private static byte[] AnyPath(SeededStream s)
    {
        var leaves = AnyLeaves(s).Select(leaf => MerkleTree.LeafHash(leaf.Span)).ToList();
        return MerkleTree.Prove(leaves, (int)s.NextBelow((ulong)leaves.Count)).Encode();
    }

    private static MerkleLeafProof LeafProof(SeededStream s)
    {
        var leaves = AnyLeaves(s);
        return MerkleLeafProof.Create(leaves, (int)s.NextBelow((ulong)leaves.Count));
    }

    // A proof that was taken is also checked: a check must not fall over what a decoder lets through.
    private static byte[]? ReencodeLeafProof(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        if (!MerkleLeafProof.TryReadFrom(ref reader, LeavesMax, LeafBytesMax, out var proof) || !reader.IsWhole) return null;
        _ = proof.Proves(Hash256.Zero);
        return proof.Encode();
    }

    private static byte[]? ReencodeCountProof(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        if (!MerkleCountProof.TryReadFrom(ref reader, LeavesMax, LeafBytesMax, out var proof) || !reader.IsWhole) return null;
        _ = proof.Proves(Hash256.Zero);
        return proof.Encode();
    }

    private static byte[] AnyPeaks(SeededStream s)
    {
        var peaks = MountainPeaks.Empty;
        for (var left = s.NextBelow(40); left > 0; left--) peaks = peaks.Append(s.NextHash());
        return peaks.Encode();
    }

    private static byte[]? ReencodePeaks(byte[] bytes)
    {
        if (!MountainPeaks.TryDecode(bytes, out var peaks)) return null;
        _ = peaks.Root;
        return peaks.Encode();
    }

    // The first leaf of a perfect range has a hash beside it on every level.
    private static byte[] AnyMountainProof(SeededStream s)
    {
        var levels = (int)s.NextBelow(20);
        return new MountainProof(0, 1UL << levels, [.. Enumerable.Range(0, levels).Select(_ => s.NextHash())]).Encode();
    }

    private static byte[]? ReencodeMountainProof(byte[] bytes)
    {
        if (!MountainProof.TryDecode(bytes, out var proof)) return null;
        _ = proof.Proves(Hash256.Zero, Hash256.Zero);
        return proof.Encode();
    }

    private static byte[] AnyStateProof(SeededStream s)
    {
        var siblings = Enumerable.Range(0, (int)s.NextBelow(40)).Select(_ => s.NextChance(1, 3) ? Hash256.Zero : s.NextHash()).ToArray();
        return new StateProof(siblings, s.NextChance(1, 2) ? new StateProofLeaf(s.NextHash(), s.NextHash()) : null).Encode();
    }

    private static byte[] AnyTransactionProof(SeededStream s)
    {
        var transactions = Enumerable.Range(0, 1 + (int)s.NextBelow(4)).Select(_ => (ReadOnlyMemory<byte>)ChainTargets.AnyTransaction(s)).ToList();
        var receipts = transactions.Select(_ => new Receipt(new TransactionHash(s.NextHash()), 0, Amount.FromNtk(1))).ToList();
        return TransactionProof.Create(ChainFormats.AnyHeader(s), transactions, receipts, (int)s.NextBelow((ulong)transactions.Count)).Encode();
    }

    private static byte[]? ReencodeTransactionProof(byte[] bytes)
    {
        if (!TransactionProof.TryDecode(bytes, out var proof)) return null;
        _ = proof.Check(proof.Header, default, out _, out _);
        return proof.Encode();
    }
}
