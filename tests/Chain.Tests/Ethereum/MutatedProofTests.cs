using Pair = System.Collections.Generic.KeyValuePair<System.ReadOnlyMemory<byte>, System.ReadOnlyMemory<byte>>;

namespace NeuroChain.Chain.Tests;

/// <summary>
/// A proof that was harmed in any one place, from a seed: bits, bytes, cuts, nodes that change place, are missing or too many, other places, other
/// roots, other headers. None is believed.
/// </summary>
public sealed class MutatedProofTests
{
    private static readonly int Mutations = Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1" ? 1_000_000 : 100_000;

    [Fact]
    public void NoMutatedProofIsBelieved()
    {
        var stream = new SeededStream(20260);
        var blocks = ((int[])[1, 2, 17, 129, 300]).Select(count => Block(stream, count)).ToArray();
        var faults = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Mutations; i++)
        {
            var block = blocks[(int)stream.NextBelow((ulong)blocks.Length)];
            var evidence = Evidence.Of(block, stream);
            if (i < 1_000) Assert.Equal("", evidence.Judge(block.Hash));
            var fault = evidence.Mutate(stream).Judge(block.Hash);
            Assert.True(fault.Length > 0, $"mutation {i} was believed");
            faults[fault] = faults.GetValueOrDefault(fault) + 1;
        }

        // What is refused for one reason only would leave the other rules untried.
        TestContext.Current.TestOutputHelper?.WriteLine($"{Mutations:N0} mutated proofs, none believed: {string.Join(", ", faults.Select(f => $"{f.Key} {f.Value:N0}"))}");
        string[] wanted = ["header hash", "MissingNode", "NodeOutOfOrder", "UnusedNode", "RepeatedNode", "KeysOutOfOrder", "Absent"];
        Assert.Empty(wanted.Except(faults.Keys));
    }

    /// <summary>A refund hangs on a word that is proven zero: neither what is there nor what is not can be made to seem otherwise.</summary>
    [Fact]
    public void NoMutatedStorageProofIsBelieved()
    {
        var stream = new SeededStream(20261);
        var storage = PatriciaTrie.Secure(Enumerable.Range(0, 200).Select(i => new Pair(StorageSlot.Of((ulong)i).ToArray(), new RlpWriter().UInt64(1 + stream.NextBelow(9)).ToArray())));
        var vault = AnyEthereum.AnyAddress(stream);
        var accounts = Enumerable.Range(0, 200).Select(_ => AnyEthereum.AnyAddress(stream)).Append(vault);
        var state = PatriciaTrie.Secure(accounts.Select(address => new Pair(address.ToArray(), (AnyEthereum.AnyAccount(stream) with { StorageRoot = storage.Root }).Encode())));
        for (var i = 0; i < Mutations / 5; i++)
        {
            // One of two is there.
            var slot = StorageSlot.Of(stream.NextBelow(400));
            ReadOnlyMemory<byte>[] nodes = [.. state.Prove(Keccak256.Hash(vault.ToArray()).ToArray()), .. storage.Prove(Keccak256.Hash(slot.ToArray()).ToArray())];
            if (i < 500) Assert.True(IsBelieved(nodes, slot));
            var mutated = NodeMutations.Apply(nodes, stream);
            if (!NodeMutations.AreSame(nodes, mutated)) Assert.False(IsBelieved(mutated, slot), $"mutation {i} was believed");
        }

        bool IsBelieved(ReadOnlyMemory<byte>[] nodes, Hash256 slot) =>
            ProofNodes.TryCreate(nodes, out var set, out _)
            && AccountProof.TryRead(state.Root, vault, set, out var account, out _) && account is not null
            && StorageProof.TryRead(account.StorageRoot, slot, set, out _, out _) && set.AreAllUsed;
    }

    private static SampleBlock Block(SeededStream stream, int count)
    {
        var (_, trie) = AnyEthereum.AnyBlock(stream, count);
        var header = AnyEthereum.AnyHeader(stream) with { ReceiptsRoot = trie.Root };
        return new SampleBlock(count, trie, header.Encode(), header.ComputeHash());
    }

    private sealed record SampleBlock(int Count, PatriciaTrie Trie, byte[] Header, Hash256 Hash);

    private sealed record Evidence(byte[] Header, ulong[] Places, ReadOnlyMemory<byte>[] Nodes)
    {
        public static Evidence Of(SampleBlock block, SeededStream stream)
        {
            ulong[] places = [.. Enumerable.Range(0, 1 + (int)stream.NextBelow(3)).Select(_ => stream.NextBelow((ulong)block.Count)).Distinct().Order()];
            return new Evidence(block.Header, places, [.. ReceiptProof.Create(block.Trie, places)]);
        }

        /// <summary>Empty where it is believed, as the state machine would: header against the attested hash, receipts under its root.</summary>
        public string Judge(Hash256 attested)
        {
            if (Keccak256.Hash(Header) != attested) return "header hash";
            if (!EthereumHeader.TryDecode(Header, out var header, out var malformed)) return malformed.ToString();
            return ReceiptProof.TryRead(header.ReceiptsRoot, Places, Nodes, out _, out var fault) ? "" : fault.ToString();
        }

        public Evidence Mutate(SeededStream s)
        {
            while (true)
            {
                var mutated = MutateOnce(s);
                if (!mutated.IsSame(this)) return mutated;
            }
        }

        private Evidence MutateOnce(SeededStream s)
        {
            switch (s.NextBelow(10))
            {
                case 0:
                    return this with { Header = NodeMutations.Harm(Header, s) };
                case 1:
                    var at = s.NextBelow((ulong)Places.Length);
                    return this with { Places = [.. Places.Select((place, i) => (ulong)i == at ? s.NextBelow(400) : place)] };
                case 2:
                    return this with { Places = [.. Places, Places[^1] + s.NextBelow(3)] };
                default:
                    return this with { Nodes = NodeMutations.Apply(Nodes, s) };
            }
        }

        private bool IsSame(Evidence other) =>
            Header.AsSpan().SequenceEqual(other.Header) && Places.AsSpan().SequenceEqual(other.Places) && NodeMutations.AreSame(Nodes, other.Nodes);
    }
}

/// <summary>Harm to the nodes of a proof, one at a time.</summary>
internal static class NodeMutations
{
    public static ReadOnlyMemory<byte>[] Apply(ReadOnlyMemory<byte>[] proof, SeededStream s)
    {
        var (nodes, at) = (proof.ToList(), (int)s.NextBelow((ulong)proof.Length));
        switch (s.NextBelow(7))
        {
            case 0:
                (nodes[at], nodes[0]) = (nodes[0], nodes[at]);
                break;
            case 1:
                nodes.RemoveAt(at);
                break;
            case 2:
                nodes.Insert((int)s.NextBelow((ulong)nodes.Count + 1), AnyEthereum.Bytes(s, 100));
                break;
            case 3:
                nodes.Insert((int)s.NextBelow((ulong)nodes.Count + 1), nodes[at]);
                break;
            default:
                nodes[at] = Harm(nodes[at].ToArray(), s);
                break;
        }

        return [.. nodes];
    }

    public static bool AreSame(ReadOnlyMemory<byte>[] some, ReadOnlyMemory<byte>[] others) =>
        some.Length == others.Length && some.Zip(others).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span));

    /// <summary>A bit, a byte, the end cut off, or a byte too many.</summary>
    public static byte[] Harm(byte[] bytes, SeededStream s)
    {
        var at = (int)s.NextBelow((ulong)bytes.Length);
        switch (s.NextBelow(4))
        {
            case 0:
                byte[] flipped = [.. bytes];
                flipped[at] ^= (byte)(1 << (int)s.NextBelow(8));
                return flipped;
            case 1:
                byte[] replaced = [.. bytes];
                replaced[at] = (byte)s.NextBelow(256);
                return replaced;
            case 2:
                return bytes[..at];
            default:
                return [.. bytes[..at], (byte)s.NextBelow(256), .. bytes[at..]];
        }
    }
}
