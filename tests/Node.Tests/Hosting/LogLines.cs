using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace NeuroChain.Node.Tests;

/// <summary>A log as a test reads it.</summary>
internal sealed class LogLines : ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];

    public bool Has(string part) => _lines.Any(line => line.Contains(part, StringComparison.Ordinal));

    public int Count(string part) => _lines.Count(line => line.Contains(part, StringComparison.Ordinal));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(formatter(state, exception));

    public override string ToString() => string.Join("; ", _lines.Distinct());
}
