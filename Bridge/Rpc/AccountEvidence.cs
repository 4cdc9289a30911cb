using System.Collections.Immutable;
using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// The nodes that prove an account and words of its storage under a state root (EIP-1186), in the one spelling that <see cref="ProofNodes"/>
/// takes: the account's, then those of each word that no word before it had.
/// </summary>
/// <param name="Account">Whose.</param>
/// <param name="Slots">In the order in which they are read.</param>
/// <param name="Nodes">Unverified until <see cref="TryRead"/>.</param>
public sealed record AccountEvidence(Address Account, ImmutableArray<Hash256> Slots, ImmutableArray<ReadOnlyMemory<byte>> Nodes)
{
    /// <summary>Of one list: a trie of 2^64 entries is about sixteen nodes deep.</summary>
    private const int NodesPerListMax = 80;

    private const int NodeBytesMax = 1_024;

    // rlp(""): some nodes send it for a trie that holds nothing, whose root says that by itself.
    private static ReadOnlySpan<byte> EmptyNode => [0x80];

    /// <summary>Reads the account and the words; all nodes must be used.</summary>
    /// <param name="stateRoot">Of a header that is believed.</param>
    /// <param name="account">Null where it is proven that there is none; its words are zero then.</param>
    /// <param name="words">As many as slots.</param>
    /// <param name="fault">Why nothing is proven.</param>
    public bool TryRead(Hash256 stateRoot, out EthereumAccount? account, out ImmutableArray<UInt256> words, out ProofFault fault)
    {
        (account, words) = (null, []);
        if (!ProofNodes.TryCreate(Nodes, out var nodes, out fault)) return false;
        if (!AccountProof.TryRead(stateRoot, Account, nodes, out account, out fault)) return false;
        var read = ImmutableArray.CreateBuilder<UInt256>(Slots.Length);
        foreach (var slot in Slots)
        {
            var word = UInt256.Zero;
            if (account is not null && !StorageProof.TryRead(account.StorageRoot, slot, nodes, out word, out fault)) return false;
            read.Add(word);
        }

        fault = nodes.AreAllUsed ? ProofFault.None : ProofFault.UnusedNode;
        if (fault == ProofFault.None) words = read.MoveToImmutable();
        return fault == ProofFault.None;
    }

    internal static Answered<AccountEvidence> Read(JsonElement proof, Address account, ImmutableArray<Hash256> slots)
    {
        var fields = new RpcFields(proof);
        if (fields.Address("address") != account && fields.Failed is null) return Answered<AccountEvidence>.No(EndpointFault.WrongSubject, "the proof of another account");
        var nodes = new Gathered();
        foreach (var node in fields.List("accountProof", NodesPerListMax)) nodes.Add(node);
        var place = 0;
        foreach (var word in fields.List("storageProof", slots.Length))
        {
            var storage = new RpcFields(word);
            foreach (var node in storage.List("proof", NodesPerListMax)) nodes.Add(node);
            if (storage.Failed is { } failed) fields.Fail($"storageProof {failed}", 0);
            place++;
        }

        if (place != slots.Length) fields.Fail("storageProof", 0);
        if (nodes.AreBad) fields.Fail("a node", 0);
        if (fields.Failed is { } wrong) return Answered<AccountEvidence>.No(EndpointFault.Malformed, $"proof: {wrong}");
        return new AccountEvidence(account, slots, nodes.ToImmutable());
    }

    internal void WriteTo(ByteWriter writer)
    {
        writer.Address(Account).UInt16((ushort)Slots.Length);
        foreach (var slot in Slots) writer.Hash(slot);
        writer.Nodes(Nodes);
    }

    internal static AccountEvidence ReadFrom(ref ByteReader reader)
    {
        var account = reader.Address();
        var slots = new Hash256[reader.Count16(ProofNodes.NodesMax, Hash256.Size)];
        for (var i = 0; i < slots.Length; i++) slots[i] = reader.Hash();
        return new AccountEvidence(account, [.. slots], [.. reader.Nodes(ProofNodes.NodeBytesMax)]);
    }

    private sealed class Gathered
    {
        private readonly HashSet<Hash256> _known = [];
        private readonly ImmutableArray<ReadOnlyMemory<byte>>.Builder _nodes = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();

        public bool AreBad { get; private set; }

        public void Add(JsonElement node)
        {
            if (!RpcFields.TryReadData(node, NodeBytesMax, out var bytes)) AreBad = true;
            else if (!EmptyNode.SequenceEqual(bytes) && _known.Add(Keccak256.Hash(bytes))) _nodes.Add(bytes);
        }

        public ImmutableArray<ReadOnlyMemory<byte>> ToImmutable() => _nodes.DrainToImmutable();
    }
}
