using System.Runtime.InteropServices;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// All records of the state as an immutable sparse binary Merkle tree. A change gives a new tree that shares what did not change, so that
/// snapshots cost nothing. The root follows from the content alone, in whatever order it came to be.
/// </summary>
/// <remarks>
/// The path of a record is SHA-256 of its key; <see cref="StateHash"/> has the rules. A subtree with a single record is its leaf, whatever
/// the depth.
/// </remarks>
public sealed class StateTree : IStateReader
{
    public static readonly StateTree Empty = new(null);

    private readonly StateNode? _root;

    /// <param name="root">The subtree of everything; null where there is nothing.</param>
    internal StateTree(StateNode? root) => _root = root;

    public Hash256 Root => _root?.Hash ?? Hash256.Zero;

    /// <summary>Every record, in the order of the paths.</summary>
    public IEnumerable<KeyValuePair<StateKey, byte[]>> Records =>
        StateNode.LeavesOf(_root).Select(leaf => KeyValuePair.Create(leaf.Key, leaf.Value));

    internal StateNode? Top => _root;

    public byte[]? Get(StateKey key)
    {
        var path = StateHash.Path(key.Bytes);
        var node = _root;
        for (var depth = 0; node is StateBranch branch; depth++)
            node = path.Bit(depth) ? branch.Right : branch.Left;
        return node is StateLeaf leaf && leaf.Path == path ? leaf.Value : null;
    }

    /// <summary>The proof that the key has its value, or that it has none.</summary>
    public StateProof Prove(StateKey key)
    {
        var path = StateHash.Path(key.Bytes);
        var siblings = new List<Hash256>();
        var node = _root;
        for (var depth = 0; node is StateBranch branch; depth++)
        {
            var isRight = path.Bit(depth);
            siblings.Add((isRight ? branch.Left : branch.Right)?.Hash ?? Hash256.Zero);
            node = isRight ? branch.Right : branch.Left;
        }

        return new StateProof(CollectionsMarshal.AsSpan(siblings), node is StateLeaf leaf ? new StateProofLeaf(leaf.Path, Hash256.Sha256(leaf.Value)) : null);
    }

    /// <summary>The tree with each key set to its value or, at null, without it. Each key at most once; large batches use all cores.</summary>
    public StateTree Update(IEnumerable<KeyValuePair<StateKey, byte[]?>> changes) => new(StateUpdate.Apply(_root, changes));

    /// <summary>
    /// The tree as it was before the changes that the batches take back: one batch per step, the newest first, each with the values before
    /// that step. Where several have a key, the oldest value is the one that counts.
    /// </summary>
    public StateTree Rewind(IEnumerable<IEnumerable<KeyValuePair<StateKey, byte[]?>>> undo)
    {
        var older = new StateOverlay(this);
        foreach (var batch in undo)
            foreach (var (key, value) in batch)
                older.Put(key, value);
        return Update(older.Changes);
    }
}
