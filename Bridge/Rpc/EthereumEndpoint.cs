using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>A block that an endpoint names by itself.</summary>
public enum EthereumTag
{
    Latest,
    Finalized,
}

/// <summary>
/// One JSON-RPC endpoint of Ethereum, which is believed in nothing. There is no second address behind it and nothing is asked twice: what it
/// does not answer is its fault, by name, and what follows from that the quorum says.
/// </summary>
/// <remarks>
/// The client is the caller's, as <see cref="CreateClient"/> makes it. Safe to call from any thread.
/// </remarks>
public sealed class EthereumEndpoint
{
    /// <summary>Headers in one request: what public providers take in a batch.</summary>
    public const int HeadersMax = 64;

    private const int IndexMax = 1 << 16, CodeBytesMax = 1 << 16, QuantityBytesMax = 4_096;

    private readonly EndpointOptions _options;
    private readonly JsonRpcTransport _transport;

    public EthereumEndpoint(EndpointOptions options, HttpClient client, TimeProvider? time = null)
    {
        options.Check();
        _options = options;
        _transport = new JsonRpcTransport(options, client, time ?? TimeProvider.System);
    }

    /// <summary>A client that may be shared by all endpoints: what one of them answers leads to no other, and is forgotten.</summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxResponseDrainSize = 0,
        // An endpoint may move; a connection that is kept for ever would not.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // each question has its own
    };

    public string Name => _options.Name;

    public string Host => _options.Address.IdnHost;

    public Task<Answered<ulong>> ChainIdAsync(CancellationToken cancellation) =>
        _transport.CallAsync(new RpcCall<ulong>("eth_chainId", _ => { }, ReadChainId), QuantityBytesMax, cancellation);

    public Task<Answered<RpcHeader>> HeaderAsync(EthereumTag tag, CancellationToken cancellation) =>
        _transport.CallAsync(HeaderCall("eth_getBlockByNumber", tag == EthereumTag.Finalized ? "finalized" : "latest", _ => true), _options.HeaderBytesMax, cancellation);

    public Task<Answered<RpcHeader>> HeaderAsync(ulong number, CancellationToken cancellation) =>
        _transport.CallAsync(HeaderCall(number), _options.HeaderBytesMax, cancellation);

    public Task<Answered<RpcHeader>> HeaderAsync(Hash256 hash, CancellationToken cancellation) =>
        _transport.CallAsync(HeaderCall("eth_getBlockByHash", hash.ToString(), header => header.Id.Hash == hash), _options.HeaderBytesMax, cancellation);

    /// <summary>Headers of consecutive numbers, both ends included, at most <see cref="HeadersMax"/>.</summary>
    public Task<Answered<ImmutableArray<RpcHeader>>> HeadersAsync(ulong from, ulong to, CancellationToken cancellation)
    {
        Invariant.Check(from <= to, "a range has a first and a last number");
        Invariant.Check(to - from < HeadersMax, "a range of headers is bounded");
        var calls = new RpcCall<RpcHeader>[to - from + 1];
        for (var i = 0; i < calls.Length; i++) calls[i] = HeaderCall(from + (ulong)i);
        return _transport.BatchAsync(calls, _options.RangeBytesMax, cancellation);
    }

    /// <summary>All receipts of a block, in order.</summary>
    public Task<Answered<ImmutableArray<EthereumReceipt>>> ReceiptsAsync(Hash256 block, CancellationToken cancellation) =>
        _transport.CallAsync(
            new RpcCall<ImmutableArray<EthereumReceipt>>("eth_getBlockReceipts", writer => writer.WriteStringValue(block.ToString()), result => RpcReceipts.Read(result, block)),
            _options.ReceiptsBytesMax,
            cancellation);

    /// <summary>Numbers of the blocks of a range in which a contract logged, ascending, as eth_getLogs has them: an index, never evidence.</summary>
    public Task<Answered<ImmutableArray<ulong>>> LogIndexAsync(Address contract, ulong from, ulong to, CancellationToken cancellation) =>
        _transport.CallAsync(
            new RpcCall<ImmutableArray<ulong>>("eth_getLogs", writer => WriteFilter(writer, contract, from, to), result => ReadIndex(result, contract, from, to)),
            _options.RangeBytesMax,
            cancellation);

    /// <summary>Transfers and burns of a token in a range of blocks, in their order, as eth_getLogs has them. Most endpoints refuse long ranges.</summary>
    public Task<Answered<ImmutableArray<TokenMove>>> TokenMovesAsync(Address token, ulong from, ulong to, CancellationToken cancellation) =>
        _transport.CallAsync(
            new RpcCall<ImmutableArray<TokenMove>>(
                "eth_getLogs",
                writer => WriteFilter(writer, token, from, to, TokenMove.Transfer.Topic, TokenMove.Burn.Topic),
                result => TokenMove.Read(result, token, from, to)),
            _options.RangeBytesMax,
            cancellation);

    /// <summary>The nodes that prove an account and words of its storage after a block. Most endpoints keep the states of few blocks.</summary>
    public Task<Answered<AccountEvidence>> ProofAsync(Address account, ImmutableArray<Hash256> slots, ulong number, CancellationToken cancellation) =>
        _transport.CallAsync(
            new RpcCall<AccountEvidence>("eth_getProof", writer => WriteProof(writer, account, slots, number), result => AccountEvidence.Read(result, account, slots)),
            _options.RangeBytesMax,
            cancellation);

    /// <summary>The code of an account after a block; none for an account without.</summary>
    public Task<Answered<byte[]>> CodeAsync(Address account, ulong number, CancellationToken cancellation) =>
        _transport.CallAsync(
            new RpcCall<byte[]>("eth_getCode", writer => WriteTwo(writer, account.ToString(), Quantity(number)), ReadCode), _options.HeaderBytesMax, cancellation);

    private static RpcCall<RpcHeader> HeaderCall(ulong number) => HeaderCall("eth_getBlockByNumber", Quantity(number), header => header.Id.Number == number);

    private static RpcCall<RpcHeader> HeaderCall(string method, string block, Func<RpcHeader, bool> isAsked) => new(
        method,
        writer =>
        {
            writer.WriteStringValue(block);
            writer.WriteBooleanValue(false);
        },
        result =>
        {
            var read = RpcHeader.Read(result);
            return read.Fault == EndpointFault.None && !isAsked(read.Value!) ? Answered<RpcHeader>.No(EndpointFault.WrongSubject, $"block {read.Value!.Id} for {block}") : read;
        });

    private static Answered<ulong> ReadChainId(JsonElement result) =>
        RpcFields.TryReadQuantity(result, out var number) && number.TryToUInt64(out var id) ? id : Answered<ulong>.No(EndpointFault.Malformed, "chain id");

    private static Answered<byte[]> ReadCode(JsonElement result) =>
        RpcFields.TryReadData(result, CodeBytesMax, out var code) ? code : Answered<byte[]>.No(EndpointFault.Malformed, "code");

    private static Answered<ImmutableArray<ulong>> ReadIndex(JsonElement result, Address contract, ulong from, ulong to)
    {
        if (result.ValueKind != JsonValueKind.Array) return Answered<ImmutableArray<ulong>>.No(EndpointFault.Malformed, "logs: a list");
        if (result.GetArrayLength() > IndexMax) return Answered<ImmutableArray<ulong>>.No(EndpointFault.TooLarge, $"more than {IndexMax} logs");
        var numbers = new SortedSet<ulong>();
        foreach (var item in result.EnumerateArray())
        {
            var fields = new RpcFields(item);
            var (number, address) = (fields.UInt64("blockNumber"), fields.Address("address"));
            if (fields.Failed is { } failed) return Answered<ImmutableArray<ulong>>.No(EndpointFault.Malformed, $"log: {failed}");
            if (address != contract || number < from || number > to) return Answered<ImmutableArray<ulong>>.No(EndpointFault.WrongSubject, $"a log of {address} in block {number}");
            numbers.Add(number);
        }

        return numbers.ToImmutableArray();
    }

    // With topics: logs whose first one is any of them.
    private static void WriteFilter(Utf8JsonWriter writer, Address contract, ulong from, ulong to, params ReadOnlySpan<Hash256> topics)
    {
        writer.WriteStartObject();
        writer.WriteString("address", contract.ToString());
        writer.WriteString("fromBlock", Quantity(from));
        writer.WriteString("toBlock", Quantity(to));
        if (!topics.IsEmpty)
        {
            writer.WriteStartArray("topics");
            writer.WriteStartArray();
            foreach (var topic in topics) writer.WriteStringValue(topic.ToString());
            writer.WriteEndArray();
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteProof(Utf8JsonWriter writer, Address account, ImmutableArray<Hash256> slots, ulong number)
    {
        writer.WriteStringValue(account.ToString());
        writer.WriteStartArray();
        foreach (var slot in slots) writer.WriteStringValue(slot.ToString());
        writer.WriteEndArray();
        writer.WriteStringValue(Quantity(number));
    }

    private static void WriteTwo(Utf8JsonWriter writer, string first, string second)
    {
        writer.WriteStringValue(first);
        writer.WriteStringValue(second);
    }

    private static string Quantity(ulong number) => "0x" + number.ToString("x", CultureInfo.InvariantCulture);
}
