using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// What the driver is told. This and <see cref="Effect"/> are the whole protocol between consensus and the world: signatures were checked
/// and blocks validated outside, time comes as elapsed timeouts.
/// </summary>
public abstract record Input
{
    private Input() { }

    /// <summary>Begin a height (paper L1-10 and L54): round 0 starts at once.</summary>
    public sealed record StartHeight(Height Height, LeaderSchedule Schedule) : Input;

    /// <summary>A proposal with a right signature.</summary>
    /// <param name="Proposal">Of the leader of its round, or it has no effect.</param>
    /// <param name="Block">The block that it names.</param>
    /// <param name="IsValid">Whether the ledger finds the block valid: the paper's valid(v), the same for everybody.</param>
    /// <param name="IsTimely">Whether the block's time fits to this node's clock when the proposal came; asked by L22 alone.</param>
    public sealed record ProposalReceived(SignedProposal Proposal, BlockRef Block, bool IsValid, bool IsTimely) : Input;

    /// <summary>A vote, of our own or another's.</summary>
    public sealed record VoteReceived(VerifiedVote Vote) : Input;

    /// <summary>
    /// The votes of a polka, of a round certificate or of a commit certificate, taken as one: no rule fires in the middle of it. What was
    /// taken before changes nothing.
    /// </summary>
    public sealed record CertificateReceived(IReadOnlyList<VerifiedVote> Votes) : Input;

    /// <summary>The answer to <see cref="Effect.GetValue"/>.</summary>
    public sealed record ValueBuilt(Height Height, Round Round, BlockRef Block) : Input;

    public sealed record TimeoutElapsed(Timeout Timeout) : Input;
}
