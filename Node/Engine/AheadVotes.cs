using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Bounds what one validator says about rounds ahead: each such vote is checked and logged before the next one takes its place in memory, so a
/// single liar could fill the log of a height that stays open, with round after round.
/// </summary>
internal sealed class AheadVotes
{
    /// <summary>Votes of each validator between two re-broadcasts: more rounds than go by meanwhile. What is left out is said again then.</summary>
    public const int EachMax = 32;

    private readonly SortedDictionary<Address, int> _taken = [];

    /// <summary>Whether one more may be looked at.</summary>
    public bool HasRoom(Address validator) => _taken.GetValueOrDefault(validator) < EachMax;

    /// <summary>One was taken, with a signature that is right: nobody uses up what is another's.</summary>
    public void Took(Address validator) => _taken[validator] = _taken.GetValueOrDefault(validator) + 1;

    public void Clear() => _taken.Clear();
}
