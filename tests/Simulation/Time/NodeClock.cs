using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>What one node believes the time to be: off by something, fast or slow, and set anew now and then. Timers do not go by it.</summary>
public sealed class NodeClock(ulong epoch, long offsetMs, long driftPpm)
{
    private const long Million = 1_000_000;

    private long _offsetMs = offsetMs;
    private long _driftPpm = driftPpm;
    private ulong _driftsSince;
    private Timestamp _highest;

    public Timestamp At(ulong now) => new(checked((ulong)((long)(epoch + now) + OffsetAt(now))));

    /// <summary>The latest time that it ever showed: what was timely once may be looked at when it was set back.</summary>
    public Timestamp HighestUntil(ulong now) => At(now) is var shown && shown > _highest ? shown : _highest;

    /// <summary>Milliseconds by which this clock is ahead; negative where it is behind.</summary>
    public long OffsetAt(ulong now) => _offsetMs + ((long)(now - _driftsSince) * _driftPpm / Million);

    /// <summary>Somebody sets the clock; it may go backwards.</summary>
    public void Jump(ulong now, long byMs)
    {
        _highest = HighestUntil(now);
        _offsetMs = OffsetAt(now) + byMs;
        _driftsSince = now;
    }

    /// <summary>The clock is kept right from now on, within what is said.</summary>
    public void Settle(ulong now, long offsetMs)
    {
        _highest = HighestUntil(now);
        (_offsetMs, _driftPpm, _driftsSince) = (offsetMs, 0, now);
    }
}
