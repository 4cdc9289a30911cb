using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>Proof of a fault from the signed bytes alone.</summary>
public abstract record Evidence(Address Guilty, Height Height)
{
    /// <summary>Two different votes of one kind in one round.</summary>
    public sealed record DuplicateVote(SignedVote First, SignedVote Second) : Evidence(First.Validator, First.Vote.Height);

    /// <summary>Two different proposals in one round.</summary>
    public sealed record DuplicateProposal(SignedProposal First, SignedProposal Second) : Evidence(First.Proposer, First.Proposal.Height);
}
