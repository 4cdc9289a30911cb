using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What a verification can find.</summary>
internal enum FindingKind
{
    /// <summary>The seed in the genesis does not give the checkpoint that a task begins from.</summary>
    InitialModelDiffers,

    BlockMissing,
    BlockDamaged,
    BlockRefused,
    CommitInvalid,
    OutcomeDamaged,
    ReceiptsDiffer,
    EventsDiffer,
    StateDiffers,

    /// <summary>The round's seed is not the hash of the shares in the blocks.</summary>
    SeedDiffers,

    /// <summary>The certified statement is not the one that evaluation gives.</summary>
    StatementDiffers,

    /// <summary>A validator signed a statement that evaluation does not give.</summary>
    FalseAttestation,

    /// <summary>The losses that a validator showed for its private samples are not those that evaluation gives.</summary>
    PrivateLossesDiffer,

    /// <summary>A validator that computed private losses of others again found something else than evaluation gives.</summary>
    FalseRecheck,

    /// <summary>The outcome on record does not follow from the certificate.</summary>
    OutcomeDiffers,
    CertificateInvalid,
    ProofInvalid,
    RewardDiffers,

    /// <summary>A block shows a training proof that no certificate of this chain gives.</summary>
    LeaderUnproved,

    /// <summary>A block of Ethereum is not the one that this chain's validators attested, or its receipts are not under its header.</summary>
    EthereumDiffers,

    CheckpointMissing,
    CheckpointDamaged,
    DatasetMissing,

    /// <summary>The evaluator of whoever verifies gave no answer.</summary>
    EvaluationFailed,
}

/// <summary>One thing that is wrong or could not be verified.</summary>
/// <param name="Kind">What.</param>
/// <param name="Height">The block it was found at; 0 is genesis.</param>
/// <param name="Detail">Who and which, for people.</param>
internal sealed record VerificationFinding(FindingKind Kind, Height Height, string Detail)
{
    /// <summary>Nothing is shown to be wrong, but something needed is not here.</summary>
    public bool IsGap => Kind is FindingKind.CheckpointMissing or FindingKind.CheckpointDamaged or FindingKind.DatasetMissing or FindingKind.EvaluationFailed;

    public override string ToString() => $"height {Height}: {Kind}: {Detail}";
}
