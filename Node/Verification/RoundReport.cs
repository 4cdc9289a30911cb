using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What became of a training round in the verification.</summary>
internal enum RoundVerdict
{
    /// <summary>Every loss, the winner, the proof and the reward follow again.</summary>
    Derived,

    /// <summary>Something was found that does not follow.</summary>
    Refuted,

    /// <summary>What is needed to evaluate it again is not here.</summary>
    NotVerified,

    /// <summary>Not asked for: only its seed, proof and reward were looked at.</summary>
    NotAsked,
}

/// <summary>A training round that came to attestations, as it stands on the chain, and what the verification says to it.</summary>
/// <param name="Height">The block that ended it.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Outcome">How it ended, on record.</param>
/// <param name="Certificate">Null where no statement had more than two thirds of the power.</param>
/// <param name="Attesters">Validators that the certificate names.</param>
/// <param name="Verdict">What the verification says.</param>
internal sealed record RoundReport(
    Height Height, string Task, OutcomeRecord Outcome, TrainingCertificate? Certificate, int Attesters, RoundVerdict Verdict)
{
    public CandidateResult? Winner => Certificate?.Statement is { Winner: { } winner } statement ? statement.Candidates[winner] : null;

    /// <summary>The mean gain of the winner in standard errors; null without a winner or where every sample gained the same.</summary>
    public double? Z
    {
        get
        {
            if (Winner is not { } winner) return null;
            var gain = Certificate!.Statement.GainOf(winner);
            var spread = ((UInt128)gain.Samples * gain.SquareSum) - ((UInt128)gain.Sum * (UInt128)gain.Sum);
            return spread == UInt128.Zero ? null : (double)gain.Sum / Math.Sqrt((double)spread / (gain.Samples - 1));
        }
    }
}
