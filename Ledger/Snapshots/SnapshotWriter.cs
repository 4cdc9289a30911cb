using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Cuts a state into chunks. The state is a value, so that a chunk may be made whenever it is asked for, on any thread.</summary>
public sealed class SnapshotWriter
{
    /// <summary>Large enough that proofs and requests do not count, small enough to be sent again when it is lost.</summary>
    public const int DefaultChunkBytes = 1024 * 1024;

    private readonly StateTree _tree;

    private SnapshotWriter(StateTree tree, SnapshotManifest manifest)
    {
        _tree = tree;
        Manifest = manifest;
    }

    public SnapshotManifest Manifest { get; }

    /// <summary>All chunks that have records, ascending, made as they are taken.</summary>
    public IEnumerable<(int Index, byte[] Bytes)> Chunks =>
        Enumerable.Range(0, Manifest.ChunkCount).Where(index => Manifest.HasRecords(index)).Select(index => (index, Chunk(index)));

    /// <summary>
    /// False where no cut makes all chunks small enough. Paths are hashes: only keys that were ground out by the hundred thousand, all for
    /// the same chunk, bring that about, and the chain goes on without snapshots.
    /// </summary>
    /// <param name="state">The state to cut.</param>
    /// <param name="chunkBytes">What a chunk should have on average at most.</param>
    /// <param name="writer">Knows the sizes already.</param>
    public static bool TryCreate(LedgerState state, int chunkBytes, [NotNullWhen(true)] out SnapshotWriter? writer)
    {
        Invariant.Check(chunkBytes > 0, "a chunk has room for something");
        var parts = Measure(state.Tree.Top);
        var depth = DepthFor(parts.Sum(part => part.Bytes), chunkBytes);
        var cut = Merge(parts, depth);
        while (depth < SnapshotManifest.DepthMax && !cut.All(Fits)) cut = Merge(parts, ++depth);

        writer = null;
        if (!cut.All(Fits)) return false;
        var sizes = new int[cut.Length];
        for (var i = 0; i < sizes.Length; i++)
            if (cut[i].Records > 0)
                sizes[i] = (int)cut[i].Bytes + Overhead(WayTo(state.Tree, depth, i, out _));
        writer = new SnapshotWriter(state.Tree, new SnapshotManifest(state.Mark, depth, ImmutableCollectionsMarshal.AsImmutableArray(sizes)));
        return true;
    }

    /// <summary>The bytes of a chunk that has records.</summary>
    public byte[] Chunk(int index)
    {
        Invariant.Check(Manifest.HasRecords(index), "chunks without records are not made");
        var siblings = WayTo(_tree, Manifest.Depth, index, out var subtree);
        var bytes = SnapshotChunk.Encode(CollectionsMarshal.AsSpan(siblings), subtree!);
        Invariant.Check(bytes.Length == Manifest.Sizes[index], "the size was counted right");
        return bytes;
    }

    private static bool Fits((long Bytes, long Records) part) =>
        part.Records <= SnapshotChunk.RecordsMax && part.Bytes <= SnapshotChunk.BytesMax - OverheadMax;

    private static int OverheadMax => 2 + (SnapshotManifest.DepthMax / 8) + (SnapshotManifest.DepthMax * Hash256.Size) + 4;

    private static int Overhead(List<Hash256> siblings) =>
        2 + ((siblings.Count + 7) / 8) + (siblings.Count(sibling => !sibling.IsZero) * Hash256.Size) + 4;

    private static int DepthFor(long bytes, int chunkBytes)
    {
        var chunks = (ulong)((bytes + chunkBytes - 1) / chunkBytes);
        return chunks <= 1 ? 0 : Math.Min(SnapshotManifest.DepthMax, BitOperations.Log2(chunks - 1) + 1);
    }

    // What every chunk of the finest cut would have.
    private static (long Bytes, long Records)[] Measure(StateNode? tree)
    {
        var parts = new (long Bytes, long Records)[1 << SnapshotManifest.DepthMax];
        foreach (var leaf in StateNode.LeavesOf(tree))
        {
            ref var part = ref parts[SnapshotChunk.IndexOf(leaf.Path, SnapshotManifest.DepthMax)];
            part = (part.Bytes + SnapshotChunk.RecordOverhead + leaf.Key.Bytes.Length + leaf.Value.Length, part.Records + 1);
        }

        return parts;
    }

    private static (long Bytes, long Records)[] Merge((long Bytes, long Records)[] finest, int depth)
    {
        var parts = new (long Bytes, long Records)[1 << depth];
        for (var i = 0; i < finest.Length; i++)
        {
            ref var part = ref parts[i >> (SnapshotManifest.DepthMax - depth)];
            part = (part.Bytes + finest[i].Bytes, part.Records + finest[i].Records);
        }

        return parts;
    }

    // The way ends early where a leaf or nothing stands further up.
    private static List<Hash256> WayTo(StateTree tree, int depth, int index, out StateNode? subtree)
    {
        var siblings = new List<Hash256>(depth);
        subtree = tree.Top;
        for (var bit = depth - 1; bit >= 0 && subtree is StateBranch branch; bit--)
        {
            var isRight = ((index >> bit) & 1) != 0;
            siblings.Add((isRight ? branch.Left : branch.Right)?.Hash ?? Hash256.Zero);
            subtree = isRight ? branch.Right : branch.Left;
        }

        return siblings;
    }
}
