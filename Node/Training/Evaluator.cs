using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>Losses of checkpoints by the canonical engine: what every validator, and whoever verifies it later, computes with the same bits.</summary>
internal sealed class Evaluator(IReadOnlyList<ISampleSource> sources, int threads)
{
    /// <summary>Null where the data set is not here or the spec is none: then there is nothing to say.</summary>
    public IReadOnlyList<CheckpointLosses>? Evaluate(EvaluationRequest request)
    {
        var source = sources.FirstOrDefault(s => s.Root == request.Dataset);
        if (source is null || request.Samples.Count == 0 || request.Samples.Any(sample => sample >= source.Count)) return null;
        var dataset = source.Take(request.Samples);
        if (!ModelSpec.TryParse(request.Spec.Span, out var spec, out _) || !spec.Plan.Fits(dataset)) return null;
        using var evaluator = new CheckpointEvaluator(spec.Plan, new EngineOptions(threads));
        int[] samples = [.. Enumerable.Range(0, dataset.Count)];
        var results = new List<CheckpointLosses>();
        foreach (var checkpoint in request.Checkpoints)
        {
            var isValid = evaluator.TryEvaluate(checkpoint.Span, dataset, samples, out var result, out var fault);
            results.Add(isValid ? new CheckpointLosses(CandidateVerdict.Evaluated, result!.Losses) : new CheckpointLosses(VerdictOf(fault), []));
        }

        return results;
    }

    private static CandidateVerdict VerdictOf(EvaluationFault fault) =>
        fault == EvaluationFault.MalformedCheckpoint ? CandidateVerdict.Malformed : CandidateVerdict.NotFinite;
}
