using System.Collections.Concurrent;

namespace NeuroChain.Node.Tests;

/// <summary>Time that passes by hand.</summary>
internal sealed class HandTime : TimeProvider
{
    private readonly ConcurrentDictionary<HandTimer, bool> _timers = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50).AddTicks(GetTimestamp());

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public void Pass(TimeSpan duration)
    {
        var now = Interlocked.Add(ref _now, duration.Ticks);
        foreach (var timer in _timers.Keys) timer.Fire(now);
    }

    /// <summary>Whether somebody waits for what happens within that time.</summary>
    public bool IsAwaited(TimeSpan within) => _timers.Keys.Any(timer => timer.Due - GetTimestamp() <= within.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(this, () => callback(state), dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : GetTimestamp() + dueTime.Ticks);
        _timers[timer] = true;
        return timer;
    }

    private sealed class HandTimer(HandTime time, Action fire, long due) : ITimer
    {
        public long Due => due;

        public void Fire(long now)
        {
            if (now >= due && time._timers.TryRemove(this, out _)) fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => time._timers.TryRemove(this, out _);

        public void Dispose() => time._timers.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
