namespace NeuroChain.Chain;

/// <summary>
/// Finds double votes, double proposals and amnesia among what the validators of one height signed, in whatever order it comes. Pure; as long
/// as nothing need be dropped, the same statements in another order convict the same validators.
/// </summary>
/// <remarks>
/// Of each validator one statement of each kind and round is kept, and only until it is convicted: a second one would convict it. Memory is
/// bounded although rounds are not. Of a validator with more rounds than may be kept the earliest goes in which nothing that it said can be
/// amnesia, so that a long height is followed to its end; where there is none, the latest goes, so that nobody hides a lock behind
/// statements of rounds to come. Whoever fills it says that much first: what a fork is judged by is stored beside it, from the latest
/// round down (ADR 074).
/// </remarks>
/// <param name="height">The height; statements of others tell nothing here.</param>
/// <param name="validators">Its set; strangers are not looked at.</param>
/// <param name="roundsMax">Rounds kept of each validator.</param>
public sealed class FaultFinder(Height height, ValidatorSet validators, int roundsMax)
{
    /// <summary>Rounds kept of all validators together, where all say all that they can: about twenty megabytes.</summary>
    private const int RoundsOfAll = 25_600;

    /// <summary>In a small set, too, what one liar may fill is bounded: about three megabytes.</summary>
    private const int RoundsOfOneMax = 4_096;

    // By index in the set; null once convicted.
    private readonly SortedDictionary<int, SortedDictionary<Round, Said>?> _validators = [];

    /// <summary>A finder that keeps as many rounds as a node can bear.</summary>
    /// <param name="height">The height; statements of others tell nothing here.</param>
    /// <param name="validators">Its set; strangers are not looked at.</param>
    public FaultFinder(Height height, ValidatorSet validators)
        : this(height, validators, RoundsKept(validators.Count))
    {
    }

    public Height Height => height;

    /// <summary>Rounds that a node keeps of each of so many validators: 256 of a hundred, 4,096 of four.</summary>
    public static int RoundsKept(int validators) => Math.Min(RoundsOfOneMax, RoundsOfAll / validators);

    /// <summary>Whether the vote could tell nothing: a stranger's, that of one who is convicted, or one that was taken. Then its signature need not be checked.</summary>
    public bool Knows(Vote vote, Address validator)
    {
        if (vote.Height != height || Of(validator) is not { } rounds) return true;
        return rounds.TryGetValue(vote.Round, out var said) && (vote is Prevote ? said.Prevote : said.Precommit)?.Vote == vote;
    }

    /// <summary>The same of a proposal.</summary>
    public bool Knows(Proposal proposal, Address proposer)
    {
        if (proposal.Height != height || Of(proposer) is not { } rounds) return true;
        return rounds.TryGetValue(proposal.Round, out var said) && said.Proposal?.Proposal == proposal;
    }

    /// <summary>Takes a vote; the evidence where it is the first that convicts its validator.</summary>
    public FaultProof? Add(VerifiedVote vote)
    {
        if (vote.Vote.Height != height || Of(vote.Validator) is not { } rounds) return null;
        var said = At(rounds, vote.Vote.Round);
        FaultProof? found;
        if (vote.Vote is Prevote prevote)
        {
            found = Contradiction(said.Prevote, vote.Signed) ?? FindLock(rounds, prevote, vote.Signed);
            said.Prevote ??= vote.Signed;
        }
        else
        {
            found = Contradiction(said.Precommit, vote.Signed) ?? FindVoteAgainst(rounds, (Precommit)vote.Vote, vote.Signed);
            said.Precommit ??= vote.Signed;
        }

        return Settle(vote.Validator, rounds, found);
    }

    /// <summary>Takes a proposal whose signature was checked; the evidence where it is the first that convicts its proposer.</summary>
    public FaultProof? Add(SignedProposal authentic)
    {
        if (authentic.Proposal.Height != height || Of(authentic.Proposer) is not { } rounds) return null;
        var said = At(rounds, authentic.Proposal.Round);
        var found = said.Proposal is { } first && first.Proposal != authentic.Proposal ? DuplicateProposalProof.Of(first, authentic) : null;
        said.Proposal ??= authentic;
        return Settle(authentic.Proposer, rounds, found);
    }

    private static FaultProof? Contradiction(SignedVote? first, SignedVote vote) =>
        first is not null && first.Vote != vote.Vote ? DuplicateVoteProof.Of(first, vote) : null;

    // The latest lock before the prevote: where that one allows it, every earlier one does.
    private static AmnesiaProof? FindLock(SortedDictionary<Round, Said> rounds, Prevote prevote, SignedVote signed)
    {
        var locked = rounds.Where(at => at.Key < prevote.Round).Select(at => at.Value.Precommit).LastOrDefault(vote => vote?.Vote.BlockHash is not null);
        return locked is not null && AmnesiaProof.Compare((Precommit)locked.Vote, prevote) == EvidenceFault.None ? new AmnesiaProof(locked, signed) : null;
    }

    private static AmnesiaProof? FindVoteAgainst(SortedDictionary<Round, Said> rounds, Precommit precommit, SignedVote signed)
    {
        var against = rounds.Values.Select(said => said.Prevote).FirstOrDefault(vote => vote?.Vote is Prevote prevote && AmnesiaProof.Compare(precommit, prevote) == EvidenceFault.None);
        return against is null ? null : new AmnesiaProof(signed, against);
    }

    private static Said At(SortedDictionary<Round, Said> rounds, Round round)
    {
        if (!rounds.TryGetValue(round, out var said)) rounds[round] = said = new Said();
        return said;
    }

    // Null for a stranger, and for who is convicted already.
    private SortedDictionary<Round, Said>? Of(Address validator)
    {
        if (!validators.TryIndexOf(validator, out var index)) return null;
        if (!_validators.TryGetValue(index, out var rounds)) _validators[index] = rounds = [];
        return rounds;
    }

    private FaultProof? Settle(Address validator, SortedDictionary<Round, Said> rounds, FaultProof? found)
    {
        if (found is not null)
        {
            _ = validators.TryIndexOf(validator, out var index);
            _validators[index] = null;
        }
        else if (rounds.Count > roundsMax)
        {
            var idle = rounds.Where(at => at.Value.IsNoAmnesia(at.Key)).Select(at => (Round?)at.Key).FirstOrDefault();
            rounds.Remove(idle ?? rounds.Keys.Last());
        }

        return found;
    }

    /// <summary>What a validator said in a round.</summary>
    private sealed class Said
    {
        public SignedVote? Prevote { get; set; }

        public SignedVote? Precommit { get; set; }

        public SignedProposal? Proposal { get; set; }

        // Neither a lock, nor a prevote that jumps over a round in which there could be one.
        public bool IsNoAmnesia(Round round) =>
            Proposal is null && Precommit?.Vote.BlockHash is null && (Prevote?.Vote is not Prevote { BlockHash: not null } prevote || round == (prevote.ValidRound?.Next() ?? Round.Zero));
    }
}
