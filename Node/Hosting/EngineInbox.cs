using System.Threading.Tasks.Sources;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What an input may wait behind.</summary>
internal enum InboxClass
{
    /// <summary>What decisions wait for, and questions: taken before all bulk.</summary>
    Urgent,

    /// <summary>Transactions and blocks to catch up with: as much of them as a turn has time for.</summary>
    Bulk,
}

/// <summary>Who brings an input; each has a queue of its own.</summary>
internal readonly record struct InboxSource(byte Kind, Address Peer)
{
    /// <summary>The node itself: timers, links, what it fetched. It never waits, and has few things under way at a time.</summary>
    public static readonly InboxSource Node = new(0, default);

    /// <summary>The API and whoever else asks.</summary>
    public static readonly InboxSource Users = new(1, default);

    public static InboxSource Of(Address peer) => new(2, peer);
}

/// <summary>Something to do in the engine's thread: handle an input, or else an act.</summary>
internal readonly record struct InboxItem(EngineInput? Input, Action<Engine>? Act = null);

/// <summary>
/// What waits for the engine. All that is urgent goes first, then bulk while the turn is young; within a class everybody has a turn, and
/// who has too much there already waits. Any thread posts, one takes.
/// </summary>
internal sealed class EngineInbox(TimeProvider time) : IValueTaskSource<bool>
{
    /// <summary>A turn ends with one flush of the log for all that it took.</summary>
    public const int TurnInputsMax = 256;

    /// <summary>No more bulk is taken in a turn that lasts as long: a vote that comes meanwhile is answered when the turn ends.</summary>
    public static readonly TimeSpan BulkTime = TimeSpan.FromMilliseconds(8);

    public const int UrgentPlaces = 64;
    public const int BulkPlaces = 256;

    // Four greatest proposals, or a second of a peer's transactions.
    private const long BytesPerSource = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly FairQueue<InboxSource, InboxItem> _urgent = new(UrgentPlaces, BytesPerSource);
    private readonly FairQueue<InboxSource, InboxItem> _bulk = new(BulkPlaces, BytesPerSource);
    private ManualResetValueTaskSourceCore<bool> _posted = new() { RunContinuationsAsynchronously = true };
    private bool _isAwaited;
    private bool _isClosed;

    // Of the reader alone.
    private long _turnBegan;
    private int _taken;
    private bool _hasTakenBulk;

    /// <summary>Returns when the item has its place; nothing is kept once the inbox is closed.</summary>
    public ValueTask PostAsync(InboxSource source, InboxClass lane, InboxItem item, int bytes = 0)
    {
        bool wakes;
        lock (_gate)
        {
            if (_isClosed) return default;
            var queue = lane == InboxClass.Urgent ? _urgent : _bulk;
            var placed = queue.Add(source, item, bytes, isBounded: source != InboxSource.Node);
            if (!placed.IsCompleted) return new ValueTask(placed); // then it is not empty, and the reader is awake
            wakes = _isAwaited;
            _isAwaited = false;
        }

        if (wakes) _posted.SetResult(true);
        return default;
    }

    /// <summary>Waits until there is something to take; false once the inbox is closed.</summary>
    public ValueTask<bool> WaitAsync()
    {
        lock (_gate)
        {
            if (_isClosed) return new ValueTask<bool>(false);
            if (!_urgent.IsEmpty || !_bulk.IsEmpty) return new ValueTask<bool>(true);
            _posted.Reset();
            _isAwaited = true;
            return new ValueTask<bool>(this, _posted.Version);
        }
    }

    public void BeginTurn()
    {
        _turnBegan = time.GetTimestamp();
        _taken = 0;
        _hasTakenBulk = false;
    }

    /// <summary>The next item of the turn; false where the turn is over.</summary>
    public bool TryTake(out InboxItem item)
    {
        item = default;
        if (_taken == TurnInputsMax) return false;
        lock (_gate)
        {
            if (_isClosed) return false;
            // The last place of a turn that had no bulk is for bulk: urgent things must not hold it up for good.
            var isBulksTurn = _taken == TurnInputsMax - 1 && !_hasTakenBulk && !_bulk.IsEmpty;
            if (isBulksTurn || !_urgent.TryTake(out item))
            {
                if (_hasTakenBulk && time.GetElapsedTime(_turnBegan) >= BulkTime) return false;
                if (!_bulk.TryTake(out item)) return false;
                _hasTakenBulk = true;
            }
        }

        _taken++;
        return true;
    }

    /// <summary>Ends all waiting, here and of whoever posts.</summary>
    public void Close()
    {
        bool wakes;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _urgent.Release();
            _bulk.Release();
            wakes = _isAwaited;
            _isAwaited = false;
        }

        if (wakes) _posted.SetResult(false);
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _posted.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _posted.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _posted.OnCompleted(continuation, state, token, flags);
}
