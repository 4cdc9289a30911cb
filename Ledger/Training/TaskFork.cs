using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// A task with another model, by vote. It grows from its parent's best model: that one's loss is the bar below which gains are paid and bring terms. Training set, votes
/// on it and points stay those of the line, and the supply that rewards are reckoned by is the parent's. Nothing else may differ but the model, its first
/// checkpoint, the name and the pace: another data set or source would be another task.
/// </summary>
internal static class TaskFork
{
    public static TransactionRejection Check(BlockContext context, ForkTask fork) => Check(context, fork, out _, out _);

    public static TransactionRejection Carry(BlockContext context, ForkTask fork)
    {
        var rejection = Check(context, fork, out var parent, out var task);
        if (rejection != TransactionRejection.None) return rejection;
        var state = context.State;
        TaskDefinitions.Store(state, task!);
        var model = new BlobHash(task!.InitialModel);
        new TaskRecord
        {
            Id = task.Id,
            Name = task.Name,
            TrainingSet = task.TrainingSet,
            EvaluationSet = task.EvaluationSet,
            RequiredGainMillionths = task.RequiredGainMillionths,
            InitialModel = model,
            BestModel = model,
            ModelBytes = task.ModelBytes,
            Source = task.SampleSource,
            TargetRoundBlocks = task.TargetRoundBlocks,
            RewardBase = parent!.RewardBase,
            RewardEpoch = parent.RewardEpoch,
            Origin = new ForkOrigin(parent.Id, parent.BestModel, parent.DataTask, context.Height, parent.BestLoss!.Value),
        }.Store(state);
        if (ModelRecord.Get(state, model) is null)
            new ModelRecord(model, task.Id, 0, context.Height, parent.BestModel, Hash256.Zero, Address.Zero, Address.Zero).Store(state);
        HashList.Set(state, TrainingKeys.TaskList, HashList.Get(state, TrainingKeys.TaskList).Add(task.Id));
        context.Emit(
            "training.task_forked",
            ("task", task.Id),
            ("parent", parent.Id),
            ("parent_model", parent.BestModel.Value),
            ("initial_model", task.InitialModel),
            ("bar_loss_sum", parent.BestLoss.Value.Sum),
            ("bar_samples", parent.BestLoss.Value.Samples));
        return TransactionRejection.None;
    }

    private static TransactionRejection Check(BlockContext context, ForkTask fork, out TaskRecord? parent, out GenesisTask? task)
    {
        task = null;
        parent = TaskRecord.Get(context.State, Hash256.FromBytes(fork.Parent.Span));
        if (parent is null) return TransactionRejection.UnknownTask;
        if (!GenesisTask.TryParse(fork.Definition.Span, out task)) return TransactionRejection.ForkMalformed;
        if (parent.BestRound == 0 || parent.BestLoss is null) return TransactionRejection.ForkUncertifiedParent;
        var old = TaskDefinitions.Get(context.State, context.Genesis, parent.Id);
        if (task.Model.ToJsonString() == old.Model.ToJsonString()) return TransactionRejection.ForkUnchangedModel;
        if (!AreTermsOf(task, old) || !context.Parameters.Training.LetsLive(task.TargetRoundBlocks)) return TransactionRejection.ForkOtherTerms;
        if (TaskRecord.Get(context.State, task.Id) is not null) return TransactionRejection.ForkTaskTaken;
        return HashList.Get(context.State, TrainingKeys.TaskList).Length < Limits.TasksMax ? TransactionRejection.None : TransactionRejection.TooManyTasks;
    }

    // A checkpoint that another task began from would have that one's lineage.
    private static bool AreTermsOf(GenesisTask task, GenesisTask parent) =>
        task.TrainingSet == parent.TrainingSet
        && task.EvaluationSet == parent.EvaluationSet
        && task.EvaluationSource == parent.EvaluationSource
        && task.ClassCount == parent.ClassCount
        && task.Pixels == parent.Pixels
        && task.InitialModel != parent.InitialModel
        && task.Triggers.SequenceEqual(parent.Triggers);
}
