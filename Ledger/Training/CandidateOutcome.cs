using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What an evaluator found for one candidate.</summary>
public abstract record CandidateOutcome
{
    private CandidateOutcome() { }

    /// <summary>It has losses: one per common sample, in the order of the draw, in 2^-20 nats.</summary>
    public sealed record Evaluated(IReadOnlyList<uint> Losses) : CandidateOutcome
    {
        /// <summary>Evaluated, or what the checks found that need losses or logits.</summary>
        public CandidateVerdict Verdict { get; init; } = CandidateVerdict.Evaluated;

        /// <summary>The model, or the earlier candidate's manifest root, that it is close to; zero where none is.</summary>
        public Hash256 Relative { get; init; }

        /// <summary>To that one.</summary>
        public uint Distance { get; init; }

        /// <summary>What the verdict is about.</summary>
        public uint Detail { get; init; }
    }

    /// <summary>It has none: malformed, not finite or unbalanced.</summary>
    public sealed record Refused(CandidateVerdict Verdict, uint Detail = 0) : CandidateOutcome;
}
