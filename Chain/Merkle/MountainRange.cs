using System.Collections.Immutable;
using System.Numerics;

namespace NeuroChain.Chain;

/// <summary>
/// An append-only Merkle mountain range over Keccak-256: perfect binary trees ("mountains"), one for each bit of the number of leaves, their
/// peaks bagged from the right, the root over count and bag. What was hashed once never changes, so that a proof for any earlier count can be
/// made at any time.
/// </summary>
/// <remarks>
/// Leaves are 32-byte hashes. Hash rules in <see cref="MountainHash"/>, the check in <see cref="MountainProof.Verify"/>: one loop over at most 64
/// hashes, the same here and in a contract on Ethereum. This object holds every node, 64 bytes a leaf; where only the root is needed,
/// <see cref="MountainPeaks"/> does with the peaks. Not thread-safe.
/// </remarks>
public sealed class MountainRange
{
    // Level d holds the roots of all perfect trees of 2^d leaves, from the left.
    private readonly List<List<Hash256>> _levels = [[]];

    public MountainRange() { }

    public MountainRange(IEnumerable<Hash256> leaves)
    {
        foreach (var leaf in leaves) Append(leaf);
    }

    public ulong Count => (ulong)_levels[0].Count;

    public Hash256 Root => RootAt(Count);

    /// <summary>The compact form.</summary>
    public MountainPeaks Peaks => new(Count, [.. PeaksAt(Count)]);

    /// <returns>The index of the leaf.</returns>
    public ulong Append(Hash256 leaf)
    {
        var index = Count;
        var top = MountainHash.Leaf(leaf);
        _levels[0].Add(top);
        for (var depth = 0; _levels[depth].Count % 2 == 0; depth++)
        {
            top = MountainHash.Node(_levels[depth][^2], top);
            if (depth + 1 == _levels.Count) _levels.Add([]);
            _levels[depth + 1].Add(top);
        }

        return index;
    }

    /// <summary>The root when the range had that many leaves.</summary>
    public Hash256 RootAt(ulong count)
    {
        Invariant.Check(count <= Count, "the range never had more leaves than it has");
        return count == 0 ? Hash256.Zero : MountainHash.Root(count, MountainHash.Bag(PeaksAt(count).ToArray()));
    }

    public MountainProof Prove(ulong index) => Prove(index, Count);

    /// <summary>The proof against the root of when the range had that many leaves.</summary>
    public MountainProof Prove(ulong index, ulong count)
    {
        Invariant.Check(index < count, "a proof is made for a leaf that is there");
        Invariant.Check(count <= Count, "the range never had more leaves than it has");
        var path = ImmutableArray.CreateBuilder<Hash256>();
        var depth = 0;
        for (var (at, last) = (index, count - 1); last > 0; at /= 2, last /= 2, depth++)
        {
            if (at % 2 == 1) path.Add(_levels[depth][(int)at - 1]);
            else if (at < last) path.Add(NodeAt(depth, at + 1, count));
        }

        return new MountainProof(index, count, path.ToImmutable());
    }

    // The node of a level as it was at that count: perfect ones are kept, the last one may be the bag of lower peaks.
    private Hash256 NodeAt(int depth, ulong at, ulong count)
    {
        if ((at + 1) << depth <= count) return _levels[depth][(int)at];
        var first = BitOperations.PopCount(at << depth); // the peaks to the left of it
        return MountainHash.Bag(PeaksAt(count).ToArray().AsSpan(first));
    }

    private IEnumerable<Hash256> PeaksAt(ulong count)
    {
        ulong at = 0;
        for (var depth = 63; depth >= 0; depth--)
        {
            if ((count & (1UL << depth)) == 0) continue;
            yield return _levels[depth][(int)(at >> depth)];
            at += 1UL << depth;
        }
    }
}
