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

    /// <summary>Two signed statements of one validator that no honest one makes.</summary>
    public sealed record FoundEvidence(Evidence Evidence) : Effect;
}
