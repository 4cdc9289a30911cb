using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Of whom the log has spoken lately, so that no peer can fill it. Safe from any thread.</summary>
/// <param name="pause">How long nothing more is said of one.</param>
/// <param name="time">Its timestamps.</param>
internal sealed class SpokenOf(TimeSpan pause, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Address, long> _told = [];

    /// <summary>Whether there is something to say of it now; from here on it is said.</summary>
    public bool IsNew(Address peer)
    {
        lock (_gate)
        {
            if (_told.TryGetValue(peer, out var told) && time.GetElapsedTime(told) < pause) return false;
            foreach (var (old, _) in _told.Where(entry => time.GetElapsedTime(entry.Value) >= pause).ToList()) _told.Remove(old);
            _told[peer] = time.GetTimestamp();
            return true;
        }
    }
}
