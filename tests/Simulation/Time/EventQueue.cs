using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>Virtual time: what happens next, in order of time and then of planning, so that one seed is one run.</summary>
public sealed class EventQueue
{
    private readonly PriorityQueue<Action, (ulong Time, ulong Sequence)> _events = new();
    private ulong _sequence;

    /// <summary>Milliseconds.</summary>
    public ulong Now { get; private set; }

    public void After(ulong delay, Action happening) => At(Now + delay, happening);

    public void At(ulong time, Action happening)
    {
        Invariant.Check(time >= Now, "nothing is planned for the past");
        _events.Enqueue(happening, (time, _sequence++));
    }

    /// <summary>Runs the next event; false where none is left before the limit.</summary>
    public bool RunNext(ulong until)
    {
        if (!_events.TryPeek(out _, out var at) || at.Time > until) return false;
        var happening = _events.Dequeue();
        Now = at.Time;
        happening();
        return true;
    }
}
