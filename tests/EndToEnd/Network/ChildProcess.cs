using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace NeuroChain.EndToEnd;

/// <summary>A process with its output kept.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>That it has used on all cores so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public bool HasExited => _process.HasExited;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public static ChildProcess Start(string program, IEnumerable<string> arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder ?? "" };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new ChildProcess(start);
    }

    /// <summary>The command line of the node, as it was built with these tests.</summary>
    public static ChildProcess StartNeurochain(params string[] arguments) => StartNeurochain([], arguments);

    /// <param name="within">A program that runs it, with that program's arguments; none for none.</param>
    /// <param name="arguments">Its own.</param>
    /// <param name="release">The program, where it is another release.</param>
    public static ChildProcess StartNeurochain(IReadOnlyList<string> within, IReadOnlyList<string> arguments, string release = "NeuroChain.Node")
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(within.Count > 0 ? within[0] : dotnet);
        foreach (var argument in within.Skip(1)) start.ArgumentList.Add(argument);
        if (within.Count > 0) start.ArgumentList.Add(dotnet);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, release + ".dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_gcConcurrent"] = "0";
        // Most live for seconds: what an operator's node has, each method compiled well from the start, takes a fifth more of the processor then.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // or each that is killed leaves a debugger's pipes in the temporary folder
        start.Environment.Remove("NEUROCHAIN_PASSWORD");
        return new ChildProcess(start);
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> RunNeurochainAsync(params string[] arguments) => RunNeurochainAsync(Eventually.Limit, arguments);

    /// <inheritdoc cref="RunNeurochainAsync(string[])"/>
    public static async Task<CommandResult> RunNeurochainAsync(TimeSpan patience, params string[] arguments)
    {
        using var process = StartNeurochain(arguments);
        process.CloseInput();
        return new CommandResult(await process.WaitAsync(patience), process.Output, process.Errors);
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>The exit code; also waits for the last line of output.</summary>
    public async Task<int> WaitAsync(TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"process {Id} does not end within {patience.TotalSeconds:F0} s\n{Output}{Errors}");
        }

        return _process.ExitCode;
    }

    /// <summary>SIGKILL: the process gets no chance to write anything more.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGTERM, as a service manager sends it.</summary>
    public void Terminate() => Signal(15);

    /// <summary>SIGSTOP: as a machine that swaps, or is suspended.</summary>
    public void Pause() => Signal(19);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal(18);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Signal(int signal) => Assert.Equal(0, SendSignal(Id, signal));

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);

    private static void Add(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}

/// <summary>What a command left.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The value behind a name in the output of ./neurochain query.</summary>
    public string this[string name] => Output.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[13..].Trim();
}
