using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>
/// Blocks of a local Ethereum node, filled with our own transactions of three types: what we read of them, hash and prove is what the node and
/// the oracle say.
/// </summary>
public sealed class LocalBlockTests : IAsyncLifetime
{
    // Logs its input under the topics 1 and 2, and stores the input's length at slot 0.
    private const string LoggerCode = "600f80600b6000396000f3" + "365f5f376002600136" + "5fa2365f5500";

    private static readonly PrivateKey Sender = KeyOf("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private LocalEthereum _ethereum = null!;
    private ulong _nonce;

    public async ValueTask InitializeAsync() => _ethereum = await LocalEthereum.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _ethereum.DisposeAsync();

    [Fact]
    public async Task EveryBlockIsReadHashedAndProven()
    {
        var logger = await DeployAsync();
        List<JsonObject> questions = [];
        List<(EthereumHeader Header, List<EthereumReceipt> Receipts)> blocks = [];
        foreach (var count in (int[])[0, 1, 2, 15, 16, 17, 127, 128, 129, 140])
        {
            var block = await MineAsync(logger, count);
            var (header, receipts) = await CheckAsync(block, count);
            blocks.Add((header, receipts));
            questions.Add(new JsonObject { ["kind"] = "header", ["header"] = JsonNode.Parse(block.GetRawText()) });
            questions.Add(new JsonObject { ["kind"] = "receipts", ["receipts"] = JsonNode.Parse((await ReceiptsAsync(block)).GetRawText()) });
        }

        var answers = await Oracle.AskAsync(questions);
        for (var i = 0; i < blocks.Count; i++)
        {
            Assert.False(Oracle.IsRefusal(answers[2 * i], out var why), why);
            Assert.Equal(answers[2 * i].GetProperty("hash").GetString(), blocks[i].Header.ComputeHash().ToString());
            Assert.Equal(answers[2 * i].GetProperty("rlp").GetString(), Hex.Encode(blocks[i].Header.Encode()));
            Assert.Equal(answers[(2 * i) + 1].GetProperty("root").GetString(), blocks[i].Header.ReceiptsRoot.ToString());
            Assert.Equal(answers[(2 * i) + 1].GetProperty("encoded").EnumerateArray().Select(one => one.GetString()!), blocks[i].Receipts.Select(one => Hex.Encode(one.Encode())));
        }
    }

    [Fact]
    public async Task AccountsAndWordsAreProvenUnderTheHeader()
    {
        var logger = await DeployAsync();
        var header = EthereumJsonReader.ReadHeader(await MineAsync(logger, 3));
        foreach (var (address, slot) in ((Address, ulong)[])[(logger, 0), (logger, 1), (Sender.Address, 0), (Address.FromBytes(new byte[20].Select(_ => (byte)0xee).ToArray()), 0)])
        {
            var proof = await _ethereum.CallAsync("eth_getProof", address.ToString(), (string[])[StorageSlot.Of(slot).ToString()], "latest");
            var expected = proof.GetProperty("storageProof")[0];
            ReadOnlyMemory<byte>[] sent = [.. EthereumJsonReader.ReadNodes(proof.GetProperty("accountProof")), .. EthereumJsonReader.ReadNodes(expected.GetProperty("proof"))];
            Assert.True(ProofNodes.TryCreate(sent, out var nodes, out var fault), fault.ToString());
            Assert.True(AccountProof.TryRead(header.StateRoot, address, nodes, out var account, out fault), fault.ToString());
            Assert.Equal(address == logger || address == Sender.Address, account is not null);
            var word = UInt256.Zero;
            if (account is not null) Assert.True(StorageProof.TryRead(account.StorageRoot, StorageSlot.Of(slot), nodes, out word, out fault), fault.ToString());
            Assert.True(nodes.AreAllUsed);
            Assert.Equal(expected.GetProperty("value").GetString(), word.ToString());
            if (address == logger) Assert.Equal(slot == 0, !word.IsZero);
        }
    }

    [Fact]
    public async Task SignaturesOfMessagesAndTypedDataAreOurs()
    {
        const string text = "NTK claim v1: zwölf";
        var signed = LocalEthereum.Bytes(await _ethereum.CallAsync("personal_sign", Hex.Encode(Encoding.UTF8.GetBytes(text)), Sender.Address.ToString()));
        Assert.Equal(signed[..64], Sender.Sign(Eip191.Digest(text)).Bytes[..64].ToArray());

        var item = new Eip712Type("Item", [("string", "name"), ("uint256", "amount")]);
        var order = new Eip712Type("Order", [("address", "from"), ("Item[]", "items"), ("bytes32", "id"), ("bool", "isOpen")], item);
        var domain = new Eip712Domain("NeuroChain", "1", new UInt256(_ethereum.ChainId), null, Hash256.Sha256([1]));
        var data = new Eip712Struct(order)
            .Address(Sender.Address)
            .Structs(new Eip712Struct(item).Text("a").UInt64(5), new Eip712Struct(item).Text("b").UInt64(6))
            .Bytes32(Hash256.Sha256([2]))
            .Bool(true);
        var typed = LocalEthereum.Bytes(await _ethereum.CallAsync("eth_signTypedData_v4", Sender.Address.ToString(), TypedData(domain)));
        Assert.Equal(typed[..64], Sender.Sign(Eip712.Digest(domain, data)).Bytes[..64].ToArray());
    }

    private static JsonNode TypedData(Eip712Domain domain) => JsonNode.Parse($$"""
        {
          "types": {
            "EIP712Domain": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}, {"name": "chainId", "type": "uint256"}, {"name": "salt", "type": "bytes32"}],
            "Item": [{"name": "name", "type": "string"}, {"name": "amount", "type": "uint256"}],
            "Order": [{"name": "from", "type": "address"}, {"name": "items", "type": "Item[]"}, {"name": "id", "type": "bytes32"}, {"name": "isOpen", "type": "bool"}]
          },
          "primaryType": "Order",
          "domain": {"name": "NeuroChain", "version": "1", "chainId": "{{domain.ChainId}}", "salt": "{{domain.Salt}}"},
          "message": {"from": "{{Sender.Address}}", "items": [{"name": "a", "amount": 5}, {"name": "b", "amount": 6}], "id": "{{Hash256.Sha256([2])}}", "isOpen": true}
        }
        """)!;

    private async Task<(EthereumHeader, List<EthereumReceipt>)> CheckAsync(JsonElement block, int count)
    {
        var header = EthereumJsonReader.ReadHeader(block);
        Assert.Equal(block.GetProperty("hash").GetString(), header.ComputeHash().ToString());
        List<EthereumReceipt> receipts = [.. (await ReceiptsAsync(block)).EnumerateArray().Select(EthereumJsonReader.ReadReceipt)];
        Assert.Equal(count, receipts.Count);
        var trie = EthereumReceipt.TrieOf(receipts);
        Assert.Equal(header.ReceiptsRoot, trie.Root);
        Assert.Equal(header.LogsBloom, Bloom.Of(receipts.SelectMany(receipt => receipt.Logs)));
        for (ulong place = 0; place < (ulong)count; place++)
        {
            Assert.True(ReceiptProof.TryRead(header.ReceiptsRoot, [place], ReceiptProof.Create(trie, place), out var read, out _));
            Assert.Equal(receipts[(int)place].Encode(), read[0].Encode());
        }

        List<ReadOnlyMemory<byte>> raw = [];
        foreach (var hash in block.GetProperty("transactions").EnumerateArray())
        {
            var bytes = LocalEthereum.Bytes(await _ethereum.CallAsync("eth_getRawTransactionByHash", hash.GetString()));
            Assert.True(SignedEthereumTransaction.TryDecode(bytes, out var transaction, out _));
            Assert.True(transaction.TryRecoverSender(out var sender));
            Assert.Equal(Sender.Address, sender);
            Assert.Equal(hash.GetString(), transaction.Hash.ToString());
            raw.Add(bytes);
        }

        Assert.Equal(header.TransactionsRoot, PatriciaTrie.OfList(raw).Root);
        return (header, receipts);
    }

    private async Task<Address> DeployAsync()
    {
        var created = ContractAddress.Create(Sender.Address, _nonce);
        await SendAsync(EthereumTransactionType.DynamicFee, null, Convert.FromHexString(LoggerCode), 200_000);
        Assert.Equal(LoggerCode[22..], (await _ethereum.CallAsync("eth_getCode", created.ToString(), "latest")).GetString()![2..]);
        return created;
    }

    // Types in turn; every seventh has too little gas and fails.
    private async Task<JsonElement> MineAsync(Address logger, int count)
    {
        await _ethereum.CallAsync("evm_setAutomine", false);
        for (var i = 0; i < count; i++) await SendAsync((EthereumTransactionType)(i % 3), logger, new byte[1 + i], i % 7 == 6 ? 30_000UL : 100_000);
        await _ethereum.CallAsync("evm_mine");
        await _ethereum.CallAsync("evm_setAutomine", true);
        return await _ethereum.CallAsync("eth_getBlockByNumber", "latest", false);
    }

    private async Task SendAsync(EthereumTransactionType type, Address? to, byte[] data, ulong gas)
    {
        var transaction = new EthereumTransaction
        {
            Type = type,
            ChainId = _ethereum.ChainId,
            Nonce = _nonce++,
            MaxFeePerGas = new UInt256(5_000_000_000),
            MaxPriorityFeePerGas = type == EthereumTransactionType.DynamicFee ? new UInt256(1_000_000_000) : UInt256.Zero,
            GasLimit = gas,
            To = to,
            Data = data,
            AccessList = type == EthereumTransactionType.Legacy || to is null ? [] : [new AccessListEntry(to.Value, [StorageSlot.Of(0)])],
        };
        var signed = transaction.Sign(Sender);
        Assert.Equal(signed.Hash.ToString(), (await _ethereum.CallAsync("eth_sendRawTransaction", Hex.Encode(signed.Encode()))).GetString());
        for (var mined = to is not null; !mined; await Task.Delay(1, TestContext.Current.CancellationToken))
            mined = (await _ethereum.CallAsync("eth_getTransactionReceipt", signed.Hash.ToString())).ValueKind != JsonValueKind.Null;
    }

    private Task<JsonElement> ReceiptsAsync(JsonElement block) => _ethereum.CallAsync("eth_getBlockReceipts", block.GetProperty("hash").GetString());

    private static PrivateKey KeyOf(string hex) =>
        PrivateKey.TryFromBytes(Convert.FromHexString(hex), out var key) ? key : throw new InvalidOperationException("a key of the well-known mnemonic");
}
