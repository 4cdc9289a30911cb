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

    private StateTree(StateNode? root) => _root = root;

    public Hash256 Root => _root?.Hash ?? Hash256.Zero;

    /// <summary>Every record, in the order of the paths.</summary>
    public IEnumerable<KeyValuePair<StateKey, byte[]>> Records => RecordsOf(_root);

    public byte[]? Get(StateKey key)
    {
        var path = PathOf(key);
        var node = _root;
        for (var depth = 0; node is StateBranch branch; depth++)
            node = path.Bit(depth) ? branch.Right : branch.Left;
        return node is StateLeaf leaf && leaf.Path == path ? leaf.Value : null;
    }

    /// <summary>The proof that the key has its value, or that it has none.</summary>
    public StateProof Prove(StateKey key)
    {
        var path = PathOf(key);
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

    /// <summary>The tree with each key set to its value or, at null, without it. Each key at most once.</summary>
    public StateTree Update(IEnumerable<KeyValuePair<StateKey, byte[]?>> changes)
    {
        var sorted = changes.Select(change => new Change(PathOf(change.Key), change.Key, change.Value)).ToArray();
        Array.Sort(sorted, (a, b) => a.Path.CompareTo(b.Path));
        for (var i = 1; i < sorted.Length; i++)
            Invariant.Check(sorted[i].Path != sorted[i - 1].Path, "a batch changes each key once, or its order would matter");
        return new StateTree(Update(_root, sorted, 0));
    }

    private static StateNode? Update(StateNode? node, ReadOnlySpan<Change> changes, int depth)
    {
        if (changes.IsEmpty) return node;
        if (changes.Length == 1 && (node is null || (node is StateLeaf same && same.Path == changes[0].Path))) return Replace(node as StateLeaf, changes[0]);

        var (left, right) = ChildrenOf(node, depth);
        var split = FirstRight(changes, depth);
        var newLeft = Update(left, changes[..split], depth + 1);
        var newRight = Update(right, changes[split..], depth + 1);
        if (node is StateBranch && ReferenceEquals(left, newLeft) && ReferenceEquals(right, newRight)) return node;
        if (newLeft is null && newRight is null or StateLeaf) return newRight;
        return newRight is null && newLeft is StateLeaf ? newLeft : new StateBranch(newLeft, newRight);
    }

    private static StateLeaf? Replace(StateLeaf? old, Change change)
    {
        if (change.Value is null) return null;
        return old is not null && old.Value.AsSpan().SequenceEqual(change.Value) ? old : new StateLeaf(change.Path, change.Key, change.Value);
    }

    // A leaf stands for the branches that it spares: one level down it is on the side of its path.
    private static (StateNode? Left, StateNode? Right) ChildrenOf(StateNode? node, int depth)
    {
        if (node is StateBranch branch) return (branch.Left, branch.Right);
        if (node is not StateLeaf leaf) return (null, null);
        return leaf.Path.Bit(depth) ? (null, leaf) : (leaf, null);
    }

    private static int FirstRight(ReadOnlySpan<Change> sorted, int depth)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle].Path.Bit(depth)) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    private static IEnumerable<KeyValuePair<StateKey, byte[]>> RecordsOf(StateNode? node)
    {
        var open = new Stack<StateNode>();
        if (node is not null) open.Push(node);
        while (open.TryPop(out var next))
        {
            if (next is StateLeaf leaf) yield return KeyValuePair.Create(leaf.Key, leaf.Value);
            if (next is not StateBranch branch) continue;
            if (branch.Right is not null) open.Push(branch.Right);
            if (branch.Left is not null) open.Push(branch.Left);
        }
    }

    private static Hash256 PathOf(StateKey key) => StateHash.Path(key.Bytes);

    private readonly record struct Change(Hash256 Path, StateKey Key, byte[]? Value);
}
