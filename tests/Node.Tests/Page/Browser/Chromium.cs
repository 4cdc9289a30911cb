using System.Diagnostics;
using System.Text.RegularExpressions;

namespace NeuroChain.Node.Tests;

/// <summary>
/// A headless browser, as ./setup.sh installs it, steered by its own debugging protocol. It goes to no network but loopback and leaves nothing behind.
/// </summary>
internal sealed partial class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly string _profile;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DevTools _tools = null!;

    private Chromium()
    {
        _profile = Directory.CreateTempSubdirectory("neurochain-chromium-").FullName;
        // The sandbox needs a kernel that lets a user make namespaces, and refuses root; the page is our own.
        var start = new ProcessStartInfo("chromium")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--force-prefers-reduced-motion",
                "--remote-debugging-port=0", $"--user-data-dir={_profile}", "about:blank",
            },
        };
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text && Listening().Match(text) is { Success: true } match) _listening.TrySetResult(new Uri(match.Groups[1].Value));
        };
        _process.OutputDataReceived += (_, _) => { };
    }

    public static async Task<Chromium> StartAsync(CancellationToken stop)
    {
        var browser = new Chromium();
        try
        {
            browser._process.Start();
            browser._process.BeginErrorReadLine();
            browser._process.BeginOutputReadLine();
            browser._tools = await DevTools.ConnectAsync(await browser._listening.Task.WaitAsync(StartPatience, stop), stop);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>A tab that shares nothing with others: no storage, no cache.</summary>
    public Task<Tab> OpenAsync(CancellationToken stop) => Tab.OpenAsync(_tools, stop);

    public async ValueTask DisposeAsync()
    {
        if (_tools is not null) await _tools.DisposeAsync();
        try
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It never ran.
        }

        _process.Dispose();
        await DeleteProfileAsync();
    }

    // Children that were just killed may still hold a file for a moment.
    private async Task DeleteProfileAsync()
    {
        for (var tries = 0; tries < 20; tries++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
                return;
            }
            catch (IOException)
            {
                await Task.Delay(50);
            }
        }
    }

    [GeneratedRegex(@"^DevTools listening on (ws://127\.0\.0\.1:[0-9]+/\S+)$")]
    private static partial Regex Listening();
}
