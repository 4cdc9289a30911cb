namespace NeuroChain.P2P;

/// <summary>
/// A token bucket: who takes from it is told how long to wait so as to stay within the rate. Nothing is refused; what is taken too
/// early becomes a debt that the wait pays off. Full at first. Safe from any thread.
/// </summary>
internal sealed class RateLimit
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly double _perSecond;
    private readonly double _burst;
    private double _tokens;
    private long _at;

    /// <param name="perSecond">How much may be taken per second in the long run.</param>
    /// <param name="burst">How much may be taken at once.</param>
    /// <param name="time">Its timestamps: they do not jump when somebody sets the clock.</param>
    public RateLimit(double perSecond, double burst, TimeProvider time)
    {
        _time = time;
        _perSecond = perSecond;
        _burst = burst;
        _tokens = burst;
        _at = time.GetTimestamp();
    }

    /// <summary>Takes so much; zero, or how long to wait before the next.</summary>
    public TimeSpan Take(double amount)
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_at, now).TotalSeconds * _perSecond)) - amount;
            _at = now;
            return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / _perSecond);
        }
    }
}
