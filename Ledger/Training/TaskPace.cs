using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>How hard a task is, as its rounds change it.</summary>
internal static class TaskPace
{
    /// <summary>
    /// z for a round whose candidates are known: those tried on this incumbent before count, and the seeds that colluding validators may choose
    /// among.
    /// </summary>
    public static uint ZOf(BlockContext context, TrainingRoundRecord round)
    {
        var tries = (ulong)round.AttemptsBefore + (ulong)round.Judged.Count();
        return Z(context.Parameters.Training, round.ZBaseThousandths, tries, context.Validators.Count);
    }

    public static uint Z(TrainingParameters parameters, uint zBase, ulong tries, int validators) =>
        ZCorrection.Of(zBase, ZCorrection.Bits(parameters.ColluderBitsOf(validators), tries, parameters.TriesBitsMax));

    /// <summary>Counts the candidates whose losses could be seen: from the seed on, whatever became of the round.</summary>
    public static TaskRecord Judged(TaskRecord task, TrainingRoundRecord round, bool isImproved)
    {
        if (isImproved) return task with { Tries = 0 };
        if (round.Seed.IsZero) return task;
        return task with { Tries = (uint)Math.Min(uint.MaxValue, (ulong)task.Tries + (ulong)round.Judged.Count()) };
    }
}
