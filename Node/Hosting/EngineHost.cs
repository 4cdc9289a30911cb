using System.Threading.Channels;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Gives the engine its thread, clock, timers and network. One loop owns the engine; all others write to its channel, which is bounded
/// and makes senders wait: the transport then stops reading, and nothing is lost here.
/// </summary>
public sealed partial class EngineHost : IAsyncDisposable
{
    private const int TurnInputsMax = 256;

    private readonly Channel<Action<Engine>> _inbox = Channel.CreateBounded<Action<Engine>>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly Engine _engine;
    private readonly Action<EngineOutput> _perform;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping; // outlives its source: peers and timers may speak up when all is over
    private Task _loop = Task.CompletedTask;
    private volatile HostView _view;

    /// <param name="engine">Nobody else may touch it from now on.</param>
    /// <param name="perform">Does what the engine asks, without blocking; timers are the host's own.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="logger">For inputs and effects: the trace of the node.</param>
    public EngineHost(Engine engine, Action<EngineOutput> perform, TimeProvider time, ILogger logger)
    {
        _engine = engine;
        _perform = perform;
        _time = time;
        _logger = logger;
        _stopping = _stop.Token;
        _view = View();
        Intake = new TransactionIntake(engine.State.GenesisHash);
    }

    /// <summary>What checks transactions before the engine sees them.</summary>
    public TransactionIntake Intake { get; }

    /// <summary>Ends when the loop does; faulted where the node must stop.</summary>
    public Task Completion => _loop;

    /// <summary>The engine as of the last turn.</summary>
    public HostView Current => _view;

    public void Start() => _loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    /// <summary>Hands an input to the engine; waits while it has too much to do.</summary>
    public ValueTask TellAsync(EngineInput input)
    {
        // What a message says may depend on when it came, and the engine may have much to do before.
        var told = input is EngineInput.MessageArrived { ReceivedAt: null } message ? message with { ReceivedAt = Now() } : input;
        return PostAsync(engine => engine.Handle(told, Now()));
    }

    /// <summary>The same, and returns when the engine has handled it.</summary>
    public Task HandledAsync(EngineInput input) => AskAsync(engine =>
    {
        engine.Handle(input, Now());
        return true;
    });

    /// <summary>Makes a turn: something that the engine waits for is done. From any thread, never blocking.</summary>
    public void Wake() => _ = PostAsync(static _ => { }).AsTask();

    /// <summary>Admits a transaction.</summary>
    public Task<MempoolRejection> SubmitAsync(Transaction transaction) => AskAsync(engine => engine.Submit(transaction));

    /// <summary>Runs a question in the engine's thread.</summary>
    public async Task<T> AskAsync<T>(Func<Engine, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await PostAsync(engine => answer.SetResult(question(engine))).ConfigureAwait(false);
        var first = await Task.WhenAny(answer.Task, _loop).ConfigureAwait(false);
        if (first != answer.Task) throw new OperationCanceledException("the node is stopping");
        return await answer.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _inbox.Writer.TryComplete();
        try
        {
            await _loop.ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogStopped(failure.Message); // whoever watches Completion has it already
        }

        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        _engine.Start(Now());
        EndTurn();
        var reader = _inbox.Reader;
        while (await reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (_stopping.IsCancellationRequested) return;
            for (var i = 0; i < TurnInputsMax && reader.TryRead(out var act); i++) act(_engine);
            EndTurn();
        }
    }

    private void EndTurn()
    {
        var outputs = _engine.EndTurn();
        _view = View();
        foreach (var output in outputs)
        {
            if (output is EngineOutput.SetTimer set) SetTimer(set);
            else _perform(output);
        }
    }

    private void SetTimer(EngineOutput.SetTimer set)
    {
        ITimer? timer = null;
        timer = _time.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                _ = TellAsync(new EngineInput.TimerElapsed(set.Timer)).AsTask();
            },
            null,
            set.After,
            System.Threading.Timeout.InfiniteTimeSpan);
    }

    private async ValueTask PostAsync(Action<Engine> act)
    {
        try
        {
            await _inbox.Writer.WriteAsync(act, _stopping).ConfigureAwait(false);
        }
        catch (Exception stopping) when (stopping is ChannelClosedException or OperationCanceledException)
        {
            // The node stops: what comes now would not be handled any more.
        }
    }

    private HostView View() => new(_engine.State, _engine.Round, _engine.IsCatchingUp, _engine.Mempool.Count);

    private Timestamp Now() => new((ulong)_time.GetUtcNow().ToUnixTimeMilliseconds());

    [LoggerMessage(Level = LogLevel.Debug, Message = "engine stopped: {Reason}")]
    private partial void LogStopped(string reason);
}

/// <summary>What others may know of the engine without asking it.</summary>
public sealed record HostView(LedgerState State, Round Round, bool IsCatchingUp, int MempoolCount);
