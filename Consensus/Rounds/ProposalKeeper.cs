using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>A proposal of the true leader of its round, with the ledger's verdict on its block and the clock's.</summary>
internal sealed record KnownProposal(SignedProposal Signed, BlockRef Block, bool IsValid, bool IsTimely)
{
    public Proposal Proposal => Signed.Proposal;
}

/// <summary>
/// The proposals of one height. The first of a round is what we prevote on. A second, different one convicts its leader and is kept all
/// the same: others may have been shown it first, and then it is what they lock and decide (L36, L49). A third tells nothing more.
/// Bounded like the votes: see <see cref="VoteKeeper"/>.
/// </summary>
internal sealed class ProposalKeeper
{
    private const int KeptPerRound = 2;

    private readonly SortedDictionary<Round, List<KnownProposal>> _proposals = [];

    /// <summary>All of a round, the first first.</summary>
    public IReadOnlyList<KnownProposal> AllOf(Round round) => _proposals.TryGetValue(round, out var known) ? known : [];

    /// <summary>The first of a round.</summary>
    public KnownProposal? Of(Round round) => AllOf(round) is [var first, ..] ? first : null;

    /// <summary>Whether the proposal would change nothing: it was taken before, or its round is full.</summary>
    public bool Knows(Proposal proposal)
    {
        var known = AllOf(proposal.Round);
        return known.Count == KeptPerRound || known.Any(k => k.Proposal == proposal);
    }

    public void Add(KnownProposal proposal, Round current)
    {
        if (Knows(proposal.Proposal)) return;
        var round = proposal.Proposal.Round;
        if (_proposals.TryGetValue(round, out var known))
        {
            known.Add(proposal);
            return;
        }

        // Of the rounds ahead, the latest of each proposer.
        if (round > current)
        {
            var ahead = _proposals.Where(p => p.Key > current && p.Value[0].Signed.Proposer == proposal.Signed.Proposer).Select(p => p.Key).ToList();
            if (ahead.Exists(other => other > round)) return;
            foreach (var other in ahead) _proposals.Remove(other);
        }

        _proposals[round] = [proposal];
    }

    /// <summary>The proposers of the rounds after the given one.</summary>
    public IEnumerable<(Round Round, Address Proposer)> After(Round round) =>
        _proposals.Where(p => p.Key > round).Select(p => (p.Key, p.Value[0].Signed.Proposer));

    /// <summary>
    /// For L49, a valid proposal of this block in whatever round: what a decision needs is the block. One that was found invalid may be so for
    /// its form alone, as when an equivocating leader sends the block that the others decide with a false validRound: it hides nothing.
    /// </summary>
    public KnownProposal? ValidOf(BlockHash block) =>
        _proposals.Values.SelectMany(known => known).FirstOrDefault(p => p.Block.Hash == block && p.IsValid);
}
