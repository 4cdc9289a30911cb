using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>What a stranger may answer, and what is made of it.</summary>
public sealed class EthereumEndpointTests
{
    private static readonly Hash256 Block = Words.Of(7);
    private static readonly Address Account = Address.FromBytes(new byte[20].Select(_ => (byte)0xab).ToArray());

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", EndpointFault.NotJson)]
    [InlineData("{", EndpointFault.NotJson)]
    [InlineData("<html>too many requests</html>", EndpointFault.NotJson)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"0x1"} {}""", EndpointFault.NotJson)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"0x1","result":"0x2"}""", EndpointFault.NotJson)]
    [InlineData("[]", EndpointFault.NotRpc)]
    [InlineData("null", EndpointFault.NotRpc)]
    [InlineData("{}", EndpointFault.NotRpc)]
    [InlineData("""{"jsonrpc":"1.0","id":1,"result":"0x1"}""", EndpointFault.NotRpc)]
    [InlineData("""{"jsonrpc":"2.0","id":2,"result":"0x1"}""", EndpointFault.NotRpc)]
    [InlineData("""{"jsonrpc":"2.0","id":"1","result":"0x1"}""", EndpointFault.NotRpc)]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"result":"0x1"}""", EndpointFault.NotRpc)]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", EndpointFault.NotRpc)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}""", EndpointFault.Refused)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":"broken","result":"0x1"}""", EndpointFault.Refused)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":null}""", EndpointFault.Absent)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":1}""", EndpointFault.Malformed)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"1"}""", EndpointFault.Malformed)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"0x"}""", EndpointFault.Malformed)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"0x01"}""", EndpointFault.Malformed)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"0x10000000000000000"}""", EndpointFault.Malformed)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"0x0"}""", EndpointFault.None)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":null,"result":"0xffffffffffffffff"}""", EndpointFault.None)]
    public async Task AnAnswerIsReadAsTheSpecificationHasIt(string answer, EndpointFault fault) =>
        Assert.Equal(fault, (await Endpoint(answer).ChainIdAsync(Cancelled)).Fault);

    [Fact]
    public async Task TextThatIsNoUtf8IsNoJson()
    {
        byte[] answer = [.. """{"jsonrpc":"2.0","id":1,"result":"0x"""u8, 0xff, 0xfe, .. "\"}"u8];
        Assert.Equal(EndpointFault.NotJson, (await Endpoint(_ => Ok(answer)).ChainIdAsync(Cancelled)).Fault);
        Assert.Equal(EndpointFault.NotJson, (await Endpoint("""{"jsonrpc":"2.0","id":1,"result":"\ud800"}""").ChainIdAsync(Cancelled)).Fault);
    }

    [Fact]
    public async Task NestingIsBounded() => Assert.Equal(EndpointFault.NotJson, (await Endpoint(new string('[', 4_000)).ChainIdAsync(Cancelled)).Fault);

    [Fact]
    public async Task WhatComesOfTheConnectionIsAFault()
    {
        Assert.Equal(EndpointFault.HttpStatus, (await Endpoint(_ => new HttpResponseMessage(HttpStatusCode.TooManyRequests)).ChainIdAsync(Cancelled)).Fault);
        Assert.Equal(EndpointFault.Unreachable, (await Endpoint(_ => throw new HttpRequestException(HttpRequestError.ConnectionError)).ChainIdAsync(Cancelled)).Fault);
        Assert.Equal(EndpointFault.Unreachable, (await Endpoint(_ => Ok(new BrokenStream())).ChainIdAsync(Cancelled)).Fault);
        Assert.Equal(EndpointFault.TooLarge, (await Endpoint(new string(' ', 5_000)).ChainIdAsync(Cancelled)).Fault);
        Assert.Equal(EndpointFault.TooLarge, (await Endpoint(_ => Ok(new EndlessStream())).ChainIdAsync(Cancelled)).Fault);
        Assert.Equal(EndpointFault.TimedOut, (await Endpoint(_ => Ok(new SilentStream()), TimeSpan.FromMilliseconds(50)).ChainIdAsync(Cancelled)).Fault);
        var elsewhere = Ok([]);
        elsewhere.RequestMessage = new HttpRequestMessage(HttpMethod.Post, "http://127.0.0.1:9/other");
        Assert.Equal(EndpointFault.Redirected, (await Endpoint(_ => elsewhere).ChainIdAsync(Cancelled)).Fault);
    }

    [Fact]
    public async Task TheCallerMayGiveUp()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var asked = Endpoint(_ => Ok(new SilentStream())).ChainIdAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Theory]
    [InlineData("[1,2,3]", EndpointFault.None)]
    [InlineData("[3,1,2]", EndpointFault.None)]
    [InlineData("[1,2]", EndpointFault.NotRpc)]
    [InlineData("[1,2,2]", EndpointFault.NotRpc)]
    [InlineData("[1,2,4]", EndpointFault.NotRpc)]
    [InlineData("[0,1,2]", EndpointFault.NotRpc)]
    public async Task ABatchHasEachAnswerOnceInAnyOrder(string ids, EndpointFault fault)
    {
        var answers = new JsonArray([.. JsonNode.Parse(ids)!.AsArray().Select(id =>
            new JsonObject { ["jsonrpc"] = "2.0", ["id"] = (int)id!, ["result"] = HeaderJson((ulong)(int)id! + 9) })]);
        var headers = await Endpoint(answers.ToJsonString()).HeadersAsync(10, 12, Cancelled);
        Assert.Equal(fault, headers.Fault);
        if (fault == EndpointFault.None) Assert.Equal([10UL, 11UL, 12UL], headers.Value.Select(header => header.Id.Number));
    }

    [Fact]
    public async Task AServerWithoutBatchesRefuses() =>
        Assert.Equal(EndpointFault.Refused, (await Endpoint("""{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches"}}""").HeadersAsync(1, 2, Cancelled)).Fault);

    [Fact]
    public async Task AHeaderHasItsFieldsOnlyIfTheyHashToItsHash()
    {
        var whole = await Header(HeaderJson(5));
        Assert.Equal(whole.Value!.Id.Hash, whole.Value.Header!.ComputeHash());
        foreach (var (name, value) in ((string, string)[])[("gasUsed", "0x5"), ("receiptsRoot", Block.ToString()), ("timestamp", "0x1"), ("hash", Block.ToString())])
        {
            var changed = HeaderJson(5);
            changed[name] = value;
            var read = await Header(changed);
            Assert.Equal(EndpointFault.None, read.Fault);
            Assert.Null(read.Value!.Header);
        }

        foreach (var name in (string[])["requestsHash", "baseFeePerGas", "blobGasUsed", "withdrawalsRoot"])
        {
            var layout = HeaderJson(5);
            layout.Remove(name);
            Assert.Null((await Header(layout)).Value!.Header);
        }
    }

    [Fact]
    public async Task AHeaderThatCannotBeReadIsMalformed()
    {
        foreach (var name in (string[])["hash", "number", "parentHash", "stateRoot", "logsBloom", "nonce", "extraData"])
            foreach (var value in (string?[])[null, "0x", "0x0", "zz", "0x" + new string('a', 5_000)])
            {
                if ((name, value) is ("extraData", "0x") or ("number", "0x0")) continue;
                var changed = HeaderJson(5);
                changed[name] = value;
                Assert.Equal(EndpointFault.Malformed, (await Header(changed)).Fault);
            }

        Assert.Equal(EndpointFault.WrongSubject, (await Header(HeaderJson(6))).Fault);
        Assert.Equal(EndpointFault.WrongSubject, (await Endpoint(Result(HeaderJson(5))).HeaderAsync(Block, Cancelled)).Fault);
        Assert.Equal(EndpointFault.None, (await Endpoint(Result(HeaderJson(5))).HeaderAsync(EthereumTag.Finalized, Cancelled)).Fault);
    }

    [Fact]
    public async Task ReceiptsAreOfTheBlockAndInOrder()
    {
        Assert.Equal(EndpointFault.None, (await Receipts([ReceiptJson(0), ReceiptJson(1)])).Fault);
        Assert.Equal(EndpointFault.WrongSubject, (await Receipts([ReceiptJson(1), ReceiptJson(0)])).Fault);
        var other = ReceiptJson(0);
        other["blockHash"] = Words.Of(8).ToString();
        Assert.Equal(EndpointFault.WrongSubject, (await Receipts([other])).Fault);
        foreach (var (name, value) in ((string, JsonNode?)[])[("status", "0x2"), ("type", "0x80"), ("cumulativeGasUsed", "0x"), ("logs", null), ("logs", new JsonArray(1))])
        {
            var changed = ReceiptJson(0);
            changed[name] = value;
            Assert.Equal(EndpointFault.Malformed, (await Receipts([changed])).Fault);
        }

        foreach (var (name, value) in ((string, JsonNode?)[])[("address", "0xab"), ("data", "0xa"), ("topics", new JsonArray([.. Enumerable.Repeat(0, 5).Select(_ => (JsonNode)Block.ToString())])), ("topics", new JsonArray("0x1"))])
        {
            var changed = ReceiptJson(0);
            changed["logs"]![0]![name] = value;
            Assert.Equal(EndpointFault.Malformed, (await Receipts([changed])).Fault);
        }
    }

    [Fact]
    public async Task AnIndexNamesTheContractAndTheRange()
    {
        static JsonObject Log(string number, Address address) => new() { ["blockNumber"] = number, ["address"] = address.ToString() };
        async Task<Answered<System.Collections.Immutable.ImmutableArray<ulong>>> Index(params JsonNode[] logs) =>
            await Endpoint(Result(new JsonArray(logs))).LogIndexAsync(Account, 5, 9, Cancelled);
        Assert.Equal([5UL, 9UL], (await Index(Log("0x9", Account), Log("0x5", Account), Log("0x9", Account))).Value);
        Assert.Equal(EndpointFault.WrongSubject, (await Index(Log("0x4", Account))).Fault);
        Assert.Equal(EndpointFault.WrongSubject, (await Index(Log("0xa", Account))).Fault);
        Assert.Equal(EndpointFault.WrongSubject, (await Index(Log("0x5", Address.Zero))).Fault);
        Assert.Equal(EndpointFault.Malformed, (await Index(new JsonObject())).Fault);
    }

    [Fact]
    public async Task AProofIsOfTheAccountAndAllItsSlots()
    {
        static JsonObject Proof(Address account, int slots) => new()
        {
            ["address"] = account.ToString(),
            ["accountProof"] = new JsonArray("0x01", "0x02"),
            ["storageProof"] = new JsonArray([.. Enumerable.Range(0, slots).Select(_ => (JsonNode)new JsonObject { ["proof"] = new JsonArray("0x80", "0x02", "0x03") })]),
        };
        async Task<Answered<AccountEvidence>> Ask(JsonNode proof) => await Endpoint(Result(proof)).ProofAsync(Account, [Block, Words.Of(8)], 5, Cancelled);
        var read = (await Ask(Proof(Account, 2))).Value!;
        Assert.Equal(["01", "02", "03"], read.Nodes.Select(node => Convert.ToHexString(node.Span))); // each once, and no node of the empty trie
        Assert.Equal(EndpointFault.WrongSubject, (await Ask(Proof(Address.Zero, 2))).Fault);
        Assert.Equal(EndpointFault.Malformed, (await Ask(Proof(Account, 1))).Fault);
        Assert.Equal(EndpointFault.Malformed, (await Ask(Proof(Account, 3))).Fault);
        Assert.Equal(EndpointFault.Malformed, (await Ask(new JsonObject())).Fault);
    }

    [Theory]
    [InlineData("node-1.a", "https://one.example/key", true)]
    [InlineData("local", "http://127.0.0.1:8545", true)]
    [InlineData("plain", "http://one.example", false)]
    [InlineData("file", "file:///etc/passwd", false)]
    [InlineData("", "https://one.example", false)]
    [InlineData("a b", "https://one.example", false)]
    public void AnAddressIsSafeFromWhoIsOnTheWay(string name, string address, bool isTaken)
    {
        var options = new EndpointOptions(name, new Uri(address));
        if (isTaken) options.Check();
        else Assert.Throws<OperatorException>(options.Check);
    }

    private static Task<Answered<RpcHeader>> Header(JsonNode header) => Endpoint(Result(header)).HeaderAsync(5, Cancelled);

    private static Task<Answered<System.Collections.Immutable.ImmutableArray<EthereumReceipt>>> Receipts(JsonNode[] receipts) =>
        Endpoint(Result(new JsonArray(receipts))).ReceiptsAsync(Block, Cancelled);

    private static JsonObject HeaderJson(ulong number)
    {
        var header = new PaperEthereum().MineEmpty((int)number).Head.Header;
        var json = EthereumJsonWriter.Of(header);
        json["somethingNew"] = "0x1";
        return json;
    }

    private static JsonObject ReceiptJson(int index) => new()
    {
        ["blockHash"] = Block.ToString(),
        ["transactionIndex"] = $"0x{index:x}",
        ["type"] = "0x2",
        ["status"] = "0x1",
        ["cumulativeGasUsed"] = "0x5208",
        ["logs"] = new JsonArray(new JsonObject { ["address"] = Account.ToString(), ["topics"] = new JsonArray(Block.ToString()), ["data"] = "0x" }),
    };

    private static string Result(JsonNode result) => new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["result"] = result }.ToJsonString();

    private static EthereumEndpoint Endpoint(string answer) => Endpoint(_ => Ok(Encoding.UTF8.GetBytes(answer)));

    private static EthereumEndpoint Endpoint(Func<HttpRequestMessage, HttpResponseMessage> answer, TimeSpan? patience = null) => new(
        new EndpointOptions("test", new Uri("http://127.0.0.1:9/")) { Patience = patience ?? TimeSpan.FromMinutes(1), HeaderBytesMax = 64 << 10 },
        new HttpClient(new Answering(answer)));

    private static HttpResponseMessage Ok(byte[] content) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(content) };

    private static HttpResponseMessage Ok(Stream content) => new(HttpStatusCode.OK) { Content = new StreamContent(content) };

    private sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = answer(request);
            response.RequestMessage ??= request;
            return Task.FromResult(response);
        }
    }

    private abstract class OddStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class BrokenStream : OddStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("reset");
    }

    private sealed class EndlessStream : OddStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            return ValueTask.FromResult(buffer.Length);
        }
    }

    private sealed class SilentStream : OddStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
