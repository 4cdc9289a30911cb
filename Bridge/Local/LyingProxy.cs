using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace NeuroChain.Bridge;

/// <summary>How a proxy answers.</summary>
public enum ProxyManner
{
    /// <summary>As the node behind it does, but for what it lies about.</summary>
    Answer,

    /// <summary>Takes the question and is silent.</summary>
    Hang,

    /// <summary>Breaks the connection off in the middle of its answer.</summary>
    Drop,

    /// <summary>HTTP 503.</summary>
    Unavailable,

    /// <summary>Bytes that are no JSON.</summary>
    Garbage,

    /// <summary>An answer without an end.</summary>
    Endless,

    /// <summary>Claims an answer of a terabyte.</summary>
    Huge,
}

/// <summary>A JSON-RPC endpoint on a port of its own in front of another one, for HTTP/1.1 with a length, as our client sends it.</summary>
internal sealed class LyingProxy : IAsyncDisposable
{
    private const string JsonHeaders = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpClient _upstream = new() { Timeout = TimeSpan.FromMinutes(5) };
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = [];
    private readonly Task _accepting;

    public LyingProxy(Uri target)
    {
        Target = target;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>The node behind it.</summary>
    public Uri Target { get; set; }

    public ProxyManner Manner { get; set; }

    /// <summary>Changes the result of a call: method, parameters, result. What it gives is answered.</summary>
    public Func<string, JsonArray, JsonNode?, JsonNode?> Lie { get; set; } = (_, _, result) => result;

    /// <summary>A batch of more calls is refused.</summary>
    public int BatchMax { get; set; } = int.MaxValue;

    /// <summary>Methods that were called, with the first parameter.</summary>
    public ConcurrentQueue<(string Method, string First)> Asked { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _upstream.Dispose();
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token));
                _connections[connection] = 0;
                _ = connection.ContinueWith(done => _connections.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is disposed of.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                while (await ReadRequestAsync(stream) is { } body) await AnswerAsync(stream, body);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or HttpRequestException)
            {
                // The client went, or this is disposed of.
            }
        }
    }

    // Null where the client closed the connection.
    private async Task<byte[]?> ReadRequestAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, _ending.Token) == 0) return null;
            head.Add(one[0]);
        }

        var length = Encoding.ASCII.GetString([.. head]).Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        var body = new byte[int.Parse(length.AsSpan("Content-Length:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _ending.Token);
        return body;
    }

    private async Task AnswerAsync(NetworkStream stream, byte[] body)
    {
        switch (Manner)
        {
            case ProxyManner.Hang:
                await Task.Delay(Timeout.Infinite, _ending.Token);
                break;
            case ProxyManner.Drop:
                await SendAsync(stream, JsonHeaders + "Content-Length: 100\r\n\r\n{\"jsonrpc\"");
                throw new IOException("dropped");
            case ProxyManner.Unavailable:
                await SendAsync(stream, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
                break;
            case ProxyManner.Garbage:
                await SendAsync(stream, JsonHeaders + "Content-Length: 12\r\n\r\n<html></htm>");
                break;
            case ProxyManner.Huge:
                await SendAsync(stream, JsonHeaders + "Content-Length: 1099511627776\r\n\r\n{");
                break;
            case ProxyManner.Endless:
                await SendAsync(stream, JsonHeaders + "Connection: close\r\n\r\n{\"jsonrpc\":\"2.0\",\"result\":\"0x");
                while (true) await SendAsync(stream, new string('a', 1 << 16));
            default:
                var answer = await AskAsync(body);
                await SendAsync(stream, $"{JsonHeaders}Content-Length: {answer.Length}\r\n\r\n");
                await stream.WriteAsync(answer, _ending.Token);
                break;
        }
    }

    private async Task<byte[]> AskAsync(byte[] body)
    {
        var question = JsonNode.Parse(body)!;
        JsonNode?[] calls = question is JsonArray batch ? [.. batch] : [question];
        foreach (var call in calls) Asked.Enqueue(((string)call!["method"]!, call["params"]!.AsArray() is [var first, ..] ? first!.ToString() : ""));
        if (calls.Length > BatchMax) return """{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"the batch is too large"}}"""u8.ToArray();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var response = await _upstream.PostAsync(Target, content, _ending.Token);
        var answer = JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(_ending.Token))!;
        JsonNode?[] answers = answer is JsonArray list ? [.. list] : [answer];
        foreach (var one in answers)
        {
            if (one!["result"] is not { } result) continue;
            var call = calls.Single(call => (long)call!["id"]! == (long)one["id"]!)!;
            one["result"] = Lie((string)call["method"]!, call["params"]!.AsArray(), result.DeepClone());
        }

        return Encoding.UTF8.GetBytes(answer.ToJsonString());
    }

    private async Task SendAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), _ending.Token);
}
