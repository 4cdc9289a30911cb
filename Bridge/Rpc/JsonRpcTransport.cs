using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace NeuroChain.Bridge;

/// <summary>A call of JSON-RPC: the method, what writes its parameters, and what reads its result.</summary>
internal sealed record RpcCall<T>(string Method, Action<Utf8JsonWriter> WriteParameters, Func<JsonElement, Answered<T>> Read)
{
    /// <summary>Reads an error that is an answer: what a contract reverted with. Null where an error is the endpoint's refusal.</summary>
    public Func<JsonElement, Answered<T>>? ReadError { get; init; }
}

/// <summary>
/// JSON-RPC 2.0 over HTTP to a stranger: bounded bytes, bounded time, no redirects, and no exception for anything that the other side does.
/// </summary>
/// <remarks>A parsed answer takes up to twelve times its bytes for as long as it is read, so that the bounds of bytes are those of memory too.</remarks>
internal sealed class JsonRpcTransport(EndpointOptions options, HttpClient client, TimeProvider time)
{
    private const int ChunkBytes = 64 << 10, DepthMax = 16;

    // A name twice in one object would let two readers see two answers.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = DepthMax, AllowDuplicateProperties = false };

    private static readonly MediaTypeHeaderValue JsonType = new("application/json");

    private long _lastId;

    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<Answered<T>> CallAsync<T>(RpcCall<T> call, int bytesMax, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _lastId);
        var body = Write(writer => WriteCall(writer, call, id));
        return ExchangeAsync(body, bytesMax, root => ReadAnswer(root, call, id), cancellation);
    }

    /// <summary>Several calls in one request. The first fault is that of the whole.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<Answered<ImmutableArray<T>>> BatchAsync<T>(IReadOnlyList<RpcCall<T>> calls, int bytesMax, CancellationToken cancellation)
    {
        var first = Interlocked.Add(ref _lastId, calls.Count) - calls.Count + 1;
        var body = Write(writer =>
        {
            writer.WriteStartArray();
            for (var i = 0; i < calls.Count; i++) WriteCall(writer, calls[i], first + i);
            writer.WriteEndArray();
        });
        return ExchangeAsync(body, bytesMax, root => ReadBatch(root, calls, first), cancellation);
    }

    private static void WriteCall<T>(Utf8JsonWriter writer, RpcCall<T> call, long id)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc", "2.0");
        writer.WriteNumber("id", id);
        writer.WriteString("method", call.Method);
        writer.WriteStartArray("params");
        call.WriteParameters(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return buffer.WrittenMemory;
    }

    private async Task<Answered<T>> ExchangeAsync<T>(ReadOnlyMemory<byte> body, int bytesMax, Func<JsonElement, Answered<T>> read, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(options.Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            var (bytes, fault, detail) = await PostAsync(body, bytesMax, both.Token);
            if (fault != EndpointFault.None) return Answered<T>.No(fault, detail);
            return Read(bytes, read);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Answered<T>.No(EndpointFault.TimedOut, $"no whole answer within {options.Patience}");
        }
        catch (HttpRequestException broken)
        {
            return Answered<T>.No(EndpointFault.Unreachable, broken.HttpRequestError.ToString());
        }
        catch (IOException)
        {
            return Answered<T>.No(EndpointFault.Unreachable, "the answer broke off");
        }
    }

    private static Answered<T> Read<T>(ReadOnlyMemory<byte> bytes, Func<JsonElement, Answered<T>> read)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            return read(document.RootElement);
        }
        // The second is what the parser says of text that is no UTF-8, which it finds only when the text is asked for.
        catch (Exception notJson) when (notJson is JsonException or InvalidOperationException)
        {
            return Answered<T>.No(EndpointFault.NotJson, "the answer is no JSON");
        }
    }

    private async Task<(ReadOnlyMemory<byte> Bytes, EndpointFault Fault, string Detail)> PostAsync(ReadOnlyMemory<byte> body, int bytesMax, CancellationToken cancellation)
    {
        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = JsonType;
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Address) { Content = content };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.RequestMessage?.RequestUri != options.Address) return (default, EndpointFault.Redirected, "the answer came from another address");
        if (response.StatusCode != HttpStatusCode.OK) return (default, EndpointFault.HttpStatus, ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
        var tooLarge = (ReadOnlyMemory<byte>.Empty, EndpointFault.TooLarge, $"more than {bytesMax} bytes");
        if (response.Content.Headers.ContentLength > bytesMax) return tooLarge;
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var read = new ArrayBufferWriter<byte>(ChunkBytes);
        while (true)
        {
            var count = await stream.ReadAsync(read.GetMemory(ChunkBytes), cancellation);
            if (count == 0) return (read.WrittenMemory, EndpointFault.None, "");
            read.Advance(count);
            if (read.WrittenCount > bytesMax) return tooLarge;
        }
    }

    private static Answered<ImmutableArray<T>> ReadBatch<T>(JsonElement root, IReadOnlyList<RpcCall<T>> calls, long first)
    {
        // A server that takes no batches answers with one error.
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error)) return Refusal<ImmutableArray<T>>(error);
        if (root.ValueKind != JsonValueKind.Array) return Answered<ImmutableArray<T>>.No(EndpointFault.NotRpc, "no list of answers");
        if (root.GetArrayLength() != calls.Count) return Answered<ImmutableArray<T>>.No(EndpointFault.NotRpc, "another number of answers than of calls");
        var values = new T[calls.Count];
        var isThere = new bool[calls.Count];
        foreach (var answer in root.EnumerateArray())
        {
            // They may come in any order (JSON-RPC 2.0, section 6), each once.
            var place = TryReadId(answer, out var id) ? id - first : -1;
            if (place < 0 || place >= calls.Count || isThere[place]) return Answered<ImmutableArray<T>>.No(EndpointFault.NotRpc, "an id that was not asked for");
            var read = ReadAnswer(answer, calls[(int)place], id);
            if (read.Fault != EndpointFault.None) return read.As<ImmutableArray<T>>();
            (values[place], isThere[place]) = (read.Value!, true);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(values);
    }

    private static Answered<T> ReadAnswer<T>(JsonElement root, RpcCall<T> call, long expectedId)
    {
        if (root.ValueKind != JsonValueKind.Object) return Answered<T>.No(EndpointFault.NotRpc, "no object");
        if (!root.TryGetProperty("jsonrpc", out var version) || version.ValueKind != JsonValueKind.String || !version.ValueEquals("2.0"))
            return Answered<T>.No(EndpointFault.NotRpc, "another version");
        // Where a request cannot be read its id is null, and there is an error.
        if (root.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null) return call.ReadError is { } readError ? readError(error) : Refusal<T>(error);
        if (!TryReadId(root, out var id) || id != expectedId) return Answered<T>.No(EndpointFault.NotRpc, "another id");
        if (!root.TryGetProperty("result", out var result)) return Answered<T>.No(EndpointFault.NotRpc, "neither result nor error");
        return result.ValueKind == JsonValueKind.Null ? Answered<T>.No(EndpointFault.Absent, call.Method) : call.Read(result);
    }

    private static bool TryReadId(JsonElement answer, out long id)
    {
        id = 0;
        return answer.ValueKind == JsonValueKind.Object
            && answer.TryGetProperty("id", out var element)
            && element.ValueKind == JsonValueKind.Number
            && element.TryGetInt64(out id);
    }

    /// <summary>What an error says; of the endpoint's making.</summary>
    public static string MessageOf(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
            ? message.GetString()!
            : "no message";

    public static Answered<T> Refusal<T>(JsonElement error) => Answered<T>.No(EndpointFault.Refused, MessageOf(error));
}
