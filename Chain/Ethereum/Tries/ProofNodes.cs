using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>What a way through a trie asks for nodes.</summary>
internal interface ITrieNodes
{
    /// <summary>The node with the hash, which is from now on used.</summary>
    ProofFault Visit(Hash256 hash, out ReadOnlyMemory<byte> node);
}

/// <summary>
/// The nodes of a proof, found by their hash. They must stand in the order in which the ways through the trie meet them first, and each must be
/// met: so one statement has one proof, and nothing rides along (an unused branch in a proof was worth 566 million dollars once).
/// </summary>
/// <remarks>One proof may speak of several keys and of several tries; whoever reads the last of them asks <see cref="AreAllUsed"/>.</remarks>
public sealed class ProofNodes : ITrieNodes
{
    public const int NodesMax = 1_024;

    /// <summary>Of one node: a receipt in its leaf is no larger, as nothing that travels here is.</summary>
    public const int NodeBytesMax = Limits.TransactionBytesMax;

    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _nodes;
    private readonly Dictionary<Hash256, int> _places;
    private int _used;

    private ProofNodes(IReadOnlyList<ReadOnlyMemory<byte>> nodes, Dictionary<Hash256, int> places) => (_nodes, _places) = (nodes, places);

    public bool AreAllUsed => _used == _nodes.Count;

    public static bool TryCreate(IReadOnlyList<ReadOnlyMemory<byte>> nodes, [NotNullWhen(true)] out ProofNodes? created, out ProofFault fault)
    {
        created = null;
        fault = ProofFault.TooManyNodes;
        if (nodes.Count > NodesMax) return false;
        var places = new Dictionary<Hash256, int>(nodes.Count);
        for (var i = 0; i < nodes.Count; i++)
        {
            fault = ProofFault.NodeTooLarge;
            if (nodes[i].Length > NodeBytesMax) return false;
            fault = ProofFault.RepeatedNode;
            if (!places.TryAdd(Keccak256.Hash(nodes[i].Span), i)) return false;
        }

        (created, fault) = (new ProofNodes(nodes, places), ProofFault.None);
        return true;
    }

    ProofFault ITrieNodes.Visit(Hash256 hash, out ReadOnlyMemory<byte> node)
    {
        node = default;
        if (!_places.TryGetValue(hash, out var place)) return ProofFault.MissingNode;
        if (place > _used) return ProofFault.NodeOutOfOrder;
        if (place == _used) _used++;
        node = _nodes[place];
        return ProofFault.None;
    }
}
