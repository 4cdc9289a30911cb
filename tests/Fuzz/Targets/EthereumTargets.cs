using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using Pair = System.Collections.Generic.KeyValuePair<System.ReadOnlyMemory<byte>, System.ReadOnlyMemory<byte>>;

namespace NeuroChain.Fuzz;

/// <summary>
/// Decoders of Ethereum's formats. A proof's root is here the hash of its first node, whatever that is: under a given root hardly a mutation
/// comes further than that.
/// </summary>
internal static class EthereumTargets
{
    private const int DynamicMax = 10_000;

    public static readonly ImmutableArray<FuzzTarget> All =
    [
        new("ethereum-header", ["EthereumHeader.TryDecode"], s => AnyEthereum.AnyHeader(s).Encode(), bytes => EthereumHeader.TryDecode(bytes, out var header, out var fault) ? header.Encode() : Refused(fault)),
        new("ethereum-receipt", ["EthereumReceipt.TryDecode"], s => AnyEthereum.AnyReceipt(s).Encode(), bytes => EthereumReceipt.TryDecode(bytes, out var receipt, out var fault) ? receipt.Encode() : Refused(fault)),
        new("ethereum-account", ["EthereumAccount.TryDecode"], s => AnyEthereum.AnyAccount(s).Encode(), bytes => EthereumAccount.TryDecode(bytes, out var account, out var fault) ? account.Encode() : Refused(fault)),
        new("ethereum-transaction", ["SignedEthereumTransaction.TryDecode"], s => AnyEthereum.AnyTransaction(s).Sign(PrivateKey.FromSeed(s.NextHash())).Encode(), ReencodeTransaction) { TestInputs = 3_000 },
        new("ethereum-fixed", ["UInt256.TryFromBytes", "Bloom.TryFromBytes"], s => s.NextChance(1, 2) ? s.NextHash().ToArray() : Bloom.Of([AnyEthereum.AnyLog(s)]).Bytes.ToArray(), ReencodeFixed),
        new("hex-prefix", ["HexPrefix.TryDecode"], s => HexPrefix.Encode([.. AnyEthereum.Bytes(s, 64).Select(b => (byte)(b % 16))], s.NextChance(1, 2)), ReencodePath),
        new("trie-proof", ["PatriciaProof.TryRead", "TrieNode.Read"], AnyTrieProof, ReencodeTrieProof),
        new("receipt-proof", [], AnyReceiptProof, ReencodeReceiptProof),
        new("storage-proof", [], AnyStorageProof, ReencodeStorageProof),
        new("abi", [], AnyTuple, ReencodeTuple),
        new("revert-reason", ["RevertReason.Read"], AnyRevert, bytes => RevertReason.Read(bytes).ToString().Length > 0 ? bytes : null) { Spelling = Spelling.None },
    ];

    private static byte[]? Refused(EthereumFault fault)
    {
        Assert.NotEqual(EthereumFault.None, fault);
        return null;
    }

    private static byte[]? ReencodeTransaction(byte[] bytes)
    {
        if (!SignedEthereumTransaction.TryDecode(bytes, out var signed, out var fault)) return Refused(fault);
        _ = signed.TryRecoverSender(out _);
        return signed.Encode();
    }

    private static byte[]? ReencodeFixed(byte[] bytes)
    {
        if (Bloom.TryFromBytes(bytes, out var bloom)) return bloom.Bytes.ToArray();
        return UInt256.TryFromBytes(bytes, out var word) ? word.ToHash().ToArray() : null;
    }

    private static byte[]? ReencodePath(byte[] bytes) => HexPrefix.TryDecode(bytes, out var path, out var isLeaf) ? HexPrefix.Encode(path.ToArray(), isLeaf) : null;

    // rlp([key, node...]).
    private static byte[] AnyTrieProof(SeededStream s)
    {
        var content = Enumerable.Range(0, 1 + (int)s.NextBelow(40))
            .Select(_ => new Pair(AnyEthereum.Bytes(s, 3), (byte[])[1, .. AnyEthereum.Bytes(s, 40)])).DistinctBy(pair => Convert.ToHexString(pair.Key.Span)).ToList();
        var key = content[(int)s.NextBelow((ulong)content.Count)].Key;
        return List([key], PatriciaTrie.Of(content).Prove(key));
    }

    private static byte[]? ReencodeTrieProof(byte[] bytes)
    {
        if (!TryOpen(bytes, 1, out var heads, out var nodes) || heads[0].Length > PatriciaProof.KeyBytesMax || !ProofNodes.TryCreate(nodes, out var set, out _)) return null;
        if (!PatriciaProof.TryRead(Root(nodes), heads[0].Span, set, out _, out var fault) || !set.AreAllUsed) return null;
        Assert.Equal(ProofFault.None, fault);
        return List(heads, nodes);
    }

    // rlp([place, place, node...]).
    private static byte[] AnyReceiptProof(SeededStream s)
    {
        var (_, trie) = AnyEthereum.AnyBlock(s, 2 + (int)s.NextBelow(30));
        ulong[] places = [0, 1];
        return List(places.Select(place => (ReadOnlyMemory<byte>)Number(place)), ReceiptProof.Create(trie, places));
    }

    private static byte[]? ReencodeReceiptProof(byte[] bytes)
    {
        if (!TryOpen(bytes, 2, out var heads, out var nodes) || !TryNumbers(heads, out var places)) return null;
        return ReceiptProof.TryRead(Root(nodes), places, nodes, out var receipts, out _) && receipts.Length == 2 ? List(heads, nodes) : null;
    }

    // rlp([address, slot, node...]): an account, and where it has that much storage a word of it.
    private static byte[] AnyStorageProof(SeededStream s)
    {
        var slot = StorageSlot.Of(s.NextBelow(20));
        var words = Enumerable.Range(0, 20).Select(i => new Pair(StorageSlot.Of((ulong)i).ToArray(), Number(1 + s.NextBelow(500))));
        var storage = PatriciaTrie.Secure(words);
        var addresses = Enumerable.Range(0, 20).Select(_ => AnyEthereum.AnyAddress(s)).ToList();
        var state = PatriciaTrie.Secure(addresses.Select(address => new Pair(address.ToArray(), (AnyEthereum.AnyAccount(s) with { StorageRoot = storage.Root }).Encode())));
        var proof = state.Prove(Keccak256.Hash(addresses[0].ToArray()).ToArray()).Concat(storage.Prove(Keccak256.Hash(slot.ToArray()).ToArray()));
        return List([addresses[0].ToArray(), slot.ToArray()], proof);
    }

    private static byte[]? ReencodeStorageProof(byte[] bytes)
    {
        if (!TryOpen(bytes, 2, out var heads, out var nodes) || !ProofNodes.TryCreate(nodes, out var set, out _)) return null;
        if (!Address.TryFromBytes(heads[0].Span, out var address) || !Hash256.TryFromBytes(heads[1].Span, out var slot)) return null;
        if (!AccountProof.TryRead(Root(nodes), address, set, out var account, out _)) return null;
        if (account is not null && !StorageProof.TryRead(account.StorageRoot, slot, set, out _, out _)) return null;
        return set.AreAllUsed ? List(heads, nodes) : null;
    }

    private static byte[] AnyTuple(SeededStream s) => Tuple(
        AnyEthereum.AnySmallNumber(s), AnyEthereum.AnyAddress(s), s.NextChance(1, 2), AnyEthereum.Bytes(s, 70), new string('é', (int)s.NextBelow(40)),
        [.. Enumerable.Range(0, (int)s.NextBelow(4)).Select(_ => (s.NextHash(), AnyEthereum.Bytes(s, 20)))]);

    private static byte[] Tuple(ulong number, Address address, bool truth, byte[] data, string text, (Hash256 Hash, byte[] Data)[] items) => new AbiWriter()
        .UInt64(number).Address(address).Bool(truth).Bytes(data).Text(text)
        .Array(items, (array, item) => array.Tuple(new AbiWriter().Hash(item.Hash).Bytes(item.Data)))
        .ToArray();

    private static byte[]? ReencodeTuple(byte[] bytes)
    {
        var reader = new AbiReader(bytes, 6);
        var (number, address, truth) = (reader.UInt64(), reader.Address(), reader.Bool());
        var (data, text) = (reader.Bytes(DynamicMax).ToArray(), reader.Text(DynamicMax));
        var array = reader.Array(DynamicMax, 1, out var count);
        var items = new (Hash256, byte[])[count];
        for (var i = 0; i < count; i++)
        {
            var item = array.Tuple(2);
            items[i] = (item.Hash(), item.Bytes(DynamicMax).ToArray());
            array.Leave(ref item);
        }

        reader.Leave(ref array);
        Assert.Equal(reader.IsWhole, reader.WholeFault == AbiFault.None);
        return reader.IsWhole ? Tuple(number, address, truth, data, text, items) : null;
    }

    private static byte[] AnyRevert(SeededStream s) => s.NextBelow(3) switch
    {
        0 => AbiSelector.Of("Error(string)").With(new AbiWriter().Text("not today")),
        1 => AbiSelector.Of("Panic(uint256)").With(new AbiWriter().UInt64(s.NextBelow(100))),
        _ => AbiSelector.Of("LimitReached(uint256)").With(new AbiWriter().UInt256(AnyEthereum.AnyNumber(s))),
    };

    private static Hash256 Root(List<ReadOnlyMemory<byte>> nodes) => nodes.Count == 0 ? PatriciaTrie.EmptyRoot : Keccak256.Hash(nodes[0].Span);

    private static byte[] Number(ulong number) => new RlpWriter().UInt64(number).ToArray();

    private static byte[] List(IEnumerable<ReadOnlyMemory<byte>> heads, IEnumerable<ReadOnlyMemory<byte>> nodes)
    {
        var writer = new RlpWriter();
        var list = writer.Begin();
        foreach (var item in heads.Concat(nodes)) writer.Bytes(item.Span);
        return writer.End(list).ToArray();
    }

    private static bool TryOpen(byte[] bytes, int count, out List<ReadOnlyMemory<byte>> heads, out List<ReadOnlyMemory<byte>> nodes)
    {
        (heads, nodes) = ([], []);
        var reader = new RlpReader(bytes);
        var list = reader.List();
        while (list.HasMore && nodes.Count <= ProofNodes.NodesMax) (heads.Count < count ? heads : nodes).Add(list.Bytes().ToArray());
        reader.Leave(ref list);
        return reader.IsWhole && heads.Count == count;
    }

    private static bool TryNumbers(List<ReadOnlyMemory<byte>> heads, out ulong[] numbers)
    {
        numbers = new ulong[heads.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            var reader = new RlpReader(heads[i].Span);
            numbers[i] = reader.UInt64();
            if (!reader.IsWhole) return false;
        }

        return true;
    }
}
