using System.Text;
using System.Text.Json;
using Pair = System.Collections.Generic.KeyValuePair<System.ReadOnlyMemory<byte>, System.ReadOnlyMemory<byte>>;

namespace NeuroChain.Chain.Tests;

/// <summary>Roots of tries against the official vectors, and proofs of everything that is in them and not.</summary>
public sealed class TrieTests
{
    [Theory]
    [InlineData("trietest.json", false)]
    [InlineData("trieanyorder.json", false)]
    [InlineData("trietest_secureTrie.json", true)]
    [InlineData("trieanyorder_secureTrie.json", true)]
    public void TheRootsAreThoseOfTheOfficialVectors(string file, bool isSecure)
    {
        foreach (var vector in OfficialVectors.Read(file).EnumerateObject())
        {
            var content = Content(vector.Value.GetProperty("in"));
            var trie = isSecure ? PatriciaTrie.Secure(content) : PatriciaTrie.Of(content);
            Assert.Equal((vector.Name, vector.Value.GetProperty("root").GetString()), (vector.Name, trie.Root.ToString()));
            foreach (var (key, value) in content) AssertProven(trie, isSecure ? Keccak256.Hash(key.Span).ToArray() : key, value);
        }
    }

    [Fact]
    public void TheEmptyTrieProvesThatNothingIsThereWithoutNodes()
    {
        var trie = PatriciaTrie.Of([]);
        Assert.Equal("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421", trie.Root.ToString());
        Assert.Empty(trie.Prove("anything"u8.ToArray()));
        AssertProven(trie, "anything"u8.ToArray(), default);
    }

    [Fact]
    public void ThePlacesOfAListAreItsKeys()
    {
        Assert.Equal((byte[])[0x80], PatriciaTrie.ListKey(0));
        Assert.Equal((byte[])[0x7f], PatriciaTrie.ListKey(127));
        Assert.Equal((byte[])[0x81, 0x80], PatriciaTrie.ListKey(128));
        Assert.Equal((byte[])[0x82, 0x01, 0x00], PatriciaTrie.ListKey(256));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(300)]
    public void EveryItemOfAListIsProvenAndNoneBehindIt(int count)
    {
        var stream = new SeededStream((ulong)count);
        // Short items stand in their parents, long ones under their hashes.
        List<ReadOnlyMemory<byte>> items = [.. Enumerable.Range(0, count).Select(_ => (ReadOnlyMemory<byte>)(byte[])[1, .. AnyEthereum.Bytes(stream, 60)])];
        var trie = PatriciaTrie.OfList(items);
        for (var i = 0; i < count; i++) AssertProven(trie, PatriciaTrie.ListKey((ulong)i), items[i]);
        foreach (var beyond in (ulong[])[(ulong)count, 1_000, ulong.MaxValue]) AssertProven(trie, PatriciaTrie.ListKey(beyond), default);
    }

    [Fact]
    public void EveryKeyOfARandomTrieIsProvenThereOrNotThere()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            var stream = new SeededStream(seed);
            var content = new Dictionary<string, byte[]>();
            // Few and short letters, so that keys share beginnings, and one is the beginning of another.
            for (var i = (int)stream.NextBelow(30); i > 0; i--) content[AnyKey(stream)] = [(byte)(1 + stream.NextBelow(255)), .. AnyEthereum.Bytes(stream, 40)];
            var trie = PatriciaTrie.Of(content.Select(pair => new Pair(Encoding.ASCII.GetBytes(pair.Key), pair.Value)));
            foreach (var (key, value) in content) AssertProven(trie, Encoding.ASCII.GetBytes(key), value);
            for (var i = 0; i < 30; i++)
            {
                var key = AnyKey(stream);
                AssertProven(trie, Encoding.ASCII.GetBytes(key), content.GetValueOrDefault(key));
            }
        }
    }

    /// <summary>A root says all: no two contents have one, whichever way they differ.</summary>
    [Fact]
    public void WhateverDiffersHasAnotherRoot()
    {
        Dictionary<string, byte[]> content = new() { ["a"] = [1], ["ab"] = [2], ["b"] = [.. Enumerable.Repeat((byte)7, 40)], ["ac"] = [3] };
        HashSet<Hash256> roots = [Root(content)];
        foreach (var key in content.Keys)
        {
            Assert.True(roots.Add(Root(content.Where(pair => pair.Key != key))));
            Assert.True(roots.Add(Root(content.Select(pair => pair.Key == key ? KeyValuePair.Create(key, (byte[])[.. pair.Value, 0]) : pair))));
            Assert.True(roots.Add(Root(content.Append(KeyValuePair.Create(key + "x", content[key])))));
        }

        static Hash256 Root(IEnumerable<KeyValuePair<string, byte[]>> content) =>
            PatriciaTrie.Of(content.Select(pair => new Pair(Encoding.ASCII.GetBytes(pair.Key), pair.Value))).Root;
    }

    [Theory]
    [InlineData("", false, "00")]
    [InlineData("", true, "20")]
    [InlineData("010203", false, "1123")]
    [InlineData("000f01", true, "30f1")]
    [InlineData("0f01", true, "20f1")]
    public void HexPrefixIsThatOfTheYellowPaper(string nibbles, bool isLeaf, string packed)
    {
        Assert.Equal(packed, Convert.ToHexStringLower(HexPrefix.Encode(Convert.FromHexString(nibbles), isLeaf)));
        Assert.True(HexPrefix.TryDecode(Convert.FromHexString(packed), out var path, out var wasLeaf));
        Assert.Equal(nibbles, Convert.ToHexStringLower(path.ToArray()));
        Assert.Equal(isLeaf, wasLeaf);
    }

    [Theory]
    [InlineData("")]
    [InlineData("40")]
    [InlineData("01")]
    [InlineData("2f")]
    [InlineData("f0")]
    public void HexPrefixHasOneSpelling(string packed) => Assert.False(HexPrefix.TryDecode(Convert.FromHexString(packed), out _, out _));

    private static string AnyKey(SeededStream s) => string.Concat(Enumerable.Range(0, (int)s.NextBelow(5)).Select(_ => "aAbq"[(int)s.NextBelow(4)]));

    private static void AssertProven(PatriciaTrie trie, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        Assert.True(ProofNodes.TryCreate(trie.Prove(key), out var nodes, out _));
        Assert.True(PatriciaProof.TryRead(trie.Root, key.Span, nodes, out var read, out var fault), fault.ToString());
        Assert.Equal(value.ToArray(), read.ToArray());
        Assert.True(nodes.AreAllUsed);
    }

    // Some vectors are lists of changes in an order, in which null takes a key out.
    private static List<Pair> Content(JsonElement input)
    {
        var content = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var changes = input.ValueKind == JsonValueKind.Array
            ? input.EnumerateArray().Select(pair => (Key: pair[0].GetString()!, Value: pair[1].GetString()))
            : input.EnumerateObject().Select(pair => (Key: pair.Name, Value: pair.Value.GetString()));
        foreach (var (key, value) in changes)
        {
            var name = Convert.ToHexString(Bytes(key));
            if (value is null) content.Remove(name);
            else content[name] = Bytes(value);
        }

        return [.. content.Select(pair => new Pair(Convert.FromHexString(pair.Key), pair.Value))];
    }

    private static byte[] Bytes(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? Convert.FromHexString(text[2..]) : Encoding.ASCII.GetBytes(text);
}
