namespace NeuroChain.Chain;

internal enum TrieNodeKind
{
    Branch,
    Extension,
    Leaf,
}

/// <summary>
/// A node of a Merkle-Patricia trie as the verifier sees it: a view of its bytes, whose shape was checked (yellow paper, appendix D). A branch
/// holds at least two, an extension leads on by at least one half-byte, and no value is empty, or the trie of one content would have several roots.
/// </summary>
internal readonly ref struct TrieNode
{
    private const int BranchChildren = 16, BranchItems = BranchChildren + 1, PairItems = 2;

    private readonly ReadOnlySpan<byte> _children;

    private TrieNode(TrieNodeKind kind, NibblePath path, ReadOnlySpan<byte> value, ReadOnlySpan<byte> children)
    {
        Kind = kind;
        Path = path;
        Value = value;
        _children = children;
    }

    public TrieNodeKind Kind { get; }

    /// <summary>Of a leaf or an extension.</summary>
    public NibblePath Path { get; }

    /// <summary>Of a leaf, or of a branch, where it is empty if no key ends there.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The reference of a branch for a half-byte, or of an extension at 0: an RLP item, see <see cref="IsReference"/>.</summary>
    public ReadOnlySpan<byte> Child(int index)
    {
        var children = new RlpReader(_children);
        for (var i = 0; i < index; i++) _ = children.Raw();
        return children.Raw();
    }

    public static ProofFault Read(ReadOnlySpan<byte> encoded, out TrieNode node)
    {
        node = default;
        var reader = new RlpReader(encoded);
        var items = reader.List();
        reader.End();
        if (reader.Fault != EthereumFault.None) return ProofFault.MalformedNode;
        return Count(items) switch
        {
            BranchItems => ReadBranch(items, out node),
            PairItems => ReadPair(items, out node),
            null => ProofFault.MalformedNode,
            _ => ProofFault.NodeShape,
        };
    }

    /// <summary>The empty string, a string of 32 bytes or a list of fewer: nothing, a hash, or the node itself (yellow paper, 195).</summary>
    private static bool IsReference(ReadOnlySpan<byte> item, out bool isEmpty)
    {
        isEmpty = item is [0x80];
        return isEmpty || IsHash(item) || IsInline(item);
    }

    public static bool IsHash(ReadOnlySpan<byte> item) => item.Length == 1 + Hash256.Size && item[0] == 0x80 + Hash256.Size;

    public static bool IsInline(ReadOnlySpan<byte> item) => item.Length is > 1 and < Hash256.Size && item[0] >= 0xc0;

    // A copy of the reader: the items are read again.
    private static int? Count(RlpReader items)
    {
        var count = 0;
        for (; items.HasMore && count <= BranchItems; count++) _ = items.Raw();
        return items.Fault == EthereumFault.None ? count : null;
    }

    private static ProofFault ReadBranch(RlpReader items, out TrieNode node)
    {
        node = default;
        var children = items.Unread;
        var occupied = 0;
        for (var i = 0; i < BranchChildren; i++)
        {
            if (!IsReference(items.Raw(), out var isEmpty)) return ProofFault.NodeShape;
            if (!isEmpty) occupied++;
        }

        var value = items.Bytes();
        if (!items.IsWhole) return ProofFault.MalformedNode;
        if (occupied + (value.IsEmpty ? 0 : 1) < 2) return ProofFault.NodeShape;
        node = new TrieNode(TrieNodeKind.Branch, default, value, children);
        return ProofFault.None;
    }

    private static ProofFault ReadPair(RlpReader items, out TrieNode node)
    {
        node = default;
        var packed = items.Bytes();
        if (items.Fault != EthereumFault.None || !HexPrefix.TryDecode(packed, out var path, out var isLeaf)) return ProofFault.MalformedNode;
        var child = items.Unread;
        if (isLeaf)
        {
            var value = items.Bytes();
            if (!items.IsWhole) return ProofFault.MalformedNode;
            node = new TrieNode(TrieNodeKind.Leaf, path, value, default);
            return value.IsEmpty ? ProofFault.NodeShape : ProofFault.None;
        }

        node = new TrieNode(TrieNodeKind.Extension, path, default, child);
        return path.Length > 0 && IsReference(child, out var leadsNowhere) && !leadsNowhere ? ProofFault.None : ProofFault.NodeShape;
    }
}
