using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// Counts the votes of one height. The first vote per validator, round and kind counts; a second, different one convicts its validator
/// (<see cref="FaultFinder"/>), and counts only as <see cref="RoundVotes"/> says.
/// </summary>
/// <remarks>
/// Memory is bounded although rounds are not: of the rounds ahead only the latest of each sender is kept, which is all that the skip rule
/// (L55) needs; a sender's earlier future round is dropped when a later one comes.
/// </remarks>
internal sealed class VoteKeeper(ValidatorSet validators)
{
    private readonly SortedDictionary<Round, RoundVotes> _prevotes = [];
    private readonly SortedDictionary<Round, RoundVotes> _precommits = [];
    private readonly SortedDictionary<int, Round> _ahead = [];

    public ValidatorSet Validators => validators;

    /// <summary>How many rounds of either kind take memory.</summary>
    public int RoundsHeld => _prevotes.Count + _precommits.Count;

    /// <summary>Takes a vote; whether it counts for anything new.</summary>
    public bool Add(VerifiedVote vote, Round current)
    {
        if (!validators.TryIndexOf(vote.Validator, out var validator)) return false;
        if (!KeepsFuture(validator, vote.Vote.Round, current)) return false;
        var votes = Of(vote.Vote is Prevote ? _prevotes : _precommits, vote.Vote.Round);
        return votes.Add(validator, vote);
    }

    /// <summary>See <see cref="RoundVotes.Knows"/>.</summary>
    public bool Knows(int validator, Vote vote) =>
        (vote is Prevote ? Prevotes(vote.Round) : Precommits(vote.Round))?.Knows(validator, vote) ?? false;

    /// <summary>See <see cref="RoundVotes.Has"/>.</summary>
    public bool Has(int validator, Vote vote) =>
        (vote is Prevote ? Prevotes(vote.Round) : Precommits(vote.Round))?.Has(validator, vote) ?? false;

    /// <summary>Whether a message of this round may be kept; forgets the sender's earlier future round.</summary>
    public bool KeepsFuture(int validator, Round round, Round current)
    {
        if (round <= current) return true;
        if (_ahead.TryGetValue(validator, out var latest) && latest > current && latest != round)
        {
            if (round < latest) return false;
            Forget(_prevotes, latest, validator);
            Forget(_precommits, latest, validator);
        }

        _ahead[validator] = round;
        return true;
    }

    /// <summary>L28 and L36: more than two thirds prevoted this block in this round, all with this validRound.</summary>
    public bool HasPolka(Round round, BlockHash block, Round? validRound) =>
        Prevotes(round)?.HasQuorum(v => v is Prevote p && p.Block == block && p.ValidRound == validRound) ?? false;

    /// <summary>Whether there is a polka for the block whatever its common validRound; the validRound of that polka.</summary>
    public bool HasAnyPolka(Round round, BlockHash block)
    {
        if (Prevotes(round) is not { } votes) return false;
        foreach (var vote in votes.All)
            if (vote.Vote is Prevote p && p.Block == block && HasPolka(round, block, p.ValidRound))
                return true;
        return false;
    }

    /// <summary>L44.</summary>
    public bool HasNilPolka(Round round) => Prevotes(round)?.HasQuorum(v => v.BlockHash is null) ?? false;

    /// <summary>L34.</summary>
    public bool HasPrevoteQuorum(Round round) => Prevotes(round) is { } votes && validators.IsQuorum(votes.Power);

    /// <summary>L47.</summary>
    public bool HasPrecommitQuorum(Round round) => Precommits(round) is { } votes && validators.IsQuorum(votes.Power);

    /// <summary>L49: the blocks that more than two thirds precommitted in some round, earliest round first.</summary>
    public IEnumerable<(Round Round, BlockRef Block)> Commits()
    {
        foreach (var (round, votes) in _precommits)
        {
            if (!validators.IsQuorum(votes.Power)) continue;
            foreach (var block in votes.All.Select(v => ((Precommit)v.Vote).Block).OfType<BlockRef>().Distinct())
                if (votes.HasQuorum(v => v is Precommit p && p.Block == block))
                    yield return (round, block);
        }
    }

    /// <summary>L55: the latest round above the given one in which more than a third said anything, proposers included.</summary>
    /// <param name="current">The round that we are in.</param>
    /// <param name="proposers">The rounds whose proposal is known, and who proposed.</param>
    public Round? FindSkip(Round current, IReadOnlyDictionary<Round, int> proposers)
    {
        foreach (var round in _prevotes.Keys.Concat(_precommits.Keys).Concat(proposers.Keys).Where(r => r > current).Distinct().OrderDescending())
        {
            var senders = new SortedSet<int>(Prevotes(round)?.Voters ?? []);
            senders.UnionWith(Precommits(round)?.Voters ?? []);
            if (proposers.TryGetValue(round, out var proposer)) senders.Add(proposer);
            if (validators.HasHonest(senders.Aggregate(0UL, (sum, index) => sum + validators[index].Power))) return round;
        }

        return null;
    }

    /// <summary>What <see cref="Commits"/> found, as a certificate: its votes were checked one by one when they came.</summary>
    public VerifiedCommit Commit(Round round, BlockRef block) =>
        VerifiedCommit.Of(Precommits(round)!.VotesFor(v => v is Precommit p && p.Block == block).Select(v => v.Vote), validators);

    public PolkaCertificate PolkaCertificate(Height height, Round round, Round? validRound, BlockHash block) =>
        new(height, round, validRound, block, SignaturesFor(Prevotes(round)!, v => v is Prevote p && p.Block == block && p.ValidRound == validRound));

    /// <summary>One vote of each validator that said anything in the round, where together they let others skip to it.</summary>
    public RoundCertificate? RoundCertificate(Round round)
    {
        var votes = new SortedDictionary<int, VerifiedVote>();
        foreach (var kind in new[] { Prevotes(round), Precommits(round) })
            foreach (var index in kind?.Voters ?? [])
                votes[index] = kind!.Of(index)!;
        var power = votes.Keys.Aggregate(0UL, (sum, index) => sum + validators[index].Power);
        return validators.HasHonest(power) ? new RoundCertificate([.. votes.Values.Select(v => v.Signed)]) : null;
    }

    public VerifiedVote? PrevoteOf(int validator, Round round) => Prevotes(round)?.Of(validator);

    public VerifiedVote? PrecommitOf(int validator, Round round) => Precommits(round)?.Of(validator);

    private ImmutableArray<IndexedSignature> SignaturesFor(RoundVotes votes, Predicate<Vote> predicate) =>
        [.. votes.VotesFor(predicate).Select(v => new IndexedSignature((ushort)v.Validator, v.Vote.Signed.Signature))];

    private RoundVotes? Prevotes(Round round) => _prevotes.GetValueOrDefault(round);

    private RoundVotes? Precommits(Round round) => _precommits.GetValueOrDefault(round);

    // An empty round goes too: rounds are endless, and each that a flood leaves behind would stay.
    private static void Forget(SortedDictionary<Round, RoundVotes> rounds, Round round, int validator)
    {
        if (!rounds.TryGetValue(round, out var votes)) return;
        votes.Remove(validator);
        if (votes.Count == 0) rounds.Remove(round);
    }

    private RoundVotes Of(SortedDictionary<Round, RoundVotes> rounds, Round round)
    {
        if (!rounds.TryGetValue(round, out var votes)) rounds[round] = votes = new RoundVotes(validators);
        return votes;
    }
}
