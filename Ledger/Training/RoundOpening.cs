using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// The first commit opens a round. All that a vote could change under the feet of those who put a bond down is written into the round here.
/// </summary>
internal static class RoundOpening
{
    public static TrainingRoundRecord Open(BlockContext context, TaskRecord task)
    {
        var parameters = context.Parameters.Training;
        task = TaskPace.Opened(context, task, out var requiredGain);
        task.Store(context.State);
        SealedRounds.Open(context, task, parameters.EvaluationSamples);
        return new TrainingRoundRecord
        {
            Task = task.Id,
            Number = task.NextRound,
            Incumbent = task.BestModel,
            Opened = context.Height,
            Phase = TrainingPhase.Commit,
            WindowOpened = context.Height,
            Samples = parameters.EvaluationSamples,
            PaidSamples = parameters.PaidSamplesOf(parameters.EvaluationSamples),
            PrivateSamples = parameters.PrivateSamples,
            RequiredGainMillionths = requiredGain,
            ZBaseThousandths = parameters.ZThousandths,
            AttemptsBefore = task.Tries,
            PaidErrorsThousandths = parameters.PaidErrorsThousandths,
            ColluderBits = parameters.ColluderBitsOf(context.Validators.Count),
            TriesBitsMax = parameters.TriesBitsMax,
            Fee = TaskPace.FeeOf(parameters, task.Tries),
            TrainingSetVersion = TrainingSets.Get(context.State, task.DataTask)!.Version,
            NeedsCuda = parameters.RequireDevice == "cuda",
            Windows = WindowLengths.Of(parameters, context.Parameters.HoldOuts),
            Rules = CheckRules.Of(parameters),
        };
    }
}
