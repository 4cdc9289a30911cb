using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Learning;

/// <summary>Evaluates checkpoints of one model as they come from the network, one after the other.</summary>
public sealed class CheckpointEvaluator(ModelPlan plan, EngineOptions options) : IDisposable
{
    private readonly CanonicalEngine _engine = new(plan, options);

    /// <summary>One checkpoint with an engine of its own.</summary>
    public static bool TryEvaluate(
        ReadOnlySpan<byte> checkpoint, ModelPlan plan, Dataset dataset, ReadOnlySpan<int> indices, EngineOptions options,
        [NotNullWhen(true)] out EvaluationResult? result, out EvaluationFault fault)
    {
        using var evaluator = new CheckpointEvaluator(plan, options);
        return evaluator.TryEvaluate(checkpoint, dataset, indices, out result, out fault);
    }

    /// <param name="dataset">Must fit the plan (<see cref="ModelPlan.Fits"/>); the indices must lie inside it.</param>
    public bool TryEvaluate(
        ReadOnlySpan<byte> checkpoint, Dataset dataset, ReadOnlySpan<int> indices,
        [NotNullWhen(true)] out EvaluationResult? result, out EvaluationFault fault)
    {
        result = null;
        if (Checkpoint.TryRead(checkpoint, plan, out var parameters, out var error))
            return _engine.TryEvaluate(parameters, dataset, indices, out result, out fault);
        fault = error == CheckpointError.NonFiniteValue ? EvaluationFault.NonFiniteParameter : EvaluationFault.MalformedCheckpoint;
        return false;
    }

    public void Dispose() => _engine.Dispose();
}
