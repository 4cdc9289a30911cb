namespace NeuroChain.Chain;

/// <summary>Bounds on everything that is received. They are part of the protocol: all nodes must have the same.</summary>
public static class Limits
{
    /// <summary>An attestation reveal with the private losses of eight candidates takes about 3 KiB; a manifest of 64 chunks about 4 KiB.</summary>
    public const int TransactionBytesMax = 64 * 1024;

    public const int BlockBytesMax = 4 * 1024 * 1024;

    public const int TransactionsPerBlockMax = 20_000;

    public const int ValidatorsMax = 100;

    /// <summary>Power of one validator: the sum of a hundred fits 64 bits, three times the sum too.</summary>
    public const ulong VotingPowerMax = 1UL << 40;

    /// <summary>Late precommits may be added for this many blocks.</summary>
    public const int LatePrecommitBlocks = 5;

    public const int LatePrecommitsMax = LatePrecommitBlocks * ValidatorsMax;

    public const int CandidatesMax = 8;

    public const int MemoBytesMax = 256;

    public const int PaymentsPerBatchMax = 256;

    public const int MultiSignatureMembersMax = 16;

    public const int GovernanceReasonBytesMax = 1024;

    public const int ParameterSettingsMax = 32;

    /// <summary>Proposals open at a time, all validators together.</summary>
    public const int OpenProposalsMax = 64;

    public const int UpgradesMax = 64;

    /// <summary>A statement with eight candidates, a hundred signatures and a manifest of 64 chunks.</summary>
    public const int TrainingProofBytesMax = 32 * 1024;

    public const int ManifestBytesMax = 16 * 1024;

    /// <summary>Samples of a data set, as it begins and as deltas make it.</summary>
    public const int DatasetSamplesMax = 1 << 20;

    /// <summary>Deltas of one training set that are voted on at a time.</summary>
    public const int OpenDeltasMax = 64;

    /// <summary>Votes on one delta, and votes on the period of one task: each vote writes the whole list again.</summary>
    public const int DatasetVotesMax = 512;

    /// <summary>A chain of certificates and a signed report.</summary>
    public const int HardwareAttestationBytesMax = 8 * 1024;

    /// <summary>Blocks of Ethereum of which one attestation speaks.</summary>
    public const int AttestedPerMessageMax = 32;

    /// <summary>Events of the vault that are shown by its storage: it marks every 64th.</summary>
    public const int VaultLogsPerMessageMax = 128;

    /// <summary>Nodes of a claim's path: a tree of four thousand million leaves.</summary>
    public const int ClaimPathMax = 32;

    public const int EvaluationSamplesMax = 1 << 20;

    public const int PrivateSamplesMax = 256;

    /// <summary>Canonical JSON of a task that a vote adds.</summary>
    public const int TaskDefinitionBytesMax = 65_536;

    /// <summary>Tasks of a chain, those of its genesis and their forks, up to which a vote adds another.</summary>
    public const int TasksMax = 64;

    /// <summary>Validators of a training round whose private losses the others compute again: so many a round at most, whatever the size of the set.</summary>
    public const int RecheckedMax = 16;
}
