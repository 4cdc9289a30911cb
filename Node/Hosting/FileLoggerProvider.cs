using System.Globalization;
using System.Threading.Channels;

namespace NeuroChain.Node;

/// <summary>
/// Writes log lines to a file: time, level, category, message. One background writer over a bounded channel; where it cannot keep up, lines
/// are dropped and counted rather than the node held up. At a size the file is moved aside, and one old file is kept.
/// </summary>
/// <remarks>A disk that refuses ends no node by its log: lines are dropped, and every five seconds the file is tried again.</remarks>
public sealed class FileLoggerProvider : ILoggerProvider
{
    private const long BytesMax = 64L * 1024 * 1024;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Channel<string> _lines;
    private readonly string _path;
    private readonly LogLevel _least;
    private readonly TimeProvider _time;
    private readonly Task _writer;
    private StreamWriter? _file;
    private long _lost; // by any thread: lines that found no place to wait, or no file

    public FileLoggerProvider(string path, LogLevel least, TimeProvider time)
    {
        _path = path;
        _least = least;
        _time = time;
        var options = new BoundedChannelOptions(10_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite };
        _lines = Channel.CreateBounded<string>(options, _ => Interlocked.Increment(ref _lost));
        _writer = Task.Run(WriteAsync);
    }

    public ILogger CreateLogger(string categoryName) => new FileLogger(this, categoryName);

    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writer.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task WriteAsync()
    {
        long? failedAt = null;
        while (await _lines.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            if (_file is null && failedAt is { } since && _time.GetElapsedTime(since) < RetryAfter)
            {
                while (_lines.Reader.TryRead(out _)) Interlocked.Increment(ref _lost);
                continue;
            }

            try
            {
                await WriteWaitingAsync().ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Interlocked.Increment(ref _lost);
                failedAt = _time.GetTimestamp();
                Close();
            }
        }

        Close();
    }

    private async Task WriteWaitingAsync()
    {
        // Without a buffer of its own: what could not be written would be tried again when the file is closed.
        _file ??= new StreamWriter(new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));
        if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
        {
            await _file.WriteLineAsync(FormattableString.Invariant($"--- {lost} lines or more are missing here: they could not be written")).ConfigureAwait(false);
            await _file.FlushAsync().ConfigureAwait(false);
        }

        while (_lines.Reader.TryRead(out var line)) await _file.WriteLineAsync(line).ConfigureAwait(false);
        await _file.FlushAsync().ConfigureAwait(false);
        if (_file.BaseStream.Length < BytesMax) return;
        Close();
        File.Move(_path, _path + ".1", overwrite: true);
    }

    private void Close()
    {
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            // It has nowhere to put its last lines: it is closed all the same.
        }

        _file = null;
    }

    private sealed class FileLogger(FileLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= provider._least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var time = provider._time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            var line = $"{time} {Short(logLevel)} {category}: {formatter(state, exception)}";
            provider._lines.Writer.TryWrite(exception is null ? line : $"{line} | {exception}");
        }

        private static string Short(LogLevel level) => level switch
        {
            LogLevel.Trace => "TRC",
            LogLevel.Debug => "DBG",
            LogLevel.Information => "INF",
            LogLevel.Warning => "WRN",
            LogLevel.Error => "ERR",
            _ => "CRT",
        };
    }
}
