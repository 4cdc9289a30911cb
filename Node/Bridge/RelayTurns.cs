using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Who brings a piece of evidence: any validator may, and one is enough. Each piece has a first one, by its number; where the chain does not have it some
/// blocks later, the next one in the set brings it too, and so on. So evidence is sent once as long as all are there, and comes in time where some are not.
/// </summary>
internal sealed class RelayTurns
{
    /// <summary>Blocks that whoever is first has for it.</summary>
    public const ulong PatienceBlocks = 4;

    /// <summary>What was sent, and is not on chain, is sent again after so many blocks.</summary>
    public const ulong RetryBlocks = 8;

    // However large the set is, nobody waits longer.
    private const int PlacesMax = 8;

    private readonly Dictionary<Hash256, (Height Since, Height? Sent)> _known = [];

    /// <summary>How many others are asked before.</summary>
    public static int PlaceOf(ValidatorSet members, Address validator, ulong number)
    {
        if (!members.TryIndexOf(validator, out var index)) return PlacesMax;
        var first = (int)(number % (ulong)members.Count);
        return Math.Min((index - first + members.Count) % members.Count, PlacesMax);
    }

    /// <summary>Whether this validator sends the piece now. It is asked at every height, and says yes at most once in <see cref="RetryBlocks"/>.</summary>
    /// <param name="piece">Names it: the same for all validators, or not.</param>
    /// <param name="place">From <see cref="PlaceOf"/>.</param>
    /// <param name="now">The chain's height.</param>
    public bool Take(Hash256 piece, int place, Height now)
    {
        if (!_known.TryGetValue(piece, out var known)) known = (now, null);
        var isDue = now >= known.Since.Plus((ulong)place * PatienceBlocks) && (known.Sent is not { } sent || now >= sent.Plus(RetryBlocks));
        _known[piece] = isDue ? known with { Sent = now } : known;
        return isDue;
    }

    /// <summary>Forgets what nobody asked for any more: it is on chain.</summary>
    public void Keep(IReadOnlySet<Hash256> pieces)
    {
        foreach (var gone in _known.Keys.Where(piece => !pieces.Contains(piece)).ToList()) _known.Remove(gone);
    }
}
