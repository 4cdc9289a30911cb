using System.Collections.Immutable;
using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// One JSON-RPC endpoint of Ethereum, as somebody uses it who sends transactions. It is one and not a quorum: what it lies about costs its user gas
/// within his own caps, or time; no NTK is credited or released for its word.
/// </summary>
/// <remarks>The client is the caller's, as <see cref="EthereumEndpoint.CreateClient"/> makes it. Safe to call from any thread.</remarks>
public sealed class SendingEndpoint
{
    /// <summary>Calls in one request.</summary>
    public const int CallsMax = 64;

    private const int AnswerBytesMax = 1 << 20, ReturnBytesMax = 64 << 10, LogsMax = 1_024;

    private readonly EndpointOptions _options;
    private readonly JsonRpcTransport _transport;

    public SendingEndpoint(EndpointOptions options, HttpClient client, TimeProvider? time = null)
    {
        options.Check();
        _options = options;
        _transport = new JsonRpcTransport(options, client, time ?? TimeProvider.System);
    }

    public string Name => _options.Name;

    public Task<Answered<ulong>> ChainIdAsync(CancellationToken cancellation) => AskAsync("eth_chainId", _ => { }, ReadUInt64, cancellation);

    public Task<Answered<SendingHead>> HeadAsync(CancellationToken cancellation) => AskAsync(
        "eth_getBlockByNumber",
        writer =>
        {
            writer.WriteStringValue("latest");
            writer.WriteBooleanValue(false);
        },
        ReadHead,
        cancellation);

    /// <summary>The nonce of the next transaction of an account.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="withPool">Whether those count that wait and are in no block.</param>
    /// <param name="cancellation">The caller gives up.</param>
    public Task<Answered<ulong>> NonceAsync(Address account, bool withPool, CancellationToken cancellation) =>
        AskAsync("eth_getTransactionCount", writer => WriteTwo(writer, account.ToString(), withPool ? "pending" : "latest"), ReadUInt64, cancellation);

    /// <summary>Wei.</summary>
    public Task<Answered<UInt256>> BalanceAsync(Address account, CancellationToken cancellation) =>
        AskAsync("eth_getBalance", writer => WriteTwo(writer, account.ToString(), "latest"), ReadNumber, cancellation);

    /// <summary>What a call would give after the newest block, without a transaction.</summary>
    public Task<Answered<CallOutcome>> CallAsync(EthereumCall call, CancellationToken cancellation) =>
        _transport.CallAsync(CallOf(call), AnswerBytesMax, cancellation);

    /// <summary>Several calls in one request, at most <see cref="CallsMax"/>. They may see different blocks.</summary>
    public Task<Answered<ImmutableArray<CallOutcome>>> CallsAsync(IReadOnlyCollection<EthereumCall> calls, CancellationToken cancellation)
    {
        Invariant.Check(calls.Count is > 0 and <= CallsMax, "a batch of calls is bounded");
        return _transport.BatchAsync<CallOutcome>([.. calls.Select(CallOf)], AnswerBytesMax, cancellation);
    }

    public Task<Answered<GasOutcome>> EstimateAsync(EthereumCall call, CancellationToken cancellation) => _transport.CallAsync(
        new RpcCall<GasOutcome>("eth_estimateGas", writer => WriteCall(writer, call), result => ReadUInt64(result) is { Fault: EndpointFault.None } gas ? new GasOutcome(gas.Value, null) : Malformed<GasOutcome>("gas"))
        {
            ReadError = error => RevertIn(error) is { } revert ? new GasOutcome(0, revert) : JsonRpcTransport.Refusal<GasOutcome>(error),
        },
        AnswerBytesMax,
        cancellation);

    /// <summary>Hands a signed transaction over. Whether it was taken into a block says <see cref="ReceiptAsync"/> alone.</summary>
    public Task<Answered<SubmitOutcome>> SubmitAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellation) => _transport.CallAsync(
        new RpcCall<SubmitOutcome>("eth_sendRawTransaction", writer => writer.WriteStringValue(Hex.Encode(signed.Span)), result => ReadSubmitted(result, Keccak256.Hash(signed.Span)))
        {
            ReadError = error => new SubmitOutcome(VerdictOf(JsonRpcTransport.MessageOf(error)), Shortened(JsonRpcTransport.MessageOf(error))),
        },
        AnswerBytesMax,
        cancellation);

    /// <summary><see cref="EndpointFault.Absent"/> where the transaction is in no block.</summary>
    public Task<Answered<MinedReceipt>> ReceiptAsync(Hash256 transaction, CancellationToken cancellation) =>
        AskAsync("eth_getTransactionReceipt", writer => writer.WriteStringValue(transaction.ToString()), result => ReadReceipt(result, transaction), cancellation);

    private Task<Answered<T>> AskAsync<T>(string method, Action<Utf8JsonWriter> write, Func<JsonElement, Answered<T>> read, CancellationToken cancellation) =>
        _transport.CallAsync(new RpcCall<T>(method, write, read), _options.HeaderBytesMax, cancellation);

    private static RpcCall<CallOutcome> CallOf(EthereumCall call) => new(
        "eth_call",
        writer =>
        {
            WriteCall(writer, call);
            writer.WriteStringValue("latest");
        },
        result => RpcFields.TryReadData(result, ReturnBytesMax, out var returned) ? new CallOutcome(returned, null) : Malformed<CallOutcome>("what a call returns"))
    {
        ReadError = error => RevertIn(error) is { } revert ? new CallOutcome(default, revert) : JsonRpcTransport.Refusal<CallOutcome>(error),
    };

    // Programs agree on code 3 and data (EIP-1474 has neither); those without say it in words, as every one does for a revert without data.
    private static Revert? RevertIn(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object) return null;
        if (error.TryGetProperty("data", out var data) && RpcFields.TryReadData(data, ReturnBytesMax, out var bytes)) return Revert.Read(bytes);
        return JsonRpcTransport.MessageOf(error).Contains("revert", StringComparison.OrdinalIgnoreCase) ? Revert.Read([]) : null;
    }

    private static SubmitVerdict VerdictOf(string message)
    {
        if (Says(message, "already known") || Says(message, "known transaction") || Says(message, "already imported") || Says(message, "alreadyknown")) return SubmitVerdict.AlreadyKnown;
        if (Says(message, "nonce too low") || Says(message, "oldnonce")) return SubmitVerdict.NonceTooLow;
        if (Says(message, "insufficient funds") || Says(message, "insufficientfunds")) return SubmitVerdict.InsufficientFunds;
        return Says(message, "underpriced") || Says(message, "max fee per gas less than block base fee") ? SubmitVerdict.Underpriced : SubmitVerdict.Refused;
    }

    private static bool Says(string message, string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static Answered<SubmitOutcome> ReadSubmitted(JsonElement result, Hash256 hash) =>
        RpcFields.TryReadData(result, Hash256.Size, out var bytes) && hash.ToArray().AsSpan().SequenceEqual(bytes)
            ? new SubmitOutcome(SubmitVerdict.Taken, "")
            : Answered<SubmitOutcome>.No(EndpointFault.WrongSubject, "another transaction's hash");

    private static Answered<SendingHead> ReadHead(JsonElement block)
    {
        var fields = new RpcFields(block);
        var (number, time, fee) = (fields.UInt64("number"), fields.UInt64("timestamp"), UInt128.Zero);
        if (!fields.Quantity("baseFeePerGas").TryToUInt128(out fee)) fields.Fail("baseFeePerGas", 0);
        return fields.Failed is { } failed ? Malformed<SendingHead>($"block: {failed}") : new SendingHead(number, time, fee);
    }

    private static Answered<MinedReceipt> ReadReceipt(JsonElement receipt, Hash256 transaction)
    {
        var fields = new RpcFields(receipt);
        var hash = fields.Hash("transactionHash");
        var status = fields.UInt64("status");
        if (status > 1) fields.Fail("status", 0);
        if (!fields.Quantity("effectiveGasPrice").TryToUInt128(out var price)) fields.Fail("effectiveGasPrice", 0);
        var logs = ImmutableArray.CreateBuilder<EthereumLog>();
        foreach (var log in fields.List("logs", LogsMax))
            if (RpcReceipts.ReadLog(log) is { } one) logs.Add(one);
            else fields.Fail("logs", 0);
        var read = new MinedReceipt(hash, fields.UInt64("blockNumber"), status == 1, fields.UInt64("gasUsed"), price, logs.DrainToImmutable());
        if (fields.Failed is { } failed) return Malformed<MinedReceipt>($"receipt: {failed}");
        return hash == transaction ? read : Answered<MinedReceipt>.No(EndpointFault.WrongSubject, "another transaction's receipt");
    }

    private static Answered<ulong> ReadUInt64(JsonElement result) =>
        RpcFields.TryReadQuantity(result, out var number) && number.TryToUInt64(out var small) ? small : Malformed<ulong>("a number");

    private static Answered<UInt256> ReadNumber(JsonElement result) => RpcFields.TryReadQuantity(result, out var number) ? number : Malformed<UInt256>("a number");

    private static Answered<T> Malformed<T>(string what) => Answered<T>.No(EndpointFault.Malformed, what);

    private static string Shortened(string text) => text.Length > Answered<int>.DetailLengthMax ? text[..Answered<int>.DetailLengthMax] : text;

    private static void WriteCall(Utf8JsonWriter writer, EthereumCall call)
    {
        writer.WriteStartObject();
        writer.WriteString("from", call.From.ToString());
        writer.WriteString("to", call.To.ToString());
        writer.WriteString("data", Hex.Encode(call.Data.Span));
        writer.WriteEndObject();
    }

    private static void WriteTwo(Utf8JsonWriter writer, string first, string second)
    {
        writer.WriteStringValue(first);
        writer.WriteStringValue(second);
    }
}
