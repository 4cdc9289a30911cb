namespace NeuroChain.P2P;

/// <summary>
/// How long to wait before the next try: linear, capped, and spread by a tenth so that nodes that lost a peer together do not
/// return together. Linear because validators are few and a chain that stands still must not wait for an exponential.
/// </summary>
internal readonly record struct Backoff(TimeSpan Step, TimeSpan Max)
{
    private const double Spread = 0.1;

    /// <param name="failures">Tries that failed since the last success, at least 1.</param>
    /// <param name="random">From [0, 1).</param>
    public TimeSpan Delay(int failures, double random)
    {
        var steps = Math.Min(failures, (Max / Step) + 1);
        var delay = Step * steps < Max ? Step * steps : Max;
        return delay * (1 - Spread + (2 * Spread * random));
    }
}
