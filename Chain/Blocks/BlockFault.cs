namespace NeuroChain.Chain;

/// <summary>Why a block is refused. The first group is found from the bytes, the second by comparing with what the chain knows.</summary>
public enum BlockFault
{
    None,
    Malformed,
    TooLarge,
    LastCommitRootMismatch,
    TransactionsRootMismatch,
    TrainingProofRootMismatch,
    TrainingSummaryMismatch,

    WrongVersion,
    WrongGenesis,
    WrongHeight,
    WrongParent,
    WrongLeader,
    WrongTrainingProof,
    ValidatorsRootMismatch,
    NextValidatorsRootMismatch,
    StateRootMismatch,
    ReceiptsRootMismatch,
    EventsRootMismatch,
    BridgeRootMismatch,
    TimeNotAfterParent,
    TimeOutOfRange,
    LastCommitMissing,
    LastCommitInvalid,
    LatePrecommitInvalid,
    TransactionInvalid,
    TransactionNotExecutable,
    TooManyTransactions,
    TooCostly,
}
