using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;

namespace NeuroChain.Fuzz;

/// <summary>
/// What a foreign endpoint of Ethereum may answer: the body of an HTTP response, which goes the way of every answer, through transport, JSON and the
/// reader of what was asked. The transport's ids begin with 1 at each endpoint.
/// </summary>
internal static class EndpointTargets
{
    private const int Headers = 3, FirstHeader = 7;

    // The request, the client and two buffers of the response, of 64 and of 128 KiB.
    private const int BytesAlways = 256 * 1024;

    private const int BytesPerByte = 128, TestInputs = 1_200;

    private static readonly Hash256 Block = Hash256.Sha256([1]), Transaction = Hash256.Sha256([2]);

    private static readonly Address Contract = Address.FromBytes([.. Enumerable.Repeat((byte)9, Address.Size)]);

    private static readonly ImmutableArray<Hash256> Slots = [StorageSlot.Of(1), StorageSlot.Of(2)];

    private static readonly EthereumCall Call = new(Address.Zero, Contract, new byte[] { 1, 2, 3, 4 });

    private static readonly EndpointOptions Options = new("fuzz", new Uri("http://127.0.0.1:8545/"));

    // Of the wire and of the other side's manners: bytes alone make none of them.
    private static readonly EndpointFault[] NotOfBytes = [EndpointFault.Unreachable, EndpointFault.TimedOut, EndpointFault.HttpStatus, EndpointFault.Redirected];

    public static readonly ImmutableArray<FuzzTarget> All =
    [
        Watching("rpc-number", ["RpcFields.TryReadQuantity", "EthereumEndpoint.ReadChainId", "JsonRpcTransport.ReadAnswer"], e => e.ChainIdAsync(default),
            s => EthereumJsonWriter.Quantity(s.NextUInt64()), number => EthereumJsonWriter.Quantity(number)),
        Watching("rpc-code", ["RpcFields.TryReadData", "EthereumEndpoint.ReadCode"], e => e.CodeAsync(Contract, 1, default),
            s => Hex.Encode(AnyEthereum.Bytes(s, 60)), code => Hex.Encode(code)),
        Watching("rpc-header", ["RpcHeader.Read", "RpcHeader.ReadFields"], e => e.HeaderAsync(EthereumTag.Latest, default),
            s => EthereumJsonWriter.Of(AnyEthereum.AnyHeader(s)), JsonOf),
        new("rpc-headers", ["JsonRpcTransport.ReadBatch", "JsonRpcTransport.TryReadId"], AnyHeaders, ReencodeHeaders)
        {
            Spelling = Spelling.Several,
            BytesAlways = BytesAlways,
            BytesPerByte = BytesPerByte,
            TestInputs = TestInputs,
        },
        Watching("rpc-receipts", ["RpcReceipts.Read", "RpcReceipts.ReadLog", "RpcReceipts.ReadReceipt"], e => e.ReceiptsAsync(Block, default),
            s => JsonOf(AnyEthereum.AnyBlock(s, (int)s.NextBelow(4)).Receipts), receipts => JsonOf(receipts)),
        Watching("rpc-log-index", ["EthereumEndpoint.ReadIndex"], e => e.LogIndexAsync(Contract, 0, ulong.MaxValue, default),
            s => JsonOf(AnyNumbers(s)), numbers => JsonOf(numbers)),
        Watching("rpc-token-moves", ["TokenMove.Read"], e => e.TokenMovesAsync(Contract, 0, ulong.MaxValue, default), s => JsonOf(AnyMoves(s)), moves => JsonOf(moves)),
        Watching("rpc-proof", ["AccountEvidence.Read"], e => e.ProofAsync(Contract, Slots, 1, default), s => JsonOf(AnyProof(s)), JsonOf),
        Sending("rpc-head", ["SendingEndpoint.ReadHead"], e => e.HeadAsync(default), AnyHead, JsonOf),
        Sending("rpc-balance", ["SendingEndpoint.ReadNumber"], e => e.BalanceAsync(Contract, default),
            s => EthereumJsonWriter.Quantity(AnyEthereum.AnyNumber(s)), balance => EthereumJsonWriter.Quantity(balance)),
        Sending("rpc-mined-receipt", ["SendingEndpoint.ReadReceipt"], e => e.ReceiptAsync(Transaction, default), AnyMined, JsonOf),
        Sending("rpc-nonce", ["SendingEndpoint.ReadUInt64"], e => e.NonceAsync(Contract, true, default),
            s => EthereumJsonWriter.Quantity(s.NextUInt64()), nonce => EthereumJsonWriter.Quantity(nonce)),
        Unwritten("rpc-submitted", ["SendingEndpoint.ReadSubmitted"], e => e.SubmitAsync(new byte[] { 7 }, default),
            s => s.NextChance(1, 2) ? Answer(1, Keccak256.Hash([7]).ToString()) : Error(1, "nonce too low", null)),
        Unwritten("rpc-estimate", [], e => e.EstimateAsync(Call, default), s => AnyOutcome(s, 1)),
        Unwritten("rpc-calls", [], e => e.CallsAsync([Call, Call], default), s => new JsonArray(AnyOutcome(s, 2), AnyOutcome(s, 1))),
    ];

    private static FuzzTarget Watching<T>(string name, ImmutableArray<string> decoders, Func<EthereumEndpoint, Task<Answered<T>>> ask,
        Func<SeededStream, JsonNode> make, Func<T, JsonNode?> write) =>
        Of(name, decoders, client => ask(new EthereumEndpoint(Options, client)), make, write);

    private static FuzzTarget Sending<T>(string name, ImmutableArray<string> decoders, Func<SendingEndpoint, Task<Answered<T>>> ask,
        Func<SeededStream, JsonNode> make, Func<T, JsonNode?> write) =>
        Of(name, decoders, client => ask(new SendingEndpoint(Options, client)), make, write);

    // What is read is written as the result again. Null where the value does not hold all that was read: then it is taken, and that is all.
    private static FuzzTarget Of<T>(string name, ImmutableArray<string> decoders, Func<HttpClient, Task<Answered<T>>> ask,
        Func<SeededStream, JsonNode> make, Func<T, JsonNode?> write) =>
        new(name, decoders, s => Utf8(Answer(1, make(s))), bytes => Ask(bytes, ask, out var value) ? write(value) is { } json ? Utf8(Answer(1, json)) : bytes : null)
        {
            Spelling = Spelling.Several,
            BytesAlways = BytesAlways,
            BytesPerByte = BytesPerByte,
            TestInputs = TestInputs,
        };

    private static FuzzTarget Unwritten<T>(string name, ImmutableArray<string> decoders, Func<SendingEndpoint, Task<Answered<T>>> ask,
        Func<SeededStream, JsonNode> make) =>
        new(name, decoders, s => Utf8(make(s)), bytes => Ask(bytes, client => ask(new SendingEndpoint(Options, client)), out _) ? bytes : null)
        {
            Spelling = Spelling.None,
            BytesAlways = BytesAlways,
            BytesPerByte = BytesPerByte,
            TestInputs = TestInputs,
        };

    // A value, or a fault that bytes can make, with a detail that a log can hold.
    private static bool Ask<T>(byte[] body, Func<HttpClient, Task<Answered<T>>> ask, out T value)
    {
        using var client = new HttpClient(new Answering(body)) { Timeout = Timeout.InfiniteTimeSpan };
        var asked = ask(client);
        Assert.True(asked.IsCompleted); // else what it allocates would be another thread's
        var answered = asked.GetAwaiter().GetResult();
        Assert.True(answered.Detail.Length <= Answered<T>.DetailLengthMax);
        Assert.DoesNotContain(answered.Fault, NotOfBytes);
        value = answered.Value!;
        return answered.Fault == EndpointFault.None;
    }

    private static byte[] Utf8(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static JsonObject Answer(int id, JsonNode result) => new() { ["jsonrpc"] = "2.0", ["id"] = id, ["result"] = result };

    private static JsonObject Error(int id, string message, byte[]? data)
    {
        var error = new JsonObject { ["code"] = 3, ["message"] = message };
        if (data is not null) error["data"] = Hex.Encode(data);
        return new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["error"] = error };
    }

    private static JsonObject AnyOutcome(SeededStream s, int id) => s.NextBelow(3) switch
    {
        0 => Error(id, "execution reverted", null),
        1 => Error(id, "execution reverted", BridgeTargets.AnyRevert(s)),
        _ => Answer(id, EthereumJsonWriter.Quantity(0x10 + s.NextBelow(0xf0))),
    };

    private static byte[] AnyHeaders(SeededStream s)
    {
        int[] order = s.NextChance(1, 2) ? [0, 1, 2] : [2, 0, 1];
        return Utf8(new JsonArray([.. order.Select(place => Answer(1 + place, EthereumJsonWriter.Of(AnyEthereum.AnyHeader(s) with { Number = (ulong)(FirstHeader + place) })))]));
    }

    private static byte[]? ReencodeHeaders(byte[] bytes)
    {
        if (!Ask(bytes, client => new EthereumEndpoint(Options, client).HeadersAsync(FirstHeader, FirstHeader + Headers - 1, default), out var headers)) return null;
        Assert.Equal(Enumerable.Range(FirstHeader, Headers).Select(number => (ulong)number), headers.Select(header => header.Id.Number));
        return headers.Any(header => JsonOf(header) is null) ? bytes : Utf8(new JsonArray([.. headers.Select((header, place) => Answer(1 + place, JsonOf(header)!))]));
    }

    // Fields that hash to something else than is claimed are not kept.
    private static JsonNode? JsonOf(RpcHeader read)
    {
        if (read.Header is not { } header) return null;
        Assert.Equal(read.Id, new EthereumBlockId(header.Number, header.ComputeHash()));
        Assert.Equal(read.ParentHash, header.ParentHash);
        return EthereumJsonWriter.Of(header);
    }

    private static JsonArray JsonOf(ImmutableArray<EthereumReceipt> receipts) => new([.. receipts.Select((receipt, place) => EthereumJsonWriter.Of(receipt, place, Block))]);

    private static ImmutableArray<ulong> AnyNumbers(SeededStream s) => [.. Enumerable.Range(0, (int)s.NextBelow(4)).Select(i => (100 * (ulong)i) + s.NextBelow(100))];

    private static JsonArray JsonOf(ImmutableArray<ulong> blocks) =>
        new([.. blocks.Select(block => new JsonObject { ["blockNumber"] = EthereumJsonWriter.Quantity(block), ["address"] = Contract.ToString() })]);

    private static ImmutableArray<TokenMove> AnyMoves(SeededStream s) =>
        [.. Enumerable.Range(0, (int)s.NextBelow(4)).Select(i => new TokenMove((ulong)i / 2, (ulong)i, AnyEthereum.AnyAddress(s), AnyEthereum.AnyAddress(s), s.NextUInt64()))];

    // A burn without a Transfer is written as the Transfer to nobody that it is.
    private static JsonArray JsonOf(ImmutableArray<TokenMove> moves) => new([.. moves.Select(move =>
    {
        var log = new EthereumLog(Contract, [TokenMove.Transfer.Topic, Word(move.From), Word(move.To)], new AbiWriter().UInt128(move.Value).ToArray());
        var json = EthereumJsonWriter.Of(log);
        (json["blockNumber"], json["logIndex"]) = (EthereumJsonWriter.Quantity(move.Block), EthereumJsonWriter.Quantity(move.LogIndex));
        return json;
    })]);

    private static Hash256 Word(Address address) => Hash256.FromBytes(new AbiWriter().Address(address).ToArray());

    private static AccountEvidence AnyProof(SeededStream s) =>
        new(Contract, Slots, [.. Enumerable.Range(0, (int)s.NextBelow(6)).Select(_ => (ReadOnlyMemory<byte>)AnyEthereum.Bytes(s, 80)).Where(node => node.Length > 1)]);

    // The lists of the answer are one in the evidence, without what stands in several: here as many as go into a list, then the next list.
    private static JsonObject JsonOf(AccountEvidence evidence)
    {
        const int nodesPerList = 80;
        _ = evidence.TryRead(evidence.Nodes.IsEmpty ? PatriciaTrie.EmptyRoot : Keccak256.Hash(evidence.Nodes[0].Span), out _, out _, out _);
        return new JsonObject
        {
            ["address"] = evidence.Account.ToString(),
            ["accountProof"] = List(0),
            ["storageProof"] = new JsonArray([.. evidence.Slots.Select((_, i) => new JsonObject { ["proof"] = List(1 + i) })]),
        };

        JsonArray List(int list) => new([.. evidence.Nodes.Skip(list * nodesPerList).Take(nodesPerList).Select(node => (JsonNode)Hex.Encode(node.Span))]);
    }

    private static JsonObject AnyHead(SeededStream s) => JsonOf(new SendingHead(s.NextUInt64(), s.NextUInt64(), s.NextUInt64()));

    private static JsonObject JsonOf(SendingHead head) => new()
    {
        ["number"] = EthereumJsonWriter.Quantity(head.Number),
        ["timestamp"] = EthereumJsonWriter.Quantity(head.Timestamp),
        ["baseFeePerGas"] = EthereumJsonWriter.Quantity(new UInt256(head.BaseFee)),
    };

    private static JsonObject AnyMined(SeededStream s) => JsonOf(new MinedReceipt(
        Transaction, s.NextUInt64(), s.NextChance(1, 2), s.NextUInt64(), s.NextUInt64(), [.. Enumerable.Range(0, (int)s.NextBelow(3)).Select(_ => AnyEthereum.AnyLog(s))]));

    private static JsonObject JsonOf(MinedReceipt receipt) => new()
    {
        ["transactionHash"] = receipt.Hash.ToString(),
        ["blockNumber"] = EthereumJsonWriter.Quantity(receipt.Block),
        ["status"] = receipt.Succeeded ? "0x1" : "0x0",
        ["gasUsed"] = EthereumJsonWriter.Quantity(receipt.GasUsed),
        ["effectiveGasPrice"] = EthereumJsonWriter.Quantity(new UInt256(receipt.GasPrice)),
        ["logs"] = new JsonArray([.. receipt.Logs.Select(EthereumJsonWriter.Of)]),
    };

    private sealed class Answering(byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body), RequestMessage = request });
    }
}
