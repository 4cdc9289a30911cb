using System.Collections.Concurrent;
using System.Text.Json;

namespace NeuroChain.Node.Tests;

/// <summary>A tab as a visitor uses it: it clicks where things are, types into what has the focus, and reads what is shown.</summary>
internal sealed class Tab
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DevTools _tools;
    private readonly string _session;
    private readonly CancellationToken _stop;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<string, Func<string, Task>> _bindings = new();

    private readonly string _context;
    private volatile bool _closed;
    private int _page;

    private Tab(DevTools tools, string context, string session, CancellationToken stop) => (_tools, _context, _session, _stop) = (tools, context, session, stop);

    /// <summary>What the browser complained of: errors of scripts, and what the page's policy refused.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>A complaint that the test meant to cause.</summary>
    public void Forgive(string text)
    {
        var kept = _faults.Where(fault => !fault.Contains(text, StringComparison.Ordinal)).ToList();
        _faults.Clear();
        foreach (var fault in kept) _faults.Enqueue(fault);
    }

    public static async Task<Tab> OpenAsync(DevTools tools, CancellationToken stop)
    {
        var context = (await tools.CallAsync(null, "Target.createBrowserContext", null, stop)).GetProperty("browserContextId").GetString()!;
        var target = (await tools.CallAsync(null, "Target.createTarget", new { url = "about:blank", browserContextId = context }, stop)).GetProperty("targetId").GetString();
        var session = (await tools.CallAsync(null, "Target.attachToTarget", new { targetId = target, flatten = true }, stop)).GetProperty("sessionId").GetString()!;
        var tab = new Tab(tools, context, session, stop);
        tools.Listen(session, tab.OnEvent);
        foreach (var domain in new[] { "Page", "Runtime", "Log" }) await tab.CallAsync($"{domain}.enable");
        await tab.ResizeAsync(1280, 900);
        return tab;
    }

    /// <summary>With all that it stored.</summary>
    public Task CloseAsync()
    {
        _closed = true;
        return _tools.CallAsync(null, "Target.disposeBrowserContext", new { browserContextId = _context }, _stop);
    }

    public Task<JsonElement> CallAsync(string method, object? parameters = null) => _tools.CallAsync(_session, method, parameters, _stop);

    /// <summary>Before any script of the page, on each page.</summary>
    public Task InjectAsync(string script) => CallAsync("Page.addScriptToEvaluateOnNewDocument", new { source = script });

    /// <summary>A function of the window by which the page reaches the test.</summary>
    public Task BindAsync(string name, Func<string, Task> handler)
    {
        _bindings[name] = handler;
        return CallAsync("Runtime.addBinding", new { name });
    }

    public async Task GoAsync(Uri address)
    {
        Interlocked.Increment(ref _page);
        var went = await CallAsync("Page.navigate", new { url = address.ToString() });
        Assert.False(went.TryGetProperty("errorText", out var error), $"{error}");
        await UntilAsync("document.readyState === 'complete'");
    }

    public Task ResizeAsync(int width, int height, bool isPhone = false) =>
        CallAsync("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = isPhone ? 2 : 1, mobile = isPhone });

    public Task PreferDarkAsync(bool dark) =>
        CallAsync("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } } });

    /// <summary>The value of an expression, which may be a promise.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true });
        Assert.False(answer.TryGetProperty("exceptionDetails", out var thrown), $"{expression}\n{thrown}");
        return answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    public async Task<string> TextAsync(string selector) => (await EvaluateAsync($"document.querySelector({Quoted(selector)})?.innerText ?? ''")).GetString()!;

    /// <summary>Waits until an expression is true.</summary>
    public async Task UntilAsync(string expression)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        limit.CancelAfter(Patience);
        while ((await EvaluateAsync($"Boolean({expression})")).GetBoolean() is false)
        {
            if (limit.IsCancellationRequested) Assert.Fail($"not in time: {expression}\n{await TextAsync("body")}\n{string.Join('\n', _faults)}");
            await Task.Delay(40, _stop);
        }
    }

    /// <summary>Waits until some element that is shown has the text.</summary>
    public Task SeesAsync(string selector, string text) =>
        UntilAsync($"[...document.querySelectorAll({Quoted(selector)})].some((e) => e.checkVisibility() && e.innerText.includes({Quoted(text)}))");

    public Task SeesNoAsync(string selector, string text) =>
        UntilAsync($"[...document.querySelectorAll({Quoted(selector)})].every((e) => !e.checkVisibility() || !e.innerText.includes({Quoted(text)}))");

    /// <summary>Waits until it is there and can be pressed, and presses where it is: what lies over it would get the click.</summary>
    public async Task ClickAsync(string selector)
    {
        await UntilAsync($"document.querySelector({Quoted(selector)})?.checkVisibility() && !document.querySelector({Quoted(selector)}).disabled");
        var place = await EvaluateAsync($$"""
            (() => {
              const element = document.querySelector({{Quoted(selector)}});
              element.scrollIntoView({ block: 'center', behavior: 'instant' });
              const { x, y, width, height } = element.getBoundingClientRect();
              return { x: x + width / 2, y: y + height / 2 };
            })()
            """);
        var (x, y) = (place.GetProperty("x").GetDouble(), place.GetProperty("y").GetDouble());
        foreach (var type in new[] { "mousePressed", "mouseReleased" })
            await CallAsync("Input.dispatchMouseEvent", new { type, x, y, button = "left", clickCount = 1 });
    }

    /// <summary>Replaces what stands in a field.</summary>
    public async Task TypeAsync(string selector, string text)
    {
        await UntilAsync($"document.querySelector({Quoted(selector)})?.checkVisibility() && !document.querySelector({Quoted(selector)}).disabled");
        await EvaluateAsync($"(() => {{ const e = document.querySelector({Quoted(selector)}); e.focus(); e.select(); }})()");
        if (text.Length > 0) await CallAsync("Input.insertText", new { text });
        else await PressAsync("Backspace");
    }

    public async Task PressAsync(string key)
    {
        var text = key == "Enter" ? "\r" : "";
        var code = key switch { "Enter" => 13, "Tab" => 9, "Backspace" => 8, "ArrowRight" => 39, "ArrowLeft" => 37, " " => 32, _ => 0 };
        await CallAsync("Input.dispatchKeyEvent", new { type = text.Length > 0 ? "keyDown" : "rawKeyDown", key, code = key, text, windowsVirtualKeyCode = code });
        await CallAsync("Input.dispatchKeyEvent", new { type = "keyUp", key, code = key, windowsVirtualKeyCode = code });
    }

    /// <summary>The whole page, into the folder that NEUROCHAIN_SCREENSHOTS names; nothing where it names none.</summary>
    public async Task ShootAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("NEUROCHAIN_SCREENSHOTS") is not { Length: > 0 } folder) return;
        await EvaluateAsync("window.scrollTo(0, 0)");
        var shot = await CallAsync("Page.captureScreenshot", new { format = "png", captureBeyondViewport = true });
        await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.png"), shot.GetProperty("data").GetBytesFromBase64(), _stop);
    }

    private void OnEvent(string name, JsonElement what)
    {
        switch (name)
        {
            case "Runtime.exceptionThrown": _faults.Enqueue(what.GetProperty("exceptionDetails").ToString()); break;
            case "Log.entryAdded" when what.GetProperty("entry").GetProperty("level").GetString() == "error": _faults.Enqueue(what.GetProperty("entry").ToString()); break;
            case "Runtime.bindingCalled" when _bindings.TryGetValue(what.GetProperty("name").GetString()!, out var handler):
                var payload = what.GetProperty("payload").GetString()!;
                var page = Volatile.Read(ref _page);
                _ = Task.Run(() => HandleAsync(handler, payload, page), _stop);
                break;
            default: break;
        }
    }

    private async Task HandleAsync(Func<string, Task> handler, string payload, int page)
    {
        try
        {
            await handler(payload);
        }
        catch (Exception fault) when (!_closed && page == Volatile.Read(ref _page))
        {
            _faults.Enqueue($"{payload}: {fault}");
        }
        catch
        {
            // The tab was closed, or went to another page, while this one asked.
        }
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
