using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Puts a state together from chunks that come in any order, from whomever. A chunk is taken only where it is proved against the root of
/// the manifest's mark, so that a bad one costs no more than itself; the mark must be known to be true.
/// </summary>
public sealed class SnapshotReader
{
    private readonly GenesisDocument _genesis;
    private readonly StateNode?[] _subtrees;

    public SnapshotReader(GenesisDocument genesis, SnapshotManifest manifest)
    {
        _genesis = genesis;
        Manifest = manifest;
        _subtrees = new StateNode?[manifest.ChunkCount];
    }

    public SnapshotManifest Manifest { get; }

    /// <summary>Indices of the chunks that are still to come, ascending.</summary>
    public IEnumerable<int> Missing => Enumerable.Range(0, _subtrees.Length).Where(index => Manifest.HasRecords(index) && !Has(index));

    public bool IsComplete => !Missing.Any();

    public bool Has(int index) => _subtrees[index] is not null;

    /// <summary>Takes a chunk; one that is there already is ignored. Where the manifest proves to be a lie the snapshot is of no use.</summary>
    public SnapshotFault Add(int index, ReadOnlySpan<byte> bytes)
    {
        if (!Manifest.HasRecords(index)) return SnapshotFault.NoSuchChunk;
        if (Has(index)) return SnapshotFault.None;
        if (bytes.Length != Manifest.Sizes[index]) return SnapshotFault.SizeDiffers;
        if (!SnapshotChunk.TryVerify(bytes, Manifest.Root, Manifest.Depth, index, out var chunk, out var fault)) return fault;
        if (!chunk.Agrees(Manifest)) return SnapshotFault.ContradictsManifest;
        _subtrees[index] = chunk.Subtree;
        return SnapshotFault.None;
    }

    /// <summary>The whole state once every chunk is there; its root is checked once more.</summary>
    public bool TryFinish([NotNullWhen(true)] out LedgerState? state, out SnapshotFault fault)
    {
        state = null;
        fault = IsComplete ? SnapshotFault.None : SnapshotFault.Incomplete;
        if (fault != SnapshotFault.None) return false;
        var level = _subtrees;
        while (level.Length > 1)
        {
            var above = new StateNode?[level.Length / 2];
            for (var i = 0; i < above.Length; i++) above[i] = StateUpdate.Join(null, level[2 * i], level[(2 * i) + 1]);
            level = above;
        }

        if (!LedgerState.TryLoad(_genesis, Manifest.Mark, new StateTree(level[0]), out state)) fault = SnapshotFault.RootDiffers;
        return state is not null;
    }
}
