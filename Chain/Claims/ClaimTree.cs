using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>
/// The tree over all leaves of a snapshot, node for node that of OpenZeppelin's StandardMerkleTree: a complete binary tree in an array, the root
/// first, the children of node i at 2i + 1 and 2i + 2, the leaves sorted by their hash and put in from the end. Takes 64 bytes a leaf.
/// </summary>
public sealed class ClaimTree
{
    private readonly Hash256[] _nodes;
    private readonly Dictionary<Hash256, int> _places;

    private ClaimTree(Hash256[] nodes, Dictionary<Hash256, int> places) => (_nodes, _places) = (nodes, places);

    public Hash256 Root => _nodes[0];

    /// <param name="leaves">At least one, each once.</param>
    public static ClaimTree Of(IEnumerable<(Address Holder, Amount Amount)> leaves)
    {
        Hash256[] hashes = [.. leaves.Select(leaf => ClaimLeaf.Hash(leaf.Holder, leaf.Amount)).Order()];
        Invariant.Check(hashes.Length > 0, "a snapshot has a holder");
        var nodes = new Hash256[(2 * hashes.Length) - 1];
        var places = new Dictionary<Hash256, int>(hashes.Length);
        for (var i = 0; i < hashes.Length; i++)
        {
            nodes[nodes.Length - 1 - i] = hashes[i];
            Invariant.Check(places.TryAdd(hashes[i], nodes.Length - 1 - i), "a snapshot has each holder once");
        }

        for (var i = nodes.Length - hashes.Length - 1; i >= 0; i--) nodes[i] = ClaimLeaf.Node(nodes[(2 * i) + 1], nodes[(2 * i) + 2]);
        return new ClaimTree(nodes, places);
    }

    /// <summary>The nodes beside the way from a leaf to the root, the lowest first; null where there is no such leaf.</summary>
    public ImmutableArray<Hash256>? Prove(Address holder, Amount amount)
    {
        if (!_places.TryGetValue(ClaimLeaf.Hash(holder, amount), out var at)) return null;
        var path = ImmutableArray.CreateBuilder<Hash256>();
        for (; at > 0; at = (at - 1) / 2) path.Add(_nodes[at % 2 == 0 ? at - 1 : at + 1]);
        return path.DrainToImmutable();
    }
}
