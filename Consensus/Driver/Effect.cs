using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>What the driver asks of the world, in order. Nothing leaves the node before all that led to it is durable.</summary>
public abstract record Effect
{
    private Effect() { }

    /// <summary>A round began (paper L11); for logs, metrics and screens.</summary>
    public sealed record RoundStarted(Height Height, Round Round, Address Leader) : Effect;

    /// <summary>Build a block for this round (paper L18, getValue); answered by <see cref="Input.ValueBuilt"/>.</summary>
    public sealed record GetValue(Height Height, Round Round) : Effect;

    /// <summary>Sign and broadcast a proposal together with its block, and hand it back as input.</summary>
    public sealed record Propose(Proposal Proposal) : Effect;

    /// <summary>Sign and broadcast a vote, and hand it back as input.</summary>
    public sealed record CastVote(Vote Vote) : Effect;

    public sealed record ScheduleTimeout(Timeout Timeout, TimeSpan After) : Effect;

    /// <summary>The height is decided (paper L51).</summary>
    public sealed record Decide(VerifiedCommit Commit) : Effect
    {
        public CommitCertificate Certificate => Commit.Certificate;
    }

    /// <summary>What a validator signed convicts it; told once for each validator in a height.</summary>
    public sealed record FoundEvidence(FaultProof Evidence) : Effect;

    /// <summary>
    /// More than two thirds prevoted a block, whichever round it is; told once for each block, round and validRound. Kept: whoever looks into
    /// a fork needs it.
    /// </summary>
    public sealed record PolkaSeen(PolkaCertificate Certificate) : Effect;
}
