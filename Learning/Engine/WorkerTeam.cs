using System.Runtime.ExceptionServices;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// Threads that run one job together, each told its number; the caller is number 0. Each proves before its share that its floating-point
/// mode is the standard one. With one worker no thread is made.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _starts;
    private readonly CountdownEvent _done = new(1);
    private Action<int>? _job;
    private Exception? _failure;
    private volatile bool _stopping;

    public WorkerTeam(int workers)
    {
        Count = workers;
        _starts = [.. Enumerable.Range(0, workers - 1).Select(_ => new SemaphoreSlim(0))];
        _threads = [.. Enumerable.Range(1, workers - 1).Select(number =>
            new Thread(() => Serve(number)) { IsBackground = true, Name = $"learning {number}" })];
        foreach (var thread in _threads) thread.Start();
    }

    public int Count { get; }

    /// <summary>Returns when all workers are done; the first failure is thrown again here.</summary>
    /// <exception cref="OperatorException">A worker's floating-point mode is not the standard one.</exception>
    public void Run(Action<int> job)
    {
        _job = job;
        _failure = null;
        _done.Reset(Count);
        foreach (var start in _starts) start.Release();
        RunShare(0);
        _done.Wait();
        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
    }

    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        foreach (var start in _starts) start.Release();
        foreach (var thread in _threads) thread.Join();
        foreach (var start in _starts) start.Dispose();
        _done.Dispose();
    }

    private void Serve(int number)
    {
        while (true)
        {
            _starts[number - 1].Wait();
            if (_stopping) return;
            RunShare(number);
        }
    }

    private void RunShare(int number)
    {
        try
        {
            FloatingPointCheck.Demand();
            _job!(number);
        }
        catch (Exception exception)
        {
            // Whatever it is, it belongs to the caller: a worker's thread has nobody above it.
            Interlocked.CompareExchange(ref _failure, exception, null);
        }
        finally
        {
            _done.Signal();
        }
    }
}
