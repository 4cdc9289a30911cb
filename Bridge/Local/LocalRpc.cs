using System.Net.Http.Json;
using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>The node refused a call; a reverted contract gives its data.</summary>
internal sealed class RpcRefusedException(string method, int code, string message, byte[] data) : Exception($"{method}: {code} {message}")
{
    public int Code => code;

    public byte[] RevertData => data;
}

/// <summary>JSON-RPC to a node that this process started itself and so believes. Nothing of a foreign endpoint is read with it.</summary>
internal sealed class LocalRpc(Uri endpoint) : IDisposable
{
    private const int AnswerBytesMax = 32 << 20;

    // The machine may be busy; the node itself answers within milliseconds.
    private readonly HttpClient _client = new() { BaseAddress = endpoint, Timeout = TimeSpan.FromMinutes(5), MaxResponseContentBufferSize = AnswerBytesMax };

    private long _lastId;

    /// <exception cref="RpcRefusedException">The node answers with an error.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<JsonElement> CallAsync(string method, CancellationToken cancellation, params object?[] parameters)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = new Dictionary<string, object?> { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters };
        using var response = await _client.PostAsJsonAsync("", request, cancellation);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        if (answer.TryGetProperty("error", out var error)) throw Refusal(method, error);
        return answer.GetProperty("result");
    }

    public void Dispose() => _client.Dispose();

    private static RpcRefusedException Refusal(string method, JsonElement error)
    {
        var hasData = error.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.String;
        var bytes = hasData && Hex.TryDecode(data.GetString(), out var decoded) ? decoded : [];
        return new RpcRefusedException(method, error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString() ?? "", bytes);
    }
}
