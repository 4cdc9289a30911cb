using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A training round at the block that ended it, in the replay.</summary>
/// <param name="Before">The state below that block: the round's details are still there.</param>
/// <param name="Result">What the block left behind.</param>
/// <param name="Round">The round as it stood below the block.</param>
/// <param name="Evidence">What the validators sent, from the blocks.</param>
internal sealed record RoundEnding(LedgerState Before, ExecutionResult Result, TrainingRoundRecord Round, RoundEvidence Evidence)
{
    public LedgerState After => Result.Next;

    public Height Height => After.Height;

    /// <summary>The set whose members attested.</summary>
    public ValidatorSet Validators => Before.Next.Validators;

    public GenesisTask Task => TaskDefinitions.Get(Before, Before.Genesis, Round.Task);

    public OutcomeRecord Outcome =>
        TrainingQueries.Outcome(After, Round.Task, Round.Number) ?? throw new InvariantException("a round that ended has an outcome");

    public TrainingCertificate? Certificate => TrainingQueries.Certificate(After, Round.Task, Round.Number)?.Certificate;

    /// <summary>The proof that the winner's producer leads with, put together again; null without a winner.</summary>
    public TrainingProof? Proof()
    {
        if (Certificate is not { Statement.Winner: { } winner } certificate) return null;
        var (index, candidate) = Round.Judged.ElementAt(winner);
        var reveal = TrainingQueries.Reveal(Before, Round.Task, index);
        Invariant.Check(reveal is not null, "a candidate that is judged was revealed");
        var isProof = TrainingProof.TryCreate(winner, candidate.Consent, reveal.Salt, reveal.ManifestBytes.Span, certificate, out var proof);
        Invariant.Check(isProof, "a manifest was checked when it was revealed");
        return proof;
    }
}
