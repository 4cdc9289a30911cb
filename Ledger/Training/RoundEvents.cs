using System.Globalization;

namespace NeuroChain.Ledger;

/// <summary>What every event of a round begins with.</summary>
internal static class RoundEvents
{
    public static (string Key, EventValue Value)[] Of(TrainingRoundRecord round) =>
        [("task", round.Task), ("training_round", round.Number)];

    /// <summary>A phase as events and screens write it.</summary>
    public static string Name(TrainingPhase phase) => phase switch
    {
        TrainingPhase.Commit => "commit",
        TrainingPhase.Reveal => "reveal",
        TrainingPhase.Availability => "availability",
        TrainingPhase.Seed => "seed",
        TrainingPhase.Release => "release",
        TrainingPhase.AttestCommit => "attest_commit",
        TrainingPhase.AttestReveal => "attest_reveal",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
