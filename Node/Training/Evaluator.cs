using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>Why an evaluator gave no answer.</summary>
internal enum EvaluatorFault
{
    None,

    /// <summary>The process could not be started, or did not get its data sets.</summary>
    DidNotStart,

    /// <summary>The system or somebody ended it.</summary>
    Killed,

    /// <summary>It held more memory than it may. A checkpoint has the length and shapes of all others of its task, so that this is the setting's fault.</summary>
    TooMuchMemory,

    /// <summary>The work took longer than such work takes.</summary>
    TooLong,

    /// <summary>It ended by itself, or answered nonsense.</summary>
    NoAnswer,
}

/// <param name="Report">Null where there is none.</param>
/// <param name="Fault">Why.</param>
/// <param name="Took">
/// How long the evaluation itself took: neither the wait for its turn nor the start of a process, by which other tasks and other checkpoints would
/// lengthen what this one is measured by.
/// </param>
internal readonly record struct EvaluatorAnswer(CheckpointReport? Report, EvaluatorFault Fault, TimeSpan Took = default)
{
    /// <summary>Whether what was asked about may have brought it about; else the same question may do well a moment later.</summary>
    public bool IsTheCheckpoints => Fault is EvaluatorFault.TooLong or EvaluatorFault.NoAnswer;

    public static implicit operator EvaluatorAnswer(CheckpointReport report) => new(report, EvaluatorFault.None);

    public static implicit operator EvaluatorAnswer(EvaluatorFault fault) => new(null, fault);
}

/// <summary>Who answers questions about checkpoints: an evaluator here, or a process of its own.</summary>
internal interface ICheckpointEvaluator
{
    /// <param name="request">What is asked.</param>
    /// <param name="limit">How long the evaluation itself may take; an evaluator in this process takes the time that it takes, and tells none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<EvaluatorAnswer> EvaluateAsync(EvaluationRequest request, TimeSpan limit, CancellationToken cancellationToken);
}

/// <summary>
/// What the canonical engine makes of a checkpoint: what every validator, and whoever verifies it later, computes with the same bits, whatever
/// the path and the number of threads.
/// </summary>
internal sealed class Evaluator(IReadOnlyList<ISampleSource> sources, EngineOptions options) : ICheckpointEvaluator
{
    /// <summary>Samples that are in memory at a time, so that the largest draw takes no more than any.</summary>
    private const int SliceSamples = 4096;

    public Task<EvaluatorAnswer> EvaluateAsync(EvaluationRequest request, TimeSpan limit, CancellationToken cancellationToken) =>
        Task.FromResult(Evaluate(request) is { } report ? (EvaluatorAnswer)report : EvaluatorFault.NoAnswer);

    /// <summary>Null where the request fits neither a model nor a source: no node asks so.</summary>
    public CheckpointReport? Evaluate(EvaluationRequest request)
    {
        if (Source(request.Source) is not { } source || (request.Probe is { } wanted && Source(wanted.TrainingSet) is null)) return CheckpointReport.NoSource;
        if (!ModelSpec.TryParse(request.Spec.Span, out var spec, out _)) return null;
        if (request.Draws.Any(draw => draw.Numbers.Any(number => number >= source.Count || ~number >= request.Sealed.Count))) return null;
        if (request.TriggerSamples.Numbers.Any(number => number < 0 || number >= source.Count)) return null;
        if (!Checkpoint.TryRead(request.Checkpoint.Span, spec.Plan, out var parameters, out var error))
            return new CheckpointReport(error == CheckpointError.NonFiniteValue ? CandidateVerdict.NotFinite : CandidateVerdict.Malformed);
        // Before any sample: what is out of range may be slow to compute with.
        if (request.IsBalanceDemanded && BalanceCheck.Check(parameters) is { Fault: not BalanceFault.None } fault)
            return new CheckpointReport(CandidateVerdict.Unbalanced) { Detail = DetailOf(spec.Plan, fault) };
        using var engine = new CanonicalEngine(spec.Plan, options);
        return Measure(engine, source, request, parameters);
    }

    /// <summary>Which tensor: its place among those of the model, from 1 on, and 2^16 more where a unit of it is out of balance.</summary>
    private static uint DetailOf(ModelPlan plan, BalanceResult result) =>
        (uint)(1 + plan.Tensors.TakeWhile(tensor => tensor != result.Tensor).Count()) | (result.Fault == BalanceFault.UnitOutOfBalance ? 1u << 16 : 0);

    private CheckpointReport? Measure(CanonicalEngine engine, ISampleSource source, EvaluationRequest request, ModelParameters parameters)
    {
        var measured = new DrawMeasure[request.Draws.Count];
        for (var i = 0; i < measured.Length; i++)
        {
            var found = i == 0 ? DrawMeasure.Of(engine, source, request.Sealed, request.Draws[i], parameters, request.LogitSamples) : DrawMeasure.OfEach(engine, source, request.Sealed, request.Draws[i], parameters);
            if (found is null) return null;
            measured[i] = found;
            if (i == 0 && found.Losses.Length < request.Draws[0].Numbers.Count) return new CheckpointReport(CandidateVerdict.NotFinite);
        }

        return new CheckpointReport(CandidateVerdict.Evaluated)
        {
            Losses = [.. measured.Select(draw => draw.Losses)],
            Labels = measured.Length > 0 ? measured[0].Labels : [],
            Logits = measured.Length > 0 ? measured[0].Logits : [],
            TriggerLosses = [.. request.Triggers.Select(trigger => Stamped(engine, source, request.TriggerSamples, trigger, parameters))],
            Probe = request.Probe is { } probe ? Try(probe, parameters) : ProbeFault.None,
        };
    }

    private static uint[] Stamped(CanonicalEngine engine, ISampleSource source, DrawnSamples samples, TriggerPatch trigger, ModelParameters parameters)
    {
        if (samples.Numbers.Count == 0) return [];
        int[] all = [.. Enumerable.Range(0, samples.Numbers.Count)];
        var stamped = trigger.Stamp(source.Take(samples.Numbers, samples.Seed), all);
        return engine.TryEvaluate(parameters, stamped, all, out var result, out _) ? result.Losses : [];
    }

    private ProbeFault Try(ProbeOrder order, ModelParameters parameters)
    {
        var training = Source(order.TrainingSet)!.DrawForLearning(order.Seed, order.Steps * order.Batch);
        return TrainabilityProbe.Run(parameters, training, order.Seed, options, order.Steps, Math.Min(order.Batch, training.Count)).Fault;
    }

    private ISampleSource? Source(Hash256 root) => sources.FirstOrDefault(source => source.Root == root);

    /// <summary>One draw, slice by slice: all or nothing, or each sample for itself. Without losses where a sample gave a number that is not finite.</summary>
    private sealed record DrawMeasure(uint[] Losses, byte[] Labels, float[] Logits)
    {
        /// <summary>
        /// Losses that others compute again on a few of the samples: so that of one sample never hangs on another, and one on which nothing finite comes out counts as the
        /// greatest loss. Null where the samples do not fit the model.
        /// </summary>
        public static DrawMeasure? OfEach(CanonicalEngine engine, ISampleSource source, SealedSamples opened, DrawnSamples draw, ModelParameters parameters)
        {
            if (Of(engine, source, opened, draw, parameters, 0) is not { } whole) return null;
            if (whole.Losses.Length == draw.Numbers.Count) return whole;
            var samples = Slice(engine.Plan, source, opened, [.. draw.Numbers], draw.Seed)!;
            return new DrawMeasure(
                [.. Enumerable.Range(0, samples.Count).Select(i => engine.TryEvaluate(parameters, samples, [i], out var one, out _) ? one.Losses[0] : LossScale.LossMax)], [], []);
        }

        /// <summary>Null where the samples do not fit the model.</summary>
        public static DrawMeasure? Of(CanonicalEngine engine, ISampleSource source, SealedSamples opened, DrawnSamples draw, ModelParameters parameters, int logitSamples)
        {
            var (losses, labels) = (new uint[draw.Numbers.Count], new byte[draw.Numbers.Count]);
            var logits = new List<float>();
            for (var first = 0; first < losses.Length; first += SliceSamples)
            {
                var slice = Slice(engine.Plan, source, opened, [.. draw.Numbers.Skip(first).Take(SliceSamples)], draw.Seed);
                if (slice is null || !engine.Plan.Fits(slice)) return null;
                int[] all = [.. Enumerable.Range(0, slice.Count)];
                if (!engine.TryEvaluate(parameters, slice, all, out var result, out _)) return new DrawMeasure([], [], []);
                result.Losses.CopyTo(losses, first);
                foreach (var sample in all) labels[first + sample] = slice.Label(sample);
                if (first < logitSamples) logits.AddRange(result.Logits.Take(Math.Min(logitSamples - first, slice.Count) * engine.Plan.Classes));
            }

            return new DrawMeasure(losses, labels, [.. logits]);
        }

        // Sealed samples in their places among those of the source.
        private static Dataset? Slice(ModelPlan plan, ISampleSource source, SealedSamples opened, int[] numbers, Hash256 seed)
        {
            if (Array.TrueForAll(numbers, number => number >= 0)) return source.Take(numbers, seed);
            int[] others = [.. numbers.Where(number => number >= 0)];
            var taken = others.Length > 0 ? source.Take(others, seed) : null;
            var size = (int)plan.Input.Count;
            if (opened.Pixels != size || (taken is not null && !plan.Fits(taken))) return null;
            var (images, labels) = (new byte[numbers.Length * size], new byte[numbers.Length]);
            var used = 0;
            for (var i = 0; i < numbers.Length; i++)
            {
                var sample = numbers[i] < 0 ? opened.Samples[~numbers[i]] : null;
                labels[i] = sample is null ? taken!.Label(used) : sample[0];
                (sample is null ? taken!.Image(used++) : sample.AsSpan(1)).CopyTo(images.AsSpan(i * size));
            }

            return Dataset.TryCreate(plan.Input, images, labels, plan.Classes, out var slice, out _) ? slice : null;
        }
    }
}
