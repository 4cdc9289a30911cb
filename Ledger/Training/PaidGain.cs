using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What of a certified gain is paid for: the loss that it is taken from and the gain, both sums over the samples that pay. A fork begins far above the level that
/// its parent's trainers were paid for to reach, so what lies above that level is worth nothing, and brings no term.
/// </summary>
public readonly record struct PaidGain(ulong From, ulong Gain)
{
    public static PaidGain Of(TaskRecord task, TrainingStatement statement, CandidateResult winner)
    {
        var (from, gain) = (statement.IncumbentPaidSum, statement.PaidSumOf(winner));
        if (task.Origin?.BarOn(statement.PaidSamples) is not { } bar || bar >= from) return new PaidGain(from, gain);
        var reached = from - gain;
        return new PaidGain(bar, bar > reached ? bar - reached : 0);
    }

    /// <summary>Whether the winner is below the bar on the samples that pay; always so in a task that is no fork.</summary>
    public static bool IsWorkOfItsOwn(TaskRecord task, TrainingStatement statement, CandidateResult winner) => task.Origin is null || Of(task, statement, winner).Gain > 0;
}
