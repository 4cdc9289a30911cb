using System.Runtime.ExceptionServices;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// One batch of changes on its way through a <see cref="StateTree"/>. At every branch the batch is parted by one bit of the paths, so that
/// it sorts itself on the way down. Large batches go down both sides of the top branches at once: the sides share nothing, so that what
/// comes out does not depend on which of them is first.
/// </summary>
internal static class StateUpdate
{
    // A change costs some microseconds of hashing, handing work to another thread about as much.
    private const int ForkChangesMin = 64;

    // Levels at which a batch forks: 64 parts keep as many cores busy, and are few enough not to be felt.
    private const int ForksMax = 6;

    private const int PathsPerPart = 256;

    public static StateNode? Apply(StateNode? root, IEnumerable<KeyValuePair<StateKey, byte[]?>> changes)
    {
        PathChange[] batch = [.. changes.Select(change => new PathChange { Key = change.Key, Value = change.Value })];
        FindPaths(batch);
        return Apply(root, batch, 0);
    }

    /// <summary>Applies a batch whose paths were found to the subtree at a depth; all of them lead there. The batch changes its order.</summary>
    public static StateNode? Apply(StateNode? subtree, PathChange[] batch, int depth)
    {
        try
        {
            return Fork(subtree, batch, depth, ForksMax);
        }
        catch (AggregateException failed)
        {
            // Whoever waits for a bug that was found should see that one, not that it was found on another thread.
            ExceptionDispatchInfo.Throw(failed.Flatten().InnerExceptions[0]);
            throw;
        }
    }

    public static void FindPaths(PathChange[] batch)
    {
        var parts = (batch.Length + PathsPerPart - 1) / PathsPerPart;
        if (parts == 1) Find(0);
        else Parallel.For(0, parts, Find);

        void Find(int part)
        {
            var start = part * PathsPerPart;
            foreach (ref var change in batch.AsSpan(start, Math.Min(PathsPerPart, batch.Length - start))) change.Path = StateHash.Path(change.Key.Bytes);
        }
    }

    /// <summary>The subtree above two others; null where both are empty. The old one where nothing changed.</summary>
    public static StateNode? Join(StateNode? old, StateNode? left, StateNode? right)
    {
        if (old is StateBranch same && ReferenceEquals(same.Left, left) && ReferenceEquals(same.Right, right)) return old;
        if (left is null && right is null or StateLeaf) return right;
        return right is null && left is StateLeaf ? left : new StateBranch(left, right);
    }

    private static StateNode? Fork(StateNode? node, ArraySegment<PathChange> changes, int depth, int forks)
    {
        if (forks == 0 || changes.Count < ForkChangesMin) return Apply(node, changes.AsSpan(), depth);
        var (left, right) = ChildrenOf(node, depth);
        var split = Part(changes, depth);
        StateNode? newLeft = null, newRight = null;
        Parallel.Invoke(
            () => newLeft = Fork(left, changes[..split], depth + 1, forks - 1),
            () => newRight = Fork(right, changes[split..], depth + 1, forks - 1));
        return Join(node, newLeft, newRight);
    }

    private static StateNode? Apply(StateNode? node, Span<PathChange> changes, int depth)
    {
        if (changes.IsEmpty) return node;
        if (changes.Length == 1 && (node is null || (node is StateLeaf same && same.Path == changes[0].Path))) return Replace(node as StateLeaf, changes[0]);
        Invariant.Check(depth < StateHash.DepthMax, "a batch changes each key once, or its order would matter");
        var (left, right) = ChildrenOf(node, depth);
        var split = Part(changes, depth);
        return Join(node, Apply(left, changes[..split], depth + 1), Apply(right, changes[split..], depth + 1));
    }

    private static StateLeaf? Replace(StateLeaf? old, in PathChange change)
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

    // Left ones first; how many they are.
    private static int Part(Span<PathChange> changes, int depth)
    {
        int low = 0, high = changes.Length;
        while (low < high)
        {
            if (!changes[low].Path.Bit(depth))
            {
                low++;
                continue;
            }

            high--;
            (changes[low], changes[high]) = (changes[high], changes[low]);
        }

        return low;
    }
}
