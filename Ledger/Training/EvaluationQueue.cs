using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Whose turn it is where several tasks share one evaluator: start-time fair queueing (Goyal, Vin, Cheng 1996). Each task has a clock of the work that was done
/// for it; what is asked gets as its start the task's clock, or the queue's where that is ahead, and the least start is done next. So a task
/// that always asks has the same share of the work as every other that does, whatever its requests weigh, and who was idle has saved up nothing.
/// </summary>
/// <remarks>
/// Of any two tasks that both have something waiting, neither gets ahead of the other by more than one request of each. So a request waits for no
/// more of another task than its own task's last request and that task's largest weigh. Equal starts go by the order in which they were asked. It knows no
/// time and does no work: whoever owns the evaluator asks it for the next one when the evaluator is free.
/// </remarks>
public sealed class EvaluationQueue
{
    private readonly List<Waiting> _waiting = [];
    private readonly Dictionary<Hash256, UInt128> _clocks = [];
    private UInt128 _now;
    private ulong _tickets;

    public int Count => _waiting.Count;

    /// <summary>Something is asked for a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="work">How much it is, in any unit that is the same for all tasks; at least 1 is taken.</param>
    /// <returns>The ticket by which <see cref="Next"/> names it.</returns>
    public ulong Ask(Hash256 task, UInt128 work)
    {
        var ticket = ++_tickets;
        // The clock moves on when it is asked, not when it is done: two requests of one task stand behind each other.
        var start = UInt128.Max(_now, _clocks.GetValueOrDefault(task));
        _clocks[task] = start + UInt128.Max(1, work);
        _waiting.Add(new Waiting(ticket, task, start, _clocks[task] - start));
        return ticket;
    }

    /// <summary>Takes the next one out; null where nothing waits. A queue that runs empty forgets what was done.</summary>
    public ulong? Next()
    {
        if (_waiting.Count == 0)
        {
            _clocks.Clear();
            _now = 0;
            return null;
        }

        var next = _waiting.MinBy(waiting => (waiting.Start, waiting.Ticket))!;
        _waiting.Remove(next);
        _now = next.Start;
        return next.Ticket;
    }

    /// <summary>What was asked is not wanted any more; the task gets its place back where nothing of it stands behind.</summary>
    public void Forget(ulong ticket)
    {
        if (_waiting.Find(waiting => waiting.Ticket == ticket) is not { } gone) return;
        _waiting.Remove(gone);
        if (_clocks[gone.Task] == gone.Start + gone.Work) _clocks[gone.Task] = gone.Start;
    }

    private sealed record Waiting(ulong Ticket, Hash256 Task, UInt128 Start, UInt128 Work);
}
