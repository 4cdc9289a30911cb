using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NeuroChain.Node.Tests;

/// <summary>The browser's debugging protocol: commands with answers, and events, over one WebSocket; a session for each tab.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _answers = new();
    private readonly ConcurrentDictionary<string, Action<string, JsonElement>> _sessions = new();
    private readonly CancellationTokenSource _closed = new();
    private Task _reading = Task.CompletedTask;
    private int _lastId;

    public static async Task<DevTools> ConnectAsync(Uri endpoint, CancellationToken stop)
    {
        var tools = new DevTools();
        await tools._socket.ConnectAsync(endpoint, stop);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    /// <param name="session">Of a tab; null is the browser itself.</param>
    /// <param name="onEvent">Told of its events, by name; must not wait for an answer.</param>
    public void Listen(string session, Action<string, JsonElement> onEvent) => _sessions[session] = onEvent;

    /// <exception cref="InvalidOperationException">The browser refuses.</exception>
    public async Task<JsonElement> CallAsync(string? session, string method, object? parameters, CancellationToken stop)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = _answers[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = JsonSerializer.SerializeToNode(parameters ?? new { }) };
        if (session is not null) message["sessionId"] = session;
        await _writing.WaitAsync(stop);
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, stop);
        }
        finally
        {
            _writing.Release();
        }

        var said = await answer.Task.WaitAsync(TimeSpan.FromMinutes(1), stop);
        if (said.TryGetProperty("error", out var error)) throw new InvalidOperationException($"{method}: {error}");
        return said.GetProperty("result");
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _reading;
        _socket.Dispose();
        _writing.Dispose();
        _closed.Dispose();
    }

    private async Task ReadAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer, _closed.Token);
                if (part.MessageType == WebSocketMessageType.Close) break;
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage) continue;
                Take(JsonSerializer.Deserialize<JsonElement>(message.GetBuffer().AsSpan(0, (int)message.Length)));
                message.SetLength(0);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException)
        {
            // The browser has ended, or is about to.
        }

        foreach (var answer in _answers.Values) answer.TrySetException(new InvalidOperationException("the browser has ended"));
    }

    private void Take(JsonElement message)
    {
        if (message.TryGetProperty("id", out var id))
        {
            if (_answers.TryRemove(id.GetInt32(), out var answer)) answer.TrySetResult(message);
            return;
        }

        if (message.TryGetProperty("sessionId", out var session) && _sessions.TryGetValue(session.GetString()!, out var onEvent))
            onEvent(message.GetProperty("method").GetString()!, message.GetProperty("params"));
    }
}
