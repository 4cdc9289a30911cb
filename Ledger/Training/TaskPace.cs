using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>How hard a task is, as its rounds change it: z, the required gain, the fee of those who fall short, and when it is given up.</summary>
internal static class TaskPace
{
    /// <summary>
    /// z for a round whose candidates are known: those tried on this incumbent before count, and the seeds that colluding validators may choose
    /// among.
    /// </summary>
    public static uint ZOf(TrainingRoundRecord round) => Z(round, (ulong)round.AttemptsBefore + (ulong)round.Judged.Count());

    public static uint Z(TrainingRoundRecord round, ulong tries) =>
        ZCorrection.Of(round.ZBaseThousandths, ZCorrection.Bits(round.ColluderBits, tries, round.TriesBitsMax));

    public static uint Z(TrainingParameters parameters, ulong tries, int validators) =>
        ZCorrection.Of(parameters.ZThousandths, ZCorrection.Bits(parameters.ColluderBitsOf(validators), tries, parameters.TriesBitsMax));

    /// <summary>
    /// What a candidate that falls short pays: the parameter, once more for each doubling that the tries before it have added to z. So nobody
    /// raises the bar for others with copies that cannot win at the price of a single look.
    /// </summary>
    public static Amount FeeOf(TrainingParameters parameters, uint tries)
    {
        var times = 1 + ZCorrection.Bits(0, tries + 1UL, parameters.TriesBitsMax);
        var most = Amount.DivRem(parameters.CandidateBond, times).Quotient; // more than the bond cannot be kept
        return parameters.ShortfallFee > most ? parameters.CandidateBond : parameters.ShortfallFee * times;
    }

    /// <summary>What a round that opened at this height would require, and the anchor from which the next one is reckoned.</summary>
    public static (uint Millionths, GainAnchor Anchor) RequiredGain(TrainingParameters parameters, TaskRecord task, Height height)
    {
        var fresh = new GainAnchor(height, Clamp(parameters, task.RequiredGainMillionths), task.CertifiedCount, parameters.RetargetTauBlocks);
        if (task.Anchor is not { } anchor) return (fresh.GainMillionths, fresh);
        if (task.IsClosed) return (anchor.GainMillionths, anchor); // no time passes for it
        var asked = GainRetarget.Of(anchor, task.CertifiedCount, height, task.TargetRoundBlocks);
        var gain = Clamp(parameters, asked);
        // A bound that was met, and a vote on the pace, count from here on and not from long ago.
        return gain == asked && anchor.TauBlocks == parameters.RetargetTauBlocks ? (gain, anchor) : (gain, fresh with { GainMillionths = gain });
    }

    /// <summary>The task with the anchor that its new round leaves. Before its first round no time has passed for it.</summary>
    public static TaskRecord Opened(BlockContext context, TaskRecord task, out uint requiredGain)
    {
        var isFirst = task.Anchor is null;
        (requiredGain, var anchor) = RequiredGain(context.Parameters.Training, task, context.Height);
        return task with { Anchor = anchor, LastGain = isFirst ? context.Height : task.LastGain };
    }

    /// <summary>
    /// A round is over. Candidates whose losses could be seen count as tried: those that have losses where a statement says so, all that were
    /// judged where the round was void after its seed, and those whose producer saw the seed and kept its share back. A round that a certificate says brought nothing may be one too many for the task.
    /// </summary>
    public static TaskRecord Ended(BlockContext context, TaskRecord task, TrainingRoundRecord round, RoundOutcome outcome, TrainingStatement? statement)
    {
        if (outcome == RoundOutcome.Improved) return task with { Tries = 0, RoundsWithoutGain = 0, LastGain = context.Height };
        var judged = round.Seed.IsZero ? 0 : statement?.Candidates.Count(candidate => candidate.HasLosses) ?? round.Judged.Count();
        var tried = judged + round.Candidates.Count(candidate => candidate.Status == CandidateStatus.Unbacked);
        task = task with { Tries = (uint)Math.Min(uint.MaxValue, (ulong)task.Tries + (ulong)tried) };
        if (outcome != RoundOutcome.NoImprovement) return task; // a void round says nothing about the task
        return TaskClosing.IfDead(context, task with { RoundsWithoutGain = Math.Min(uint.MaxValue - 1, task.RoundsWithoutGain) + 1 });
    }

    private static uint Clamp(TrainingParameters parameters, uint millionths) =>
        Math.Clamp(millionths, parameters.RequiredGainMinMillionths, parameters.RequiredGainMaxMillionths);
}
