namespace NeuroChain.Ledger;

/// <summary>
/// Why a transaction does nothing. The number stands in receipts, so it never changes its meaning. Up to 99: it cannot even be in a block
/// (a block that has it is invalid). From 100 on: it is in the block, pays its fee and fails.
/// </summary>
public enum TransactionRejection : ushort
{
    None = 0,

    NonceTooLow = 1,
    NonceTooHigh = 2,
    FeeTooLow = 3,
    FeeNotPayable = 4,
    Expired = 5,
    NotAValidator = 6,
    UnknownTask = 7,
    WrongTrainingRound = 8,
    WindowClosed = 9,
    WindowNotOpen = 10,
    AlreadySent = 11,
    UnknownCandidate = 12,
    WrongSeedShare = 13,
    NoSeedChain = 14,
    SeedChainStillGood = 15,
    SeedChainLength = 16,
    MalformedStatement = 17,
    WrongStatement = 18,
    WrongAttestationSignature = 19,
    CommitmentMismatch = 20,
    NoAttestationCommitted = 21,
    PrivateLossesCount = 22,
    SeedChainTooNew = 23,
    SeedChainSpent = 24,
    PrivateLossOutOfRange = 25,

    BalanceTooLow = 100,
    TransferToSelf = 101,
    AmountZero = 102,

    CandidatesFull = 200,
    UnknownProducer = 201,
    BondTooLow = 202,
    CommitmentRepeated = 203,
    ClaimOutOfRange = 204,
    RevealMismatch = 205,
    ManifestMalformed = 206,
    ManifestMismatch = 207,
    CheckpointRepeated = 208,
    DeviceRefused = 209,
    NoConsent = 210,
    CandidateAlreadyRevealed = 211,
    TrainingUnknownTask = 212,
    TrainingWrongRound = 213,
    TrainingWindowClosed = 214,
    TooManyPerKey = 215,
    TrainingWindowNotOpen = 216,
    BondTooHigh = 217,
    ChunksMismatch = 218,
    UnknownParent = 219,
    UnknownTrainingSet = 220,
}
