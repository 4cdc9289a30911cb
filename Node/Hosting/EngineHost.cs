using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Gives the engine its turns, clock, timers and network. One loop owns the engine, one turn after the other, each on a thread of the pool; all others
/// write to its inbox, which is bounded and makes senders wait: the transport then stops reading, and nothing is lost here.
/// </summary>
public sealed partial class EngineHost : IAsyncDisposable
{
    private readonly EngineInbox _inbox;
    private readonly Engine _engine;
    private readonly Action<EngineOutput> _perform;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
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
        _inbox = new EngineInbox(time);
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

    /// <summary>Hands an input to the engine; waits while the engine has too much to do of whoever it comes from.</summary>
    /// <param name="input">What came.</param>
    /// <param name="bytes">What it holds in memory, roughly.</param>
    public ValueTask TellAsync(EngineInput input, int bytes = 0)
    {
        // What a message says may depend on when it came, and the engine may have much to do before.
        var told = input is EngineInput.MessageArrived { ReceivedAt: null } message ? message with { ReceivedAt = Now() } : input;
        var (source, lane) = PlaceOf(told);
        return _inbox.PostAsync(source, lane, new InboxItem(told), bytes);
    }

    /// <summary>The same, and returns when the engine has handled it.</summary>
    public Task HandledAsync(EngineInput input)
    {
        var (source, lane) = PlaceOf(input);
        return AskAsync(source, lane, engine =>
        {
            engine.Handle(input, Now());
            return true;
        });
    }

    /// <summary>Makes a turn: something that the engine waits for is done. From any thread, never blocking.</summary>
    public void Wake() => _ = _inbox.PostAsync(InboxSource.Node, InboxClass.Urgent, default);

    /// <summary>Admits a transaction.</summary>
    public Task<MempoolRejection> SubmitAsync(Transaction transaction) => SubmitAsync(engine => engine.Submit(transaction));

    /// <summary>Runs a question that admits transactions in the engine's thread; they wait behind votes, as those of peers do.</summary>
    public Task<T> SubmitAsync<T>(Func<Engine, T> question) => AskAsync(InboxSource.Users, InboxClass.Bulk, question);

    /// <summary>Runs a question in the engine's thread.</summary>
    public Task<T> AskAsync<T>(Func<Engine, T> question) => AskAsync(InboxSource.Users, InboxClass.Urgent, question);

    private async Task<T> AskAsync<T>(InboxSource source, InboxClass lane, Func<Engine, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.PostAsync(source, lane, new InboxItem(null, engine => answer.SetResult(question(engine)))).ConfigureAwait(false);
        var first = await Task.WhenAny(answer.Task, _loop).ConfigureAwait(false);
        if (first != answer.Task) throw new OperationCanceledException("the node is stopping");
        return await answer.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _inbox.Close();
        try
        {
            await _loop.ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogStopped(failure.Message); // whoever watches Completion has it already
        }
    }

    internal static (InboxSource Source, InboxClass Lane) PlaceOf(EngineInput input) => input switch
    {
        EngineInput.MessageArrived m => (InboxSource.Of(m.Peer), m.Message.IsGossip ? InboxClass.Bulk : InboxClass.Urgent),
        EngineInput.TransactionsArrived t => (InboxSource.Of(t.Peer), InboxClass.Bulk),
        EngineInput.BlocksArrived => (InboxSource.Node, InboxClass.Bulk), // asked for, and never behind what its peer sends unasked
        _ => (InboxSource.Node, InboxClass.Urgent),
    };

    private async Task RunAsync()
    {
        try
        {
            _engine.Start(Now());
            EndTurn();
            while (await _inbox.WaitAsync().ConfigureAwait(false))
            {
                _inbox.BeginTurn();
                while (_inbox.TryTake(out var item)) Do(item);
                EndTurn();
            }
        }
        finally
        {
            _inbox.Close(); // nobody waits for an engine that failed
        }
    }

    private void Do(InboxItem item)
    {
        if (item.Input is { } input) _engine.Handle(input, Now());
        else item.Act?.Invoke(_engine);
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
                _ = TellAsync(new EngineInput.TimerElapsed(set.Timer));
            },
            null,
            set.After,
            System.Threading.Timeout.InfiniteTimeSpan);
    }

    private HostView View() => new(_engine.Stored, _engine.Round, _engine.IsCatchingUp, _engine.Mempool.Count) { IsSilent = _engine.Silence != NeuroChain.Consensus.SignRefusal.None };

    private Timestamp Now() => new((ulong)_time.GetUtcNow().ToUnixTimeMilliseconds());

    [LoggerMessage(Level = LogLevel.Debug, Message = "engine stopped: {Reason}")]
    private partial void LogStopped(string reason);
}

/// <summary>What others may know of the engine without asking it. The block of the state is in the store.</summary>
public sealed record HostView(LedgerState State, Round Round, bool IsCatchingUp, int MempoolCount)
{
    /// <summary>Whether this node's validator does not vote: it does not know how far the others are, or is behind them, or its signer is not to be had.</summary>
    public bool IsSilent { get; init; }
}
