namespace NeuroChain.Node;

/// <summary>
/// A clock that is wrong by a constant, for tests of what a validator with a wrong clock does to a chain. Only the time of day is: timers and
/// timestamps go by the right clock, as they do on a machine whose clock somebody set wrong.
/// </summary>
internal sealed class OffsetTime(TimeProvider time, TimeSpan offset) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + offset;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
