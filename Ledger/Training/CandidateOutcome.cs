using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What an evaluator found for one candidate: its losses on the common samples, or why it has none.</summary>
public abstract record CandidateOutcome
{
    private CandidateOutcome() { }

    /// <summary>One loss per sample, in the order of the draw, in 2^-20 nats.</summary>
    public sealed record Evaluated(IReadOnlyList<uint> Losses) : CandidateOutcome;

    /// <summary>Malformed or not finite.</summary>
    public sealed record Refused(CandidateVerdict Verdict) : CandidateOutcome;
}
