using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Notices that the block which this node needs next is not to be had: who claims later ones is asked for it and has it not, as a peer that keeps fewer
/// blocks than this node is behind. Nobody lies then, and nothing else shows it. Pure; safe from any thread.
/// </summary>
internal sealed class MissingBlocks
{
    /// <summary>By then all who claim the block have been asked: a pause between two questions to one of them is shorter.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>And it is said no more often than this.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly SortedSet<Address> _lacking = [];
    private Height _wanted;
    private TimeSpan _since;
    private TimeSpan? _told;

    /// <summary>A peer answered that it has nothing from a height on.</summary>
    /// <param name="peer">Who.</param>
    /// <param name="asked">The height.</param>
    /// <param name="next">The one that this node needs now.</param>
    /// <param name="now">The present, from any fixed moment.</param>
    /// <returns>All who lack the next block, where it is time to say so; else nobody.</returns>
    public IReadOnlyList<Address> Lacks(Address peer, Height asked, Height next, TimeSpan now)
    {
        if (asked != next) return [];
        lock (_gate)
        {
            if (_wanted != next)
            {
                (_wanted, _since, _told) = (next, now, null);
                _lacking.Clear();
            }

            _lacking.Add(peer);
            if (now - _since < Patience || (_told is { } told && now - told < Pause)) return [];
            _told = now;
            return [.. _lacking];
        }
    }
}
