using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A node of a <see cref="StateTree"/>; the empty subtree is null.</summary>
internal abstract class StateNode(Hash256 hash)
{
    public Hash256 Hash { get; } = hash;

    /// <summary>Every leaf of a subtree, in the order of the paths.</summary>
    public static IEnumerable<StateLeaf> LeavesOf(StateNode? subtree)
    {
        var open = new Stack<StateNode>();
        if (subtree is not null) open.Push(subtree);
        while (open.TryPop(out var next))
        {
            if (next is StateLeaf leaf) yield return leaf;
            if (next is not StateBranch branch) continue;
            if (branch.Right is not null) open.Push(branch.Right);
            if (branch.Left is not null) open.Push(branch.Left);
        }
    }
}

/// <summary>One record, at whatever depth it is the only one below.</summary>
internal sealed class StateLeaf(Hash256 path, StateKey key, byte[] value) : StateNode(StateHash.Leaf(path, Hash256.Sha256(value)))
{
    public Hash256 Path { get; } = path;

    public StateKey Key { get; } = key;

    public byte[] Value { get; } = value;
}

/// <summary>Two subtrees that hold at least two records together; one of them may be empty.</summary>
internal sealed class StateBranch(StateNode? left, StateNode? right) : StateNode(StateHash.Branch(left?.Hash ?? Hash256.Zero, right?.Hash ?? Hash256.Zero))
{
    public StateNode? Left { get; } = left;

    public StateNode? Right { get; } = right;
}
