using System.Globalization;
using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;

namespace NeuroChain.Bridge.Tests;

/// <summary>The codec of Ethereum's formats against another implementation, over random values: an error that our writer and reader share shows here.</summary>
public sealed class OracleTests
{
    [Fact]
    public async Task HashesOfEveryLengthAreTheOracles()
    {
        var stream = new SeededStream(1);
        List<byte[]> inputs = [.. Enumerable.Range(0, 420).Select(length => stream.NextHash().ToArray().Concat(new byte[420]).Take(length).ToArray())];
        var answers = await Oracle.AskAsync(inputs.Select(input => new JsonObject { ["kind"] = "keccak", ["data"] = Hex.Encode(input) }));
        Assert.Equal(inputs.Select(input => Keccak256.Hash(input).ToString()), answers.Select(answer => answer.GetString()!));
    }

    /// <summary>What both take is the same, and neither takes what the other would write in another way.</summary>
    [Fact]
    public async Task TheSameBytesAreRlp()
    {
        var stream = new SeededStream(2);
        List<byte[]> inputs = [.. Enumerable.Range(0, 3_000).Select(_ => AnyRlp(stream))];
        var answers = await Oracle.AskAsync(inputs.Select(input => new JsonObject { ["kind"] = "rlp", ["data"] = Hex.Encode(input) }));
        var taken = 0;
        foreach (var (input, answer) in inputs.Zip(answers))
        {
            var isTheirs = !Oracle.IsRefusal(answer, out _) && answer.GetString() == Hex.Encode(input);
            var reader = new RlpReader(input);
            ReadAll(ref reader);
            reader.End();
            Assert.Equal((Hex.Encode(input), isTheirs), (Hex.Encode(input), reader.IsWhole));
            if (isTheirs) taken++;
        }

        Assert.InRange(taken, 300, 2_900);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RootsOfRandomTriesAreTheOracles(bool isSecure)
    {
        var stream = new SeededStream(3);
        var tries = Enumerable.Range(0, 150).Select(_ => AnyTrie(stream)).ToList();
        var questions = tries.Select(entries => Oracle.Trie("root", entries)).ToList();
        foreach (var question in questions) question["secure"] = isSecure;
        var answers = await Oracle.AskAsync(questions);
        Assert.Equal(tries.Select(entries => (isSecure ? PatriciaTrie.Secure(Pairs(entries)) : PatriciaTrie.Of(Pairs(entries))).Root.ToString()), answers.Select(answer => answer.GetString()!));
    }

    /// <summary>Also for keys that are not there. Their proofs list nodes that stand in their parents once more, ours do not.</summary>
    [Fact]
    public async Task ProofsOfRandomTriesAreTheOracles()
    {
        var stream = new SeededStream(4);
        var cases = Enumerable.Range(0, 200).Select(_ => AnyTrie(stream)).Where(entries => entries.Count > 0)
            .Select(entries => (Entries: entries, Key: stream.NextChance(1, 3) ? AnyEthereum.Bytes(stream, 4) : entries[(int)stream.NextBelow((ulong)entries.Count)].Key)).ToList();
        var questions = cases.Select(one =>
        {
            var question = Oracle.Trie("proof", one.Entries);
            question["key"] = Hex.Encode(one.Key);
            return question;
        });
        foreach (var (one, answer) in cases.Zip(await Oracle.AskAsync(questions)))
        {
            Assert.False(Oracle.IsRefusal(answer, out var why), why);
            var theirs = answer.EnumerateArray().Select(node => node.GetString()!).Where((node, i) => i == 0 || node.Length >= 2 + (2 * Hash256.Size));
            Assert.Equal(theirs, PatriciaTrie.Of(Pairs(one.Entries)).Prove(one.Key).Select(node => Hex.Encode(node.Span)));
        }
    }

    [Fact]
    public async Task HeadersOfEveryForkAreTheOracles()
    {
        var stream = new SeededStream(5);
        // Within the rules that the other implementation holds headers to.
        List<EthereumHeader> headers = [.. Enumerable.Range(0, 100).Select(i => AnyEthereum.AnyHeader(stream, AnyEthereum.Layouts[i % AnyEthereum.Layouts.Length]) with
        {
            GasLimit = 30_000_000 + stream.NextBelow(1UL << 40),
            GasUsed = stream.NextBelow(30_000_000),
            ExtraData = AnyEthereum.Bytes(stream, 32),
        })];
        var answers = await Oracle.AskAsync(headers.Select(header => new JsonObject { ["kind"] = "header", ["header"] = EthereumJsonWriter.Of(header) }));
        foreach (var (header, answer) in headers.Zip(answers))
        {
            Assert.False(Oracle.IsRefusal(answer, out var why), why);
            Assert.Equal(answer.GetProperty("rlp").GetString(), Hex.Encode(header.Encode()));
            Assert.Equal(answer.GetProperty("hash").GetString(), header.ComputeHash().ToString());
        }
    }

    [Fact]
    public async Task TransactionsOfThreeTypesAreTheOracles()
    {
        var stream = new SeededStream(6);
        List<(SignedEthereumTransaction Signed, Address Sender)> signed = [.. Enumerable.Range(0, 200).Select(_ => AnySigned(stream))];
        var answers = await Oracle.AskAsync(signed.Select(one => new JsonObject
        {
            ["kind"] = "transaction",
            ["raw"] = Hex.Encode(one.Signed.Encode()),
            ["chainId"] = one.Signed.Transaction.ChainId ?? 1,
        }));
        foreach (var ((one, sender), answer) in signed.Zip(answers))
        {
            Assert.False(Oracle.IsRefusal(answer, out var why), why);
            Assert.Equal(answer.GetProperty("raw").GetString(), Hex.Encode(one.Encode()));
            Assert.Equal(answer.GetProperty("hash").GetString(), one.Hash.ToString());
            Assert.Equal(answer.GetProperty("signingHash").GetString(), one.Transaction.SigningHash.ToString());
            Assert.Equal(answer.GetProperty("sender").GetString(), Hex.Encode(sender.ToArray()));
        }
    }

    [Fact]
    public async Task AccountsAndAddressesAreTheOracles()
    {
        var stream = new SeededStream(7);
        List<(JsonObject Question, string Ours)> cases = [];
        for (var i = 0; i < 50; i++)
        {
            var (account, creator, nonce, salt, code) = (AnyEthereum.AnyAccount(stream), AnyEthereum.AnyAddress(stream), AnyEthereum.AnySmallNumber(stream), stream.NextHash(), AnyEthereum.Bytes(stream, 50));
            cases.Add((
                new JsonObject { ["kind"] = "account", ["nonce"] = Quantity(account.Nonce), ["balance"] = account.Balance.ToString(), ["storageRoot"] = account.StorageRoot.ToString(), ["codeHash"] = account.CodeHash.ToString() },
                Hex.Encode(account.Encode())));
            cases.Add((new JsonObject { ["kind"] = "create", ["creator"] = Hex.Encode(creator.ToArray()), ["nonce"] = Quantity(nonce) }, ContractAddress.Create(creator, nonce).ToString()));
            cases.Add((
                new JsonObject { ["kind"] = "create2", ["creator"] = Hex.Encode(creator.ToArray()), ["salt"] = salt.ToString(), ["code"] = Hex.Encode(code) },
                ContractAddress.Create2(creator, salt, code).ToString()));
            cases.Add((new JsonObject { ["kind"] = "checksum", ["address"] = Hex.Encode(creator.ToArray()) }, creator.ToString()));
        }

        foreach (var (one, answer) in cases.Zip(await Oracle.AskAsync(cases.Select(one => one.Question))))
        {
            Assert.False(Oracle.IsRefusal(answer, out var why), why);
            Assert.Equal(one.Ours, answer.GetString());
        }
    }

    private static (SignedEthereumTransaction, Address) AnySigned(SeededStream stream)
    {
        var any = AnyEthereum.AnyTransaction(stream);
        var key = PrivateKey.FromSeed(stream.NextHash());
        // Within what the other implementation allows a transaction to cost, and a chain of its own to be called.
        var transaction = any with
        {
            ChainId = any.ChainId is null ? null : 1 + stream.NextBelow(1UL << 40),
            MaxFeePerGas = new UInt256(stream.NextUInt64()),
            MaxPriorityFeePerGas = UInt256.Zero,
            GasLimit = 21_000 + stream.NextBelow(30_000_000),
            Nonce = stream.NextBelow(1UL << 40),
        };
        return (transaction.Sign(key), key.Address);
    }

    private static byte[] AnyRlp(SeededStream stream)
    {
        var writer = new RlpWriter();
        WriteAny(writer, stream, 3);
        var bytes = writer.ToArray();
        if (stream.NextChance(1, 2)) bytes[(int)stream.NextBelow((ulong)bytes.Length)] = (byte)stream.NextBelow(256);
        return bytes;
    }

    private static void WriteAny(RlpWriter writer, SeededStream stream, int depth)
    {
        if (depth == 0 || stream.NextChance(1, 3))
        {
            writer.Bytes(AnyEthereum.Bytes(stream, stream.NextChance(1, 5) ? 70 : 3));
            return;
        }

        var list = writer.Begin();
        for (var left = stream.NextBelow(4); left > 0; left--) WriteAny(writer, stream, depth - 1);
        writer.End(list);
    }

    private static void ReadAll(ref RlpReader reader)
    {
        if (reader.Unread is not [>= 0xc0, ..])
        {
            _ = reader.Bytes();
            return;
        }

        var inner = reader.List();
        while (inner.HasMore) ReadAll(ref inner);
        reader.Leave(ref inner);
    }

    private static List<(byte[] Key, byte[] Value)> AnyTrie(SeededStream stream) =>
        [.. Enumerable.Range(0, (int)stream.NextBelow(40))
            .Select(_ => (Key: (byte[])[(byte)stream.NextBelow(4), .. AnyEthereum.Bytes(stream, 3)], Value: (byte[])[1, .. AnyEthereum.Bytes(stream, 40)]))
            .DistinctBy(entry => Convert.ToHexString(entry.Key))];

    private static IEnumerable<KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> Pairs(IEnumerable<(byte[] Key, byte[] Value)> entries) =>
        entries.Select(entry => new KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(entry.Key, entry.Value));

    private static string Quantity(ulong number) => "0x" + number.ToString("x", CultureInfo.InvariantCulture);
}
