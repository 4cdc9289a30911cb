using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>
/// A Merkle-Patricia trie (yellow paper, appendix D) made once from all that it holds: its root, and proofs. For whoever rebuilds a block's
/// receipts root and for tests; the state of Ethereum is never held here.
/// </summary>
/// <remarks>All nodes are kept by their hash: about as many bytes as the values, and a half more.</remarks>
public sealed class PatriciaTrie
{
    /// <summary>keccak256(rlp("")): the root of the trie that holds nothing.</summary>
    public static readonly Hash256 EmptyRoot = Keccak256.Hash([0x80]);

    private readonly Dictionary<Hash256, byte[]> _nodes = [];

    private PatriciaTrie(Entry[] entries) => Root = entries.Length == 0 ? EmptyRoot : Keep(Build(entries, 0));

    public Hash256 Root { get; }

    /// <exception cref="InvariantException">A key twice, one of more than <see cref="PatriciaProof.KeyBytesMax"/> bytes, or an empty value.</exception>
    public static PatriciaTrie Of(IEnumerable<KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> content)
    {
        Entry[] entries = [.. content.Select(pair => new Entry(Nibbles(pair.Key.Span), pair.Value))];
        Array.Sort(entries, (a, b) => a.Path.AsSpan().SequenceCompareTo(b.Path));
        for (var i = 0; i < entries.Length; i++)
        {
            Invariant.Check(!entries[i].Value.IsEmpty, "a trie has no empty values: what has none is not there");
            Invariant.Check(i == 0 || !entries[i].Path.AsSpan().SequenceEqual(entries[i - 1].Path), "a key stands in a trie once");
        }

        return new PatriciaTrie(entries);
    }

    /// <summary>A list, as blocks have them for transactions, receipts and withdrawals: the key of each is the RLP of its place.</summary>
    public static PatriciaTrie OfList(IEnumerable<ReadOnlyMemory<byte>> items) =>
        Of(items.Select((item, index) => KeyValuePair.Create((ReadOnlyMemory<byte>)ListKey((ulong)index), item)));

    /// <summary>Under the hashes of the keys, as state and storage are.</summary>
    public static PatriciaTrie Secure(IEnumerable<KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> content) =>
        Of(content.Select(pair => KeyValuePair.Create((ReadOnlyMemory<byte>)Keccak256.Hash(pair.Key.Span).ToArray(), pair.Value)));

    /// <summary>rlp(index): 0 is 0x80 and 128 is 0x8180, so that the order of the keys is not that of the places.</summary>
    public static byte[] ListKey(ulong index) => new RlpWriter().UInt64(index).ToArray();

    /// <summary>The nodes that show what is, or is not, under each key: each node once, in the order in which the keys meet them.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Prove(params IEnumerable<ReadOnlyMemory<byte>> keys)
    {
        var visited = new Visited(_nodes);
        foreach (var key in keys)
        {
            var fault = PatriciaProof.Walk(Root, key.Span, visited, out _);
            Invariant.Check(fault == ProofFault.None, "a trie has all of its nodes");
        }

        return [.. visited.InOrder];
    }

    private static byte[] Nibbles(ReadOnlySpan<byte> key)
    {
        Invariant.Check(key.Length <= PatriciaProof.KeyBytesMax, "keys are hashes or places in a list");
        return new NibblePath(key, 0).ToArray();
    }

    // Entries are sorted, differ, and share the first half-bytes up to the depth.
    private byte[] Build(ReadOnlySpan<Entry> entries, int depth)
    {
        var path = entries[0].Path.AsSpan();
        if (entries.Length == 1) return Leaf(path[depth..], entries[0].Value.Span);
        var shared = path.CommonPrefixLength(entries[^1].Path);
        return shared > depth ? Extension(path[depth..shared], Build(entries, shared)) : Branch(entries, depth);
    }

    private static byte[] Leaf(ReadOnlySpan<byte> path, ReadOnlySpan<byte> value)
    {
        var writer = new RlpWriter(value.Length + 64);
        var list = writer.Begin();
        return writer.Bytes(HexPrefix.Encode(path, isLeaf: true)).Bytes(value).End(list).ToArray();
    }

    private byte[] Extension(ReadOnlySpan<byte> path, byte[] branch)
    {
        var writer = new RlpWriter();
        var list = writer.Begin();
        Refer(writer.Bytes(HexPrefix.Encode(path, isLeaf: false)), branch);
        return writer.End(list).ToArray();
    }

    private byte[] Branch(ReadOnlySpan<Entry> entries, int depth)
    {
        var value = entries[0].Path.Length == depth ? entries[0].Value : default;
        var rest = value.IsEmpty ? entries : entries[1..];
        var writer = new RlpWriter();
        var list = writer.Begin();
        for (var nibble = 0; nibble < 16; nibble++)
        {
            var count = 0;
            while (count < rest.Length && rest[count].Path[depth] == nibble) count++;
            if (count == 0) writer.Bytes([]);
            else Refer(writer, Build(rest[..count], depth + 1));
            rest = rest[count..];
        }

        return writer.Bytes(value.Span).End(list).ToArray();
    }

    // A node of fewer bytes than its hash stands in its parent itself.
    private void Refer(RlpWriter writer, byte[] node)
    {
        if (node.Length < Hash256.Size) writer.Raw(node);
        else writer.Hash(Keep(node));
    }

    private Hash256 Keep(byte[] node)
    {
        var hash = Keccak256.Hash(node);
        _nodes[hash] = node;
        return hash;
    }

    private sealed record Entry(byte[] Path, ReadOnlyMemory<byte> Value);

    private sealed class Visited(Dictionary<Hash256, byte[]> nodes) : ITrieNodes
    {
        private readonly HashSet<Hash256> _known = [];

        public List<ReadOnlyMemory<byte>> InOrder { get; } = [];

        public ProofFault Visit(Hash256 hash, out ReadOnlyMemory<byte> node)
        {
            var isHere = nodes.TryGetValue(hash, out var bytes);
            node = bytes;
            if (isHere && _known.Add(hash)) InOrder.Add(node);
            return isHere ? ProofFault.None : ProofFault.MissingNode;
        }
    }
}
