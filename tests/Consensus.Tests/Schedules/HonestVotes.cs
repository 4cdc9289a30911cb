using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>
/// Checks all that honest validators sign: never two votes in one place, never amnesia ({precommit v in r1, prevote for a block in r2 > r1
/// with validRound &lt; r1}), never anything that their signer would refuse.
/// </summary>
internal sealed class HonestVotes(int validators)
{
    private readonly List<Vote>[] _votes = [.. Enumerable.Range(0, validators).Select(_ => new List<Vote>())];
    private readonly SignerState[] _signers = [.. Enumerable.Repeat(SignerState.Empty, validators)];

    public int Count => _votes.Sum(votes => votes.Count);

    public IEnumerable<Vote> All => _votes.SelectMany(votes => votes);

    public void Add(int validator, VerifiedVote signed)
    {
        Ask(validator, SignRequest.Of(signed.Vote, Committee.Genesis), signed.Signed.Signature);
        foreach (var other in _votes[validator]) Assert.False(Convicts(other, signed.Vote) || Convicts(signed.Vote, other), $"{other} and {signed.Vote}");
        _votes[validator].Add(signed.Vote);
    }

    public void Add(int validator, SignedProposal signed) => Ask(validator, SignRequest.Of(signed.Proposal, Committee.Genesis), signed.Signature);

    /// <summary>Whether the two, by one validator, are a proof of its fault.</summary>
    internal static bool Convicts(Vote first, Vote second)
    {
        if (first.GetType() == second.GetType() && first.Round == second.Round) return first != second;
        return first is Precommit { Block: not null } locked
            && second is Prevote { Block: not null } prevote
            && prevote.Round > locked.Round
            && (prevote.ValidRound is not { } validRound || validRound < locked.Round);
    }

    private void Ask(int validator, SignRequest request, Signature signature)
    {
        var (refusal, given) = SignerRules.Check(_signers[validator], request);
        Assert.Equal(SignRefusal.None, refusal);
        if (given is null) _signers[validator] = SignerRules.After(_signers[validator], request, signature);
    }
}
