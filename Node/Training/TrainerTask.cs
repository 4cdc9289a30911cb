using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;

namespace NeuroChain.Node;

/// <summary>What of a task never changes, but for the training set, which is the version that this trainer has. Samples are those that judge.</summary>
internal sealed record TrainerTask(Hash256 Id, string Name, ModelPlan Plan, Hash256 TrainingSet, Amount Bond, uint Samples)
{
    /// <param name="tasks">Those of the chain.</param>
    /// <param name="wanted">A name, an id, or null for the first.</param>
    /// <param name="genesis">The chain's document.</param>
    /// <exception cref="OperatorException">There is no such task, or its model is none.</exception>
    public static TrainerTask Choose(IReadOnlyList<TrainingTask> tasks, string? wanted, GenesisDocument genesis)
    {
        if (tasks.Count == 0) throw new OperatorException("the chain has no training task");
        var chosen = wanted is null ? tasks[0]
            : Hash256.TryParse(wanted, out var id) ? tasks.FirstOrDefault(task => task.Id.Span.SequenceEqual(id.ToArray()))
            : tasks.FirstOrDefault(task => task.Name == wanted);
        if (chosen is null)
            throw new OperatorException($"trainer.json: task: one of {string.Join(", ", tasks.Select(task => task.Name))}, not \"{wanted}\"");
        if (!ModelSpec.TryParse(chosen.ModelSpec.Span, out var spec, out var error))
            throw new OperatorException($"the model spec of task {chosen.Name} is none: {error}");
        var isWhole = Hash256.TryFromBytes(chosen.Id.Span, out var known);
        isWhole &= Hash256.TryFromBytes(chosen.TrainingSet.Span, out var set);
        isWhole &= Amount.TryFromBytes(chosen.CandidateBond.Span, out var bond);
        if (!isWhole) throw new OperatorException($"the node's task {chosen.Name} is malformed: is it of another version?");
        var parameters = genesis.Parameters.Training;
        return new TrainerTask(known, chosen.Name, spec.Plan, set, bond, parameters.EvaluationSamples - parameters.PaidSamplesOf(parameters.EvaluationSamples));
    }

    /// <param name="message">As the node sent it.</param>
    /// <param name="own">The checkpoint that this trainer offered last.</param>
    /// <returns>Null where the message is malformed.</returns>
    public TrainerView? ViewOf(TrainingTask message, BlobHash? own) =>
        Hash256.TryFromBytes(message.BestModel.Span, out var best) && TrainingPhaseText.TryParse(message.Phase, out var phase)
            ? new TrainerView(
                new Height(message.Height),
                message.TrainingRound,
                phase,
                new BlobHash(best),
                message.BestLossSum,
                message.Candidates,
                new TrainerBar(Samples, message.ZThousandths, message.RequiredGainMillionths),
                own == new BlobHash(best))
            {
                IsClosed = message.Closed,
                Checks = ChecksOf(message.Checks ?? new CandidateChecks()),
                Recent = [.. message.RecentModels.Where(hash => hash.Length == Hash256.Size).Take(TrainingQueries.RecentModelsMax).Select(hash => new BlobHash(Hash256.FromBytes(hash.Span)))],
            }
            : null;

    // Bounded as parameters are: a node that says more would only cost its own trainer's time.
    private static CheckRules ChecksOf(CandidateChecks checks) => new(
        checks.Balance,
        Math.Min(checks.SimilaritySamples, FunctionDistance.SamplesMax),
        checks.SimilarityModels,
        Math.Min(checks.CopyThousandths, 1_000),
        Math.Min(checks.RelativeThousandths, 1_000),
        checks.ProbeSteps < TrainabilityProbe.Window ? 0 : Math.Min(checks.ProbeSteps, 1_000),
        Math.Clamp(checks.ProbeBatch, 1, 1_000),
        0,
        0);
}
