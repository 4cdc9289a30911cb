using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>How a local Ethereum is started.</summary>
internal sealed record AnvilOptions
{
    public ulong ChainId { get; init; } = 31337;

    /// <summary>Seconds of the genesis block; null for now.</summary>
    public ulong? GenesisSeconds { get; init; }

    /// <summary>The file to run; null for the one that ./setup.sh installs.</summary>
    public string? Program { get; init; }

    /// <summary>A third of the blocks between the newest and the finalized one; 32 on Ethereum.</summary>
    public int SlotsInAnEpoch { get; init; } = 4;
}

/// <summary>
/// A local Ethereum: anvil, as ./setup.sh installs it. It listens on a free port of its own choice, keeps the last 64 states in memory and
/// none on disk, and does not outlive the process that started it.
/// </summary>
internal sealed partial class AnvilProcess : IAsyncDisposable
{
    private const string Installed = "Bridge/tools/node_modules/.bin/anvil";
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AnvilProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, _) => { };
    }

    public int Id { get; private set; }

    /// <summary>Set once it listens.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <exception cref="OperatorException">anvil is not installed, or does not start.</exception>
    public static async Task<AnvilProcess> StartAsync(AnvilOptions options, CancellationToken cancellation)
    {
        var anvil = new AnvilProcess(StartInfo(options));
        // The kernel kills the child when the thread that started it ends, so that thread stays until the child has ended.
        new Thread(anvil.RunToEnd) { IsBackground = true, Name = "anvil" }.Start();
        try
        {
            anvil.Endpoint = await anvil._listening.Task.WaitAsync(StartPatience, cancellation);
            return anvil;
        }
        catch
        {
            await anvil.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _started.Task;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself, or never ran.
        }

        await _ended.Task;
    }

    /// <summary>The program that ./setup.sh installs, in a folder at or above this program's.</summary>
    /// <exception cref="OperatorException">It is not there.</exception>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, Installed);
            if (File.Exists(path)) return path;
        }

        throw new OperatorException($"{Installed} is missing: run ./setup.sh");
    }

    private static ProcessStartInfo StartInfo(AnvilOptions options)
    {
        var start = new ProcessStartInfo("setpriv") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "--pdeathsig", "KILL", options.Program ?? Find(),
            "--port", "0",
            "--chain-id", options.ChainId.ToString(CultureInfo.InvariantCulture),
            // Without a number reorganisations break; without the option every old state is written below the home folder, for ever.
            "--prune-history", "64",
            "--slots-in-an-epoch", options.SlotsInAnEpoch.ToString(CultureInfo.InvariantCulture),
            "--hardfork", "prague",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (options.GenesisSeconds is { } seconds)
        {
            start.ArgumentList.Add("--timestamp");
            start.ArgumentList.Add(seconds.ToString(CultureInfo.InvariantCulture));
        }

        return start;
    }

    private void RunToEnd()
    {
        try
        {
            _process.Start();
            Id = _process.Id;
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            _started.TrySetResult();
            _process.WaitForExit();
            _listening.TrySetException(new OperatorException($"anvil ended with {_process.ExitCode} before it listened"));
        }
        catch (Exception fault)
        {
            _listening.TrySetException(new OperatorException("anvil does not start: setpriv or the program is missing", fault));
        }

        _started.TrySetResult();
        _process.Dispose();
        _ended.TrySetResult();
    }

    private void Read(string? line)
    {
        if (line is not null && Listening().Match(line) is { Success: true } match) _listening.TrySetResult(new Uri($"http://{match.Groups[1].Value}"));
    }

    [GeneratedRegex(@"^Listening on (127\.0\.0\.1:[0-9]+)$")]
    private static partial Regex Listening();
}
