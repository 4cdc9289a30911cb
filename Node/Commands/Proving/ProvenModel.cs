using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What the state says of a checkpoint.</summary>
/// <param name="Record">Its lineage.</param>
/// <param name="Certificate">What certified it; null for the one that a task began from.</param>
internal sealed record ProvenModel(ModelRecord Record, CertificateRecord? Certificate)
{
    /// <summary>Reads both from a state; null where the chain has no such model.</summary>
    public static ProvenModel? Read(IStateReader state, BlobHash model)
    {
        if (TrainingQueries.Model(state, model) is not { } record) return null;
        return new ProvenModel(record, record.IsInitial ? null : TrainingQueries.Certificate(state, record.Task, record.TrainingRound));
    }

    /// <summary>
    /// Whether the attesters certified this very model. The state says who attested and what; the signatures say it again, so that not even
    /// more than two thirds of today's validators can make up an improvement that yesterday's did not attest.
    /// </summary>
    /// <param name="genesis">The chain.</param>
    /// <param name="attesters">The set whose root stands in the certificate's record.</param>
    /// <param name="proof">Manifest and consent of the producer; null where nobody keeps them any more.</param>
    /// <returns>Null where all is as it should be; else what is not.</returns>
    public string? Check(GenesisHash genesis, ValidatorSet attesters, TrainingProof? proof)
    {
        if (Certificate is null) return "the state has a model without the certificate that it names";
        var statement = Certificate.Certificate.Statement;
        if (attesters.Root != Certificate.ValidatorsRoot) return "the set is not the one that attested";
        if (statement.Genesis != genesis || statement.Task != Record.Task || statement.TrainingRound != Record.TrainingRound) return "the certificate is of another training round";
        if (Certificate.Certificate.Check(attesters) is var fault and not CertificateFault.None) return $"the training certificate is refused: {fault}";
        if (statement.Winner is not { } winner || !IsOf(statement.Candidates[winner])) return "the certificate names another winner";
        if (proof is null) return null;
        if (proof.Certificate.Statement != statement || !IsOf(proof.Candidate)) return "the training proof is of another candidate";
        return proof.Check(genesis, attesters) is var wrong and not TrainingProofFault.None ? $"the training proof is refused: {wrong}" : null;
    }

    private bool IsOf(CandidateResult candidate) =>
        candidate.Model == Record.Model && candidate.ManifestRoot == Record.ManifestRoot && candidate.Trainer == Record.Trainer && candidate.Producer == Record.Producer;
}
