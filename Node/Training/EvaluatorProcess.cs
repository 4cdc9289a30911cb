using System.Diagnostics;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>How an evaluator process is started and bounded.</summary>
/// <param name="Folders">Data sets.</param>
/// <param name="Engine">Threads and path of its engine.</param>
/// <param name="MemoryBytesMax">Resident memory above which it is ended.</param>
internal sealed record EvaluatorSettings(IReadOnlyList<string> Folders, EngineOptions Engine, long MemoryBytesMax);

/// <summary>
/// An evaluator as a process of its own, at low priority and with bounds on memory and time: a crafted checkpoint can take that process
/// down, never the validator. One request at a time; whatever goes wrong ends the process, and the next request starts a new one.
/// </summary>
internal sealed partial class EvaluatorProcess(EvaluatorSettings settings, ILogger logger) : ICheckpointEvaluator, IDisposable
{
    /// <summary>What the process takes beside its heap: code, stacks, the runtime's own.</summary>
    private const long BesideHeapBytes = 512L << 20;

    /// <summary>What a shell, and so this program, says of a process that the system or an operator killed: the memory was wanted elsewhere.</summary>
    private const int Killed = 128 + 9;

    /// <summary>For loading the data sets, which is no checkpoint's fault.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan MemoryPeriod = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _gate = new(1);
    private Process? _process;
    private bool _isReady;
    private volatile bool _isTooLarge;

    /// <summary>Null while there is none.</summary>
    internal int? ProcessId => _process?.Id;

    /// <summary>Starts the process, which then loads its data sets: the first training round need not wait for that.</summary>
    public void WarmUp() => _process ??= Start();

    private EvaluatorAnswer Failed(EvaluatorFault fault)
    {
        LogFailed(fault, settings.MemoryBytesMax >> 20);
        Stop();
        return fault;
    }

    // It closed its output, so it is over or about to be. What dumps its memory first takes a while, and on a busy machine so does the word of its end.
    private static async Task<bool> WasKilledAsync(Process process)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await process.WaitForExitAsync(soon.Token).ConfigureAwait(false);
            return process.ExitCode == Killed;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Of an evaluator that may have so much memory: all but what it needs besides, and half of little. With less than a quarter GiB it does not even start.</summary>
    internal static long HeapBytes(long memoryBytesMax) => Math.Max(Math.Max(memoryBytesMax - BesideHeapBytes, memoryBytesMax / 2), BesideHeapBytes / 2);

    /// <summary>Where there is no report, the reason is in the log too.</summary>
    public async Task<EvaluatorAnswer> EvaluateAsync(EvaluationRequest request, TimeSpan limit, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await TryStartAsync(cancellationToken).ConfigureAwait(false) is not { } process) return Failed(EvaluatorFault.DidNotStart);
            using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bounded.CancelAfter(limit);
            _isTooLarge = false;
            var began = Stopwatch.GetTimestamp();
            try
            {
                if (await AskAsync(process, request, bounded).ConfigureAwait(false) is { } answer && CheckpointReport.Decode(answer) is { } report)
                    return new EvaluatorAnswer(report, EvaluatorFault.None, Stopwatch.GetElapsedTime(began));
                return Failed(await WasKilledAsync(process).ConfigureAwait(false) ? EvaluatorFault.Killed : EvaluatorFault.NoAnswer);
            }
            catch (IOException)
            {
                return Failed(await WasKilledAsync(process).ConfigureAwait(false) ? EvaluatorFault.Killed : EvaluatorFault.NoAnswer);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return Failed(_isTooLarge ? EvaluatorFault.TooMuchMemory : EvaluatorFault.TooLong);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        Stop();
        _gate.Dispose();
    }

    private async Task<byte[]?> AskAsync(Process process, EvaluationRequest request, CancellationTokenSource bounded)
    {
        using var done = new CancellationTokenSource();
        var watch = WatchMemoryAsync(process.Id, bounded, done.Token);
        try
        {
            await EvaluatorFraming.WriteAsync(process.StandardInput.BaseStream, request.Encode(), bounded.Token).ConfigureAwait(false);
            return await EvaluatorFraming.ReadAsync(process.StandardOutput.BaseStream, bounded.Token).ConfigureAwait(false);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }
    }

    // The heap has a limit of its own; this is for all else that a process can hold.
    private async Task WatchMemoryAsync(int process, CancellationTokenSource request, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            if (ResidentMemory.Of(process) > settings.MemoryBytesMax)
            {
                _isTooLarge = true;
                await request.CancelAsync().ConfigureAwait(false);
            }

            await Task.Delay(MemoryPeriod, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A process says once that it has its data sets, with an empty message. One that was ended since the last request is none.
    private async Task<Process?> TryStartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_process is { HasExited: true }) Stop();
            var process = _process ??= Start();
            if (_isReady) return process;
            using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bounded.CancelAfter(StartLimit);
            if (await EvaluatorFraming.ReadAsync(process.StandardOutput.BaseStream, bounded.Token).ConfigureAwait(false) is not { Length: 0 }) return null;
            _isReady = true;
            return process;
        }
        catch (Exception failure) when (failure is IOException or System.ComponentModel.Win32Exception or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private Process Start()
    {
        _isReady = false;
        var start = new ProcessStartInfo("nice") { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            "-n", "5", ThisProgram.Host, ThisProgram.Path, "evaluate", "--threads", $"{settings.Engine.Threads}", "--path", EvaluationPath.NameOf(settings.Engine.Path),
        ];
        foreach (var argument in arguments.Concat(settings.Folders)) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_GCHeapHardLimit"] = $"0x{HeapBytes(settings.MemoryBytesMax):x}";
        start.Environment["DOTNET_TieredPGO"] = "0";
        // One that is ended in the middle would leave a debugger's pipes in the temporary folder, three files each time.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start) ?? throw new IOException("the evaluator process cannot be started");
    }

    private void Stop()
    {
        if (_process is not { } process) return;
        _process = null;
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }

        process.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the evaluator gave no answer: {Fault}; it may take {MemoryMb} MiB")]
    private partial void LogFailed(EvaluatorFault fault, long memoryMb);
}

/// <summary>How this program starts itself again.</summary>
internal static class ThisProgram
{
    /// <summary>What runs assemblies: this process' own program, unless it is one that brings its assembly with it, as a program of tests does.</summary>
    public static string Host => Environment.ProcessPath is { } path && System.IO.Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    /// <summary>The assembly that the dotnet host runs.</summary>
    public static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "NeuroChain.Node.dll");
}
