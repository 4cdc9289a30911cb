using System.Globalization;
using System.Threading.Channels;

namespace NeuroChain.Node;

/// <summary>
/// Writes log lines to a file: time, level, category, message. One background writer over a bounded channel; where it cannot keep up, lines
/// are dropped and counted rather than the node held up. At a size the file is moved aside, and one old file is kept.
/// </summary>
public sealed class FileLoggerProvider : ILoggerProvider
{
    private const long BytesMax = 64L * 1024 * 1024;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(10_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly string _path;
    private readonly LogLevel _least;
    private readonly TimeProvider _time;
    private readonly Task _writer;

    public FileLoggerProvider(string path, LogLevel least, TimeProvider time)
    {
        _path = path;
        _least = least;
        _time = time;
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
        var writer = new StreamWriter(_path, append: true);
        while (await _lines.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_lines.Reader.TryRead(out var line)) await writer.WriteLineAsync(line).ConfigureAwait(false);
            await writer.FlushAsync().ConfigureAwait(false);
            if (writer.BaseStream.Length < BytesMax) continue;
            await writer.DisposeAsync().ConfigureAwait(false);
            File.Move(_path, _path + ".1", overwrite: true);
            writer = new StreamWriter(_path, append: true);
        }

        await writer.DisposeAsync().ConfigureAwait(false);
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
