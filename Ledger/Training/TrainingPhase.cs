namespace NeuroChain.Ledger;

/// <summary>Where a training round stands; each phase is a window in which one kind of message is taken. No round in progress: idle.</summary>
public enum TrainingPhase : byte
{
    Commit = 1,
    Reveal = 2,
    Availability = 3,
    Seed = 4,
    AttestCommit = 5,
    AttestReveal = 6,
}
