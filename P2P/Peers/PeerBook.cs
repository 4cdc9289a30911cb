using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>What came of an entry for the book.</summary>
public enum BookEntry
{
    /// <summary>It is in the book now.</summary>
    Taken,

    /// <summary>As old as what is known, too soon after it, of a node that may not connect here, or one too many: nobody's fault.</summary>
    Ignored,

    /// <summary>Not signed by the node that it is about.</summary>
    Forged,
}

/// <summary>
/// The newest word of each node about where it is reached. Only of nodes that may connect here, so that it cannot be filled by whoever
/// makes up keys; a signature is checked only where the entry would be news. Pure; not safe from several threads.
/// </summary>
public sealed class PeerBook(GenesisHash genesis, Func<Address, bool> isAllowed)
{
    public const int EntriesMax = 256;

    /// <summary>A node that moves more often is followed no faster: each move is a signature to check, a file to write and a host to dial.</summary>
    public static readonly TimeSpan BetweenMoves = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<Address, (SignedEndpoint Word, TimeSpan? Moved)> _entries = [];

    /// <summary>Of nodes that still may connect, by address.</summary>
    public IReadOnlyList<SignedEndpoint> Entries => [.. _entries.Values.Select(entry => entry.Word).Where(word => isAllowed(word.Node))];

    /// <param name="entry">Somebody's word about itself, whoever passed it on.</param>
    /// <param name="now">The present, from any fixed moment.</param>
    public BookEntry Learn(SignedEndpoint entry, TimeSpan now)
    {
        if (!isAllowed(entry.Node)) return BookEntry.Ignored;
        var isKnown = _entries.TryGetValue(entry.Node, out var known);
        if (isKnown && (known.Word.Sequence >= entry.Sequence || now - known.Moved < BetweenMoves)) return BookEntry.Ignored;
        if (!entry.IsAuthentic(genesis)) return BookEntry.Forged;
        if (!isKnown && !MakeRoom()) return BookEntry.Ignored;
        _entries[entry.Node] = (entry, isKnown ? now : null);
        return BookEntry.Taken;
    }

    private bool MakeRoom()
    {
        if (_entries.Count < EntriesMax) return true;
        foreach (var left in _entries.Keys.Where(node => !isAllowed(node)).ToList()) _entries.Remove(left);
        return _entries.Count < EntriesMax;
    }
}
