namespace NeuroChain.Ledger;

/// <summary>Where a training round stands; each phase is a window in which one kind of message is taken. No round in progress: idle.</summary>
public enum TrainingPhase : byte
{
    Commit = 1,
    Reveal = 2,
    Availability = 3,
    Seed = 4,

    /// <summary>Custodians of sealed hold-outs show the keys of the drawn samples; only in rounds that drew some.</summary>
    Release = 5,

    AttestCommit = 6,
    AttestReveal = 7,
}
