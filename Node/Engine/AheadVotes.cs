using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Bounds what one validator says about rounds that this node has not come to: each such vote is checked and logged before the next one takes its
/// place in memory, so a single liar could fill the log of a height that stays open, with round after round.
/// </summary>
/// <remarks>
/// A vote gives its room back when its round comes. Whoever is honest and further ahead than that is followed all the same: it says the certificate
/// of its round again and again, and one of more than a third of the power needs no room.
/// </remarks>
internal sealed class AheadVotes
{
    /// <summary>Votes of each validator: two for each round of more rounds than go by between two re-broadcasts.</summary>
    public const int EachMax = 32;

    private readonly SortedDictionary<Address, List<Round>> _taken = [];

    /// <summary>Whether one more may be looked at by a node in this round.</summary>
    public bool HasRoom(Address validator, Round current) => !_taken.TryGetValue(validator, out var rounds) || rounds.Count(round => round > current) < EachMax;

    /// <summary>One was taken, with a signature that is right: nobody uses up what is another's.</summary>
    public void Took(Vote vote, Address validator, Round current)
    {
        if (!_taken.TryGetValue(validator, out var rounds)) _taken.Add(validator, rounds = []);
        rounds.RemoveAll(round => round <= current);
        rounds.Add(vote.Round);
    }

    /// <summary>Another height begins.</summary>
    public void Clear() => _taken.Clear();
}
