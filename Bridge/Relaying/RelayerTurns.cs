namespace NeuroChain.Bridge;

/// <summary>
/// Who goes first among relayers that share the work: each waits for its place, which goes around with the items, so that usually one pays and the others
/// find it done. The last of n has gone after n - 1 pauses: one that works is enough.
/// </summary>
/// <param name="Place">Of this one, from 0 on.</param>
/// <param name="Count">Of all; one for a relayer that is alone.</param>
/// <param name="Pause">From one to the next: time for a transaction to be seen in a block.</param>
public sealed record RelayerTurns(int Place, int Count, TimeSpan Pause)
{
    /// <summary>For who goes at once.</summary>
    public static readonly RelayerTurns Alone = new(0, 1, TimeSpan.Zero);

    /// <summary>How long after it was first seen due an item is this one's to bring.</summary>
    public TimeSpan DelayOf(RelayItem item)
    {
        var first = (int)(item.Number % (ulong)Count);
        return ((Place - first + Count) % Count) * Pause;
    }
}

/// <summary>What a relayer keeps of items between passes: since when each is due, and until when it rests after a failure. Nothing of it needs to outlive the process.</summary>
public sealed class RelayMemory
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromMinutes(1), LongestRest = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Kept> _kept = [];

    /// <summary>Whether an item may be tried now; the first call begins its delay.</summary>
    public bool IsReady(RelayItem item, DateTimeOffset now, RelayerTurns turns)
    {
        var kept = Of(item, now);
        return now >= kept.Since + turns.DelayOf(item) && now >= kept.RestUntil;
    }

    /// <summary>It failed: twice as long a rest each time.</summary>
    public void Failed(RelayItem item, DateTimeOffset now)
    {
        var kept = Of(item, now);
        var rest = TimeSpan.FromTicks(Math.Min(FirstRest.Ticks << Math.Min(kept.Failures, 10), LongestRest.Ticks));
        _kept[item.Key] = kept with { Failures = kept.Failures + 1, RestUntil = now + rest };
    }

    /// <summary>Forgets all that is not offered any more.</summary>
    public void Keep(IEnumerable<RelayItem> offered)
    {
        var keys = offered.Select(item => item.Key).ToHashSet();
        foreach (var gone in _kept.Keys.Where(key => !keys.Contains(key)).ToArray()) _kept.Remove(gone);
    }

    private Kept Of(RelayItem item, DateTimeOffset now)
    {
        if (!_kept.TryGetValue(item.Key, out var kept)) _kept[item.Key] = kept = new Kept(now, DateTimeOffset.MinValue, 0);
        return kept;
    }

    private sealed record Kept(DateTimeOffset Since, DateTimeOffset RestUntil, int Failures);
}
