using System.Buffers.Binary;
using System.Diagnostics;

namespace NeuroChain.Node;

/// <summary>
/// An evaluator as a process of its own, at low priority and with bounds on memory and time: a crafted checkpoint can take that process
/// down, never the validator. One request at a time; whatever goes wrong ends the process, and the next request starts a new one.
/// </summary>
internal sealed partial class EvaluatorProcess(IReadOnlyList<string> folders, int threads, ILogger logger) : IDisposable
{
    private const string HeapBytesMax = "0x60000000"; // 1.5 GiB: data sets, 64 MiB checkpoints and their activations

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _gate = new(1);
    private Process? _process;

    /// <summary>Starts the process, which then loads its data sets: the first training round need not wait for that.</summary>
    public void WarmUp() => _process ??= Start();

    /// <summary>Null where the evaluator failed; the reason is in the log.</summary>
    public async Task<IReadOnlyList<CheckpointLosses>?> EvaluateAsync(EvaluationRequest request, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            var process = _process ??= Start();
            await EvaluatorFraming.WriteAsync(process.StandardInput.BaseStream, request.Encode(), limit.Token).ConfigureAwait(false);
            var answer = await EvaluatorFraming.ReadAsync(process.StandardOutput.BaseStream, limit.Token).ConfigureAwait(false);
            var results = answer is null ? null : CheckpointLosses.Decode(answer);
            if (results?.Count != request.Checkpoints.Count)
            {
                LogFailed("it gave no answer");
                Stop();
                return null;
            }

            return results;
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogFailed(failure.Message);
            Stop();
            return null;
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

    private Process Start()
    {
        var start = new ProcessStartInfo("nice") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { "-n", "5", Environment.ProcessPath!, ThisProgram.Path, "evaluate", "--threads", $"{threads}" }) start.ArgumentList.Add(argument);
        foreach (var folder in folders) start.ArgumentList.Add(folder);
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapBytesMax;
        start.Environment["DOTNET_TieredPGO"] = "0";
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "the evaluator failed: {Reason}")]
    private partial void LogFailed(string reason);
}

/// <summary>Four bytes of length, then the message.</summary>
internal static class EvaluatorFraming
{
    public static async Task WriteAsync(Stream stream, byte[] message, CancellationToken cancellationToken)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)message.Length);
        await stream.WriteAsync(length, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Null where the stream ended or the length is out of bounds.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var prefix = new byte[4];
        if (await stream.ReadAtLeastAsync(prefix, 4, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < 4) return null;
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length > EvaluationRequest.BytesMax) return null;
        var message = new byte[length];
        var read = await stream.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return read == message.Length ? message : null;
    }
}

/// <summary>How this program starts itself again.</summary>
internal static class ThisProgram
{
    /// <summary>The assembly that the dotnet host runs.</summary>
    public static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "NeuroChain.Node.dll");
}
