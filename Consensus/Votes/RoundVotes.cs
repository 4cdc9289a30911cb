using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>The votes of one kind in one round. Sets are small, so sums are taken when asked for.</summary>
/// <remarks>
/// A validator that contradicts itself counts once wherever it is asked who said anything, but for each of the blocks that it voted for:
/// others may have locked or decided with its second vote, and whoever saw the first one first could never follow them. Two blocks still
/// cannot both have a quorum unless more than a third lie. Memory stays bounded, because of the further votes only those are kept that
/// say what another validator's first vote says.
/// </remarks>
internal sealed class RoundVotes(ValidatorSet validators)
{
    // By index in the validator set, so that every walk has one order.
    private readonly SortedDictionary<int, VerifiedVote> _votes = [];

    /// <summary>The further votes of those who contradicted themselves; an empty list where none is worth keeping.</summary>
    private readonly SortedDictionary<int, List<VerifiedVote>> _contradictions = [];

    /// <summary>The first vote of each.</summary>
    public IEnumerable<VerifiedVote> All => _votes.Values;

    public IEnumerable<int> Voters => _votes.Keys;

    public int Count => _votes.Count;

    public ulong Power => Sum(_votes.Keys);

    public VerifiedVote? Of(int validator) => _votes.GetValueOrDefault(validator);

    /// <summary>Takes a vote; whether it counts for anything new.</summary>
    public bool Add(int validator, VerifiedVote vote)
    {
        if (_votes.TryAdd(validator, vote)) return true;
        if (Knows(validator, vote.Vote)) return false;
        if (!_contradictions.TryGetValue(validator, out var further)) _contradictions[validator] = further = [];
        if (!IsSaidByAnother(validator, vote.Vote)) return false;
        further.Add(vote);
        return true;
    }

    /// <summary>
    /// Whether the vote would change nothing: it was taken before, or its validator is already convicted here and nobody else says the same.
    /// Without the second a double voter could make us check and log as many votes as it likes.
    /// </summary>
    public bool Knows(int validator, Vote vote)
    {
        if (!_votes.TryGetValue(validator, out var first)) return false;
        if (first.Vote == vote) return true;
        if (!_contradictions.TryGetValue(validator, out var further)) return false;
        return further.Exists(f => f.Vote == vote) || !IsSaidByAnother(validator, vote);
    }

    /// <summary>Whether this very vote counts already.</summary>
    public bool Has(int validator, Vote vote) =>
        _votes.TryGetValue(validator, out var first)
        && (first.Vote == vote || (_contradictions.TryGetValue(validator, out var further) && further.Exists(f => f.Vote == vote)));

    public void Remove(int validator)
    {
        _votes.Remove(validator);
        _contradictions.Remove(validator);
    }

    /// <summary>Who voted so, and with which vote.</summary>
    public IEnumerable<(int Validator, VerifiedVote Vote)> VotesFor(Predicate<Vote> predicate)
    {
        foreach (var (validator, first) in _votes)
        {
            var further = _contradictions.GetValueOrDefault(validator) ?? [];
            var vote = predicate(first.Vote) ? first : further.Find(f => predicate(f.Vote));
            if (vote is not null) yield return (validator, vote);
        }
    }

    public bool HasQuorum(Predicate<Vote> predicate) => validators.IsQuorum(Sum(VotesFor(predicate).Select(v => v.Validator)));

    private bool IsSaidByAnother(int validator, Vote vote) => _votes.Any(v => v.Key != validator && v.Value.Vote == vote);

    private ulong Sum(IEnumerable<int> voters) => voters.Aggregate(0UL, (sum, index) => sum + validators[index].Power);
}
