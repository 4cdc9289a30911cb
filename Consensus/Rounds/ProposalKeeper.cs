using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>A proposal of the true leader of its round, with the ledger's verdict on its block.</summary>
internal sealed record KnownProposal(SignedProposal Signed, BlockRef Block, bool IsValid)
{
    public Proposal Proposal => Signed.Proposal;
}

/// <summary>The first proposal of each round of one height, and whether another contradicted it. Bounded like the votes: see <see cref="VoteKeeper"/>.</summary>
internal sealed class ProposalKeeper
{
    private readonly SortedDictionary<Round, KnownProposal> _proposals = [];

    public KnownProposal? Of(Round round) => _proposals.GetValueOrDefault(round);

    /// <summary>The evidence where the leader of the round already proposed something else.</summary>
    public Evidence? Add(KnownProposal proposal, Round current)
    {
        var round = proposal.Proposal.Round;
        if (_proposals.TryGetValue(round, out var earlier))
            return earlier.Proposal == proposal.Proposal ? null : new Evidence.DuplicateProposal(earlier.Signed, proposal.Signed);

        // Of the rounds ahead, the latest of each proposer.
        if (round > current)
        {
            var ahead = _proposals.Where(p => p.Key > current && p.Value.Signed.Proposer == proposal.Signed.Proposer).Select(p => p.Key).ToList();
            if (ahead.Exists(other => other > round)) return null;
            foreach (var other in ahead) _proposals.Remove(other);
        }

        _proposals[round] = proposal;
        return null;
    }

    /// <summary>The proposal of any round for this block, once the ledger found it valid; for L49.</summary>
    public KnownProposal? For(BlockHash block, Round round) => Of(round) is { } p && p.Block.Hash == block ? p : null;
}
