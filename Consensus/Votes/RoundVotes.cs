using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>The votes of one kind in one round: the first of each validator. Sets are small, so sums are taken when asked for.</summary>
internal sealed class RoundVotes(ValidatorSet validators)
{
    // By index in the validator set, so that every walk has one order.
    private readonly SortedDictionary<int, VerifiedVote> _votes = [];

    public IEnumerable<VerifiedVote> All => _votes.Values;

    public IEnumerable<int> Voters => _votes.Keys;

    public int Count => _votes.Count;

    public ulong Power => Sum(_votes.Keys);

    public VerifiedVote? Of(int validator) => _votes.GetValueOrDefault(validator);

    /// <summary>The earlier, different vote of the same validator, if there is one; then the new one does not count.</summary>
    public VerifiedVote? Add(int validator, VerifiedVote vote)
    {
        if (_votes.TryAdd(validator, vote)) return null;
        var earlier = _votes[validator];
        return earlier.Vote == vote.Vote ? null : earlier;
    }

    public void Remove(int validator) => _votes.Remove(validator);

    public IEnumerable<int> VotersFor(Predicate<Vote> predicate) => _votes.Where(v => predicate(v.Value.Vote)).Select(v => v.Key);

    public bool HasQuorum(Predicate<Vote> predicate) => validators.IsQuorum(Sum(VotersFor(predicate)));

    private ulong Sum(IEnumerable<int> voters) => voters.Aggregate(0UL, (sum, index) => sum + validators[index].Power);
}
