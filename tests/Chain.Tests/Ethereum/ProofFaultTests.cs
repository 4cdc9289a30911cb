using Pair = System.Collections.Generic.KeyValuePair<System.ReadOnlyMemory<byte>, System.ReadOnlyMemory<byte>>;

namespace NeuroChain.Chain.Tests;

/// <summary>Each way in which nodes prove nothing has its name; among them nodes that hash rightly and that no trie has.</summary>
public sealed class ProofFaultTests
{
    private static readonly byte[] Long = [.. Enumerable.Repeat((byte)9, 40)];

    [Fact]
    public void NodesThatAreMissingTooManyOutOfOrderOrTwiceAreRefused()
    {
        var (_, trie) = AnyEthereum.AnyBlock(new SeededStream(1), 60);
        var nodes = ReceiptProof.Create(trie, 5);
        Assert.True(nodes.Length >= 2);
        Assert.Equal(ProofFault.None, Read(trie.Root, [5], [.. nodes]));
        Assert.Equal(ProofFault.MissingNode, Read(trie.Root, [5], [.. nodes[1..]]));
        Assert.Equal(ProofFault.MissingNode, Read(trie.Root, [5], [.. nodes[..^1]]));
        Assert.Equal(ProofFault.MissingNode, Read(trie.Root, [5], []));
        Assert.Equal(ProofFault.NodeOutOfOrder, Read(trie.Root, [5], [.. nodes.Reverse()]));
        Assert.Equal(ProofFault.NodeOutOfOrder, Read(trie.Root, [5], [new byte[] { 1 }, .. nodes]));
        Assert.Equal(ProofFault.UnusedNode, Read(trie.Root, [5], [.. nodes, new byte[] { 1 }]));
        Assert.Equal(ProofFault.UnusedNode, Read(trie.Root, [5], [.. ReceiptProof.Create(trie, 5, 20)]));
        Assert.Equal(ProofFault.RepeatedNode, Read(trie.Root, [5], [.. nodes, nodes[0]]));
        Assert.Equal(ProofFault.NodeTooLarge, Read(trie.Root, [5], [.. nodes, new byte[ProofNodes.NodeBytesMax + 1]]));
        Assert.Equal(ProofFault.TooManyNodes, Read(trie.Root, [5], [.. Enumerable.Range(0, ProofNodes.NodesMax + 1).Select(i => (ReadOnlyMemory<byte>)BitConverter.GetBytes(i))]));
    }

    [Fact]
    public void TheRootIsGivenAndNeverZero()
    {
        var (_, trie) = AnyEthereum.AnyBlock(new SeededStream(1), 60);
        var nodes = ReceiptProof.Create(trie, 5);
        Assert.Equal(ProofFault.ZeroRoot, Read(Hash256.Zero, [5], [.. nodes]));
        Assert.Equal(ProofFault.MissingNode, Read(AnyEthereum.AnyBlock(new SeededStream(2), 60).Trie.Root, [5], [.. nodes]));
        Assert.Equal(ProofFault.Absent, Read(PatriciaTrie.EmptyRoot, [5], []));
    }

    [Fact]
    public void SeveralReceiptsAscendAndAreThere()
    {
        var (receipts, trie) = AnyEthereum.AnyBlock(new SeededStream(3), 140);
        ulong[] places = [0, 3, 127, 128, 139];
        Assert.True(ReceiptProof.TryRead(trie.Root, places, ReceiptProof.Create(trie, places), out var read, out _));
        Assert.Equal(places.Select(place => receipts[(int)place].Encode()), read.Select(receipt => receipt.Encode()));
        Assert.Equal(ProofFault.KeysOutOfOrder, Read(trie.Root, [3, 0], [.. ReceiptProof.Create(trie, 3, 0)]));
        Assert.Equal(ProofFault.KeysOutOfOrder, Read(trie.Root, [3, 3], [.. ReceiptProof.Create(trie, 3)]));
        Assert.Equal(ProofFault.KeysOutOfOrder, Read(trie.Root, [], []));
        Assert.Equal(ProofFault.KeysOutOfOrder, Read(trie.Root, [.. Enumerable.Range(0, ReceiptProof.ReceiptsMax + 1).Select(i => (ulong)i)], []));
        Assert.Equal(ProofFault.Absent, Read(trie.Root, [140], [.. ReceiptProof.Create(trie, 140)]));
    }

    [Fact]
    public void AValueThatIsNoReceiptIsRefused()
    {
        var trie = PatriciaTrie.OfList([Long, Long]);
        Assert.Equal(ProofFault.MalformedValue, Read(trie.Root, [1], [.. ReceiptProof.Create(trie, 1)]));
    }

    [Fact]
    public void ABranchOfOneIsNoNode()
    {
        Assert.Equal(ProofFault.NodeShape, ReadAs(Branch((1, Leaf([], Long)))));
        Assert.Equal(ProofFault.NodeShape, ReadAs(Branch()));
        Assert.Equal(ProofFault.None, ReadAs(Branch((1, Leaf([5], [1])), (2, Leaf([5], [1])))));
    }

    [Fact]
    public void AnExtensionLeadsOnToABranch()
    {
        var branch = Branch((1, Leaf([], [1])), (2, Leaf([], [1])));
        Assert.Equal(ProofFault.None, ReadAs(Extension([0], branch)));
        Assert.Equal(ProofFault.NodeShape, ReadAs(Extension([], branch)));
        Assert.Equal(ProofFault.NodeShape, ReadAs(Extension([0], Leaf([1], [1]))));
        Assert.Equal(ProofFault.NodeShape, ReadAs(Extension([0], Extension([1], branch))));
        Assert.Equal(ProofFault.NodeShape, ReadAs(List(writer => writer.Bytes(HexPrefix.Encode([0], isLeaf: false)).Bytes([]))));
    }

    [Fact]
    public void ALeafHoldsSomething() => Assert.Equal(ProofFault.NodeShape, ReadAs(Leaf([0, 1], [])));

    [Fact]
    public void ANodeHasTwoOrSeventeenItemsInCanonicalForm()
    {
        Assert.Equal(ProofFault.NodeShape, ReadAs(List(writer => writer.Bytes([0x20]))));
        Assert.Equal(ProofFault.NodeShape, ReadAs(List(writer => writer.Bytes([0x20]).Bytes([1]).Bytes([1]))));
        Assert.Equal(ProofFault.NodeShape, ReadAs([0xd2, .. Enumerable.Repeat((byte)0x80, 18)]));
        Assert.Equal(ProofFault.MalformedNode, ReadAs([0x80, 0x80]));
        Assert.Equal(ProofFault.MalformedNode, ReadAs([]));
        Assert.Equal(ProofFault.MalformedNode, ReadAs([.. Leaf([0, 1], [1]), 0]));
        Assert.Equal(ProofFault.MalformedNode, ReadAs(List(writer => writer.Bytes([0x21]).Bytes([1]))));
        Assert.Equal(ProofFault.MalformedNode, ReadAs(List(writer => writer.Bytes([0x20, 1]).Raw([0x81, 0x01]))));
        Assert.Equal(ProofFault.MalformedNode, ReadAs(List(writer => writer.Bytes([0x20, 1]).Raw([0xc0]))));
    }

    [Fact]
    public void AReferenceIsNothingAHashOrAShortNode()
    {
        var other = Leaf([], [1]);
        Assert.Equal(ProofFault.NodeShape, ReadAs(BranchOfRaw([0x01], other)));
        Assert.Equal(ProofFault.NodeShape, ReadAs(BranchOfRaw([0x82, 1, 1], other)));
        Assert.Equal(ProofFault.NodeShape, ReadAs(BranchOfRaw([0xa1, .. new byte[33]], other)));
        Assert.Equal(ProofFault.NodeShape, ReadAs(BranchOfRaw([0xc0], other)));
        // A node of 32 bytes or more stands under its hash.
        Assert.Equal(ProofFault.NodeShape, ReadAs(BranchOfRaw(Leaf([1], Long), other)));
    }

    /// <summary>A node of fewer than 32 bytes stands in its parent: under its hash it would be a second spelling of one content.</summary>
    [Fact]
    public void AShortNodeUnderItsHashIsRefused()
    {
        var leaf = Leaf([1], [1]);
        var root = BranchOfRaw([0xa0, .. Keccak256.Hash(leaf).ToArray()], Leaf([], [1]));
        Assert.True(ProofNodes.TryCreate([root, leaf], out var nodes, out _));
        Assert.False(PatriciaProof.TryRead(Keccak256.Hash(root), [0x01], nodes, out _, out var fault));
        Assert.Equal(ProofFault.NodeShape, fault);
    }

    [Fact]
    public void AccountsAndWordsAreProvenThereOrNotThere()
    {
        var stream = new SeededStream(9);
        var slots = Enumerable.Range(0, 50).ToDictionary(i => StorageSlot.Of((ulong)i), _ => new UInt256(1 + stream.NextBelow(1_000)));
        var storage = PatriciaTrie.Secure(slots.Select(pair => new Pair(pair.Key.ToArray(), new RlpWriter().UInt256(pair.Value).ToArray())));
        var accounts = Enumerable.Range(0, 40).ToDictionary(_ => AnyEthereum.AnyAddress(stream), _ => AnyEthereum.AnyAccount(stream) with { StorageRoot = storage.Root });
        var state = PatriciaTrie.Secure(accounts.Select(pair => new Pair(pair.Key.ToArray(), pair.Value.Encode())));
        foreach (var (address, account) in accounts)
            foreach (var slot in (ulong[])[7, 1_000])
            {
                // One list of nodes through both tries, as a checkpoint carries them.
                ReadOnlyMemory<byte>[] proof = [.. state.Prove(Key(address.ToArray())), .. storage.Prove(Key(StorageSlot.Of(slot).ToArray()))];
                Assert.True(ProofNodes.TryCreate(proof, out var nodes, out _));
                Assert.True(AccountProof.TryRead(state.Root, address, nodes, out var read, out _));
                Assert.Equal(account, read);
                Assert.False(nodes.AreAllUsed);
                Assert.True(StorageProof.TryRead(read!.StorageRoot, StorageSlot.Of(slot), nodes, out var word, out _));
                Assert.Equal(slots.GetValueOrDefault(StorageSlot.Of(slot)), word);
                Assert.True(nodes.AreAllUsed);
            }

        var stranger = AnyEthereum.AnyAddress(stream);
        Assert.True(ProofNodes.TryCreate(state.Prove(Key(stranger.ToArray())), out var absent, out _));
        Assert.True(AccountProof.TryRead(state.Root, stranger, absent, out var none, out _));
        Assert.Null(none);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("80")]
    [InlineData("8100")]
    [InlineData("c0")]
    [InlineData("0101")]
    public void StorageHoldsNoZerosAndOneSpelling(string value)
    {
        var slot = StorageSlot.Of(0);
        var trie = PatriciaTrie.Secure([new Pair(slot.ToArray(), Convert.FromHexString(value))]);
        Assert.True(ProofNodes.TryCreate(trie.Prove(Key(slot.ToArray())), out var nodes, out _));
        Assert.False(StorageProof.TryRead(trie.Root, slot, nodes, out var word, out var fault));
        Assert.Equal((ProofFault.MalformedValue, UInt256.Zero), (fault, word));
    }

    [Fact]
    public void AValueThatIsNoAccountIsRefused()
    {
        var address = AnyEthereum.AnyAddress(new SeededStream(1));
        var trie = PatriciaTrie.Secure([new Pair(address.ToArray(), Long)]);
        Assert.True(ProofNodes.TryCreate(trie.Prove(Key(address.ToArray())), out var nodes, out _));
        Assert.False(AccountProof.TryRead(trie.Root, address, nodes, out _, out var fault));
        Assert.Equal(ProofFault.MalformedValue, fault);
    }

    /// <summary>Slots as solc lays them out: of the ERC-20 that is bridged, balances are a mapping at slot 1.</summary>
    [Fact]
    public void SlotsAreWhereSolidityPutsThem()
    {
        Assert.Equal("0x290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563", StorageSlot.OfElement(StorageSlot.Of(0), 0, 1).ToString());
        Assert.Equal("0x290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e56a", StorageSlot.OfElement(StorageSlot.Of(0), 3, 2, 1).ToString());
        var key = AnyEthereum.AnyAddress(new SeededStream(2));
        Assert.Equal(Keccak256.Hash([.. new byte[12], .. key.ToArray(), .. new byte[31], 1]), StorageSlot.OfMapping(key, StorageSlot.Of(1)));
        Assert.Equal(StorageSlot.OfMapping(key, StorageSlot.Of(1)), StorageSlot.OfMapping(Hash256.FromBytes([.. new byte[12], .. key.ToArray()]), StorageSlot.Of(1)));
    }

    private static byte[] Key(byte[] name) => Keccak256.Hash(name).ToArray();

    private static ProofFault Read(Hash256 root, ulong[] places, List<ReadOnlyMemory<byte>> nodes)
    {
        Assert.Equal(ReceiptProof.TryRead(root, places, nodes, out var receipts, out var fault), fault == ProofFault.None);
        Assert.Equal(fault == ProofFault.None ? places.Length : 0, receipts.Length);
        return fault;
    }

    // The bytes as the root's own node: they hash rightly, so that the shape alone decides. The key is 01.
    private static ProofFault ReadAs(byte[] root)
    {
        Assert.True(ProofNodes.TryCreate([root], out var nodes, out _));
        Assert.Equal(PatriciaProof.TryRead(Keccak256.Hash(root), [0x01], nodes, out _, out var fault), fault == ProofFault.None);
        return fault;
    }

    private static byte[] List(Action<RlpWriter> write)
    {
        var writer = new RlpWriter();
        var list = writer.Begin();
        write(writer);
        return writer.End(list).ToArray();
    }

    private static byte[] Leaf(byte[] nibbles, byte[] value) => List(writer => writer.Bytes(HexPrefix.Encode(nibbles, isLeaf: true)).Bytes(value));

    private static byte[] Extension(byte[] nibbles, byte[] node) => List(writer => writer.Bytes(HexPrefix.Encode(nibbles, isLeaf: false)).Raw(node));

    private static byte[] Branch(params (int Nibble, byte[] Node)[] children) => List(writer =>
    {
        for (var i = 0; i < 16; i++)
            if (children.FirstOrDefault(child => child.Nibble == i).Node is { } node)
                writer.Raw(node.Length < 32 ? node : [0xa0, .. Keccak256.Hash(node).ToArray()]);
            else
                writer.Bytes([]);
        writer.Bytes([]);
    });

    // The first child is where the key 01 goes.
    private static byte[] BranchOfRaw(byte[] first, byte[] second) => List(writer =>
    {
        writer.Raw(first).Raw(second);
        for (var i = 2; i < 17; i++) writer.Bytes([]);
    });
}
