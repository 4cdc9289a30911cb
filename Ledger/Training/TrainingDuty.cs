using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Why a validator should register a chain.</summary>
public enum SeedChainReason
{
    /// <summary>It has none, or a share that it did not open has retired it.</summary>
    Missing,

    /// <summary>Its last one has few shares left, or is of the key before.</summary>
    RunningOut,
}

/// <summary>What a validator should do next in training. A duty is gone once its message is on chain.</summary>
public abstract record TrainingDuty
{
    private TrainingDuty() { }

    public sealed record RegisterSeedChain(uint Length, SeedChainReason Reason, SeedChainBeginning Beginning) : TrainingDuty;

    /// <summary>Fetch what was shown so far; nothing is to be said yet.</summary>
    public sealed record FetchCandidates(Hash256 Task, ulong TrainingRound, ImmutableArray<RevealedCandidate> Candidates) : TrainingDuty;

    /// <summary>Fetch the candidates' chunks and vote for those that are held.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="TrainingRound">Number of the round.</param>
    /// <param name="Candidates">Those that were revealed.</param>
    /// <param name="BlocksLeft">Blocks that surely still take the vote, from the next one on; 0 when the window may close at any block.</param>
    /// <param name="PatienceLeft">
    /// Blocks that still take the vote while validators with more than two thirds of the power have not sent theirs: who lacks a candidate may look
    /// for it as long, for the vote is for good.
    /// </param>
    public sealed record VoteAvailability(
        Hash256 Task, ulong TrainingRound, ImmutableArray<RevealedCandidate> Candidates, ulong BlocksLeft, ulong PatienceLeft) : TrainingDuty
    {
        /// <summary>Blocks before the end of the patience at which the vote goes out with what is held: it must come into one of them.</summary>
        public const ulong LastBlocks = 3;

        /// <summary>Whether the vote for all that is held goes out now; before that only who holds everything votes.</summary>
        public bool IsLast => PatienceLeft <= LastBlocks;
    }

    /// <summary>Open share <paramref name="Index"/> of the chain with that tip.</summary>
    public sealed record OpenSeedShare(Hash256 Task, ulong TrainingRound, Hash256 Tip, uint Index) : TrainingDuty;

    public sealed record Evaluate(EvaluationJob Job) : TrainingDuty;

    /// <summary>Commit to what the evaluation found.</summary>
    public sealed record CommitAttestation(Hash256 Task, ulong TrainingRound) : TrainingDuty;

    /// <summary>Compute the private losses again that a re-check names, and say whose are wrong.</summary>
    public sealed record RecheckPrivateLosses(RecheckRecord Recheck) : TrainingDuty;

    /// <summary>Show the attestation that hashes to the commitment.</summary>
    public sealed record RevealAttestation(Hash256 Task, ulong TrainingRound, Hash256 Commitment) : TrainingDuty;
}
