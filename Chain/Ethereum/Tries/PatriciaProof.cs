namespace NeuroChain.Chain;

/// <summary>
/// What is under a key of a Merkle-Patricia trie, shown by the nodes on its way. The root is always given by the caller, who knows it from an
/// attested header: a verifier that takes it from the first node proves whatever that node says.
/// </summary>
public static class PatriciaProof
{
    /// <summary>Of a key: 64 half-bytes for hashes, fewer for places in a list.</summary>
    public const int KeyBytesMax = 64;

    /// <summary>Reads the value under the key; empty where the nodes prove that there is none, since no trie holds an empty value.</summary>
    /// <param name="root">Of the trie. That of the empty trie needs no nodes and takes none.</param>
    /// <param name="key">Up to <see cref="KeyBytesMax"/> bytes; hashed by the caller where the trie has hashed keys.</param>
    /// <param name="nodes">Whoever reads the last key asks whether all were used.</param>
    /// <param name="value">A part of a node.</param>
    /// <param name="fault">Why nothing is proven; None where it returns true.</param>
    public static bool TryRead(Hash256 root, ReadOnlySpan<byte> key, ProofNodes nodes, out ReadOnlySpan<byte> value, out ProofFault fault)
    {
        Invariant.Check(key.Length <= KeyBytesMax, "keys are hashes or places in a list");
        fault = Walk(root, key, nodes, out var found);
        value = found.Span;
        return fault == ProofFault.None;
    }

    internal static ProofFault Walk(Hash256 root, ReadOnlySpan<byte> key, ITrieNodes nodes, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (root.IsZero) return ProofFault.ZeroRoot;
        if (root == PatriciaTrie.EmptyRoot) return ProofFault.None;
        var fault = nodes.Visit(root, out var encoded);
        var rest = new NibblePath(key, 0);
        var mustBeBranch = false;
        while (fault == ProofFault.None)
        {
            fault = TrieNode.Read(encoded.Span, out var node);
            if (fault != ProofFault.None) return fault;
            if (mustBeBranch && node.Kind != TrieNodeKind.Branch) return ProofFault.NodeShape;
            if (Ends(node, rest, out var isHere))
            {
                if (isHere) value = Part(encoded, node.Value);
                return ProofFault.None;
            }

            mustBeBranch = node.Kind == TrieNodeKind.Extension;
            var child = node.Child(mustBeBranch ? 0 : rest[0]);
            rest = rest.From(mustBeBranch ? node.Path.Length : 1);
            if (child is [0x80]) return ProofFault.None;
            fault = Follow(nodes, encoded, child, out encoded);
        }

        return fault;
    }

    // Whether the way ends at the node: with its value, or because the key goes elsewhere.
    private static bool Ends(TrieNode node, NibblePath rest, out bool isHere)
    {
        isHere = node.Kind == TrieNodeKind.Branch ? rest.Length == 0 : node.Kind == TrieNodeKind.Leaf && rest.Length == node.Path.Length && rest.StartsWith(node.Path);
        return isHere || node.Kind == TrieNodeKind.Leaf || (node.Kind == TrieNodeKind.Extension && !rest.StartsWith(node.Path));
    }

    // Only the root may be shorter than its hash: any other node so short stands in its parent itself.
    private static ProofFault Follow(ITrieNodes nodes, ReadOnlyMemory<byte> parent, ReadOnlySpan<byte> child, out ReadOnlyMemory<byte> node)
    {
        node = Part(parent, child);
        if (!TrieNode.IsHash(child)) return ProofFault.None;
        var fault = nodes.Visit(Hash256.FromBytes(child[1..]), out node);
        return fault == ProofFault.None && node.Length < Hash256.Size ? ProofFault.NodeShape : fault;
    }

    private static ReadOnlyMemory<byte> Part(ReadOnlyMemory<byte> whole, ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty) return default;
        var isInside = whole.Span.Overlaps(part, out var at);
        Invariant.Check(isInside, "a node's parts are views of its bytes");
        return whole.Slice(at, part.Length);
    }
}
