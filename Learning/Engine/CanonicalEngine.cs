using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// Computes losses and gradients of one model with the same bits on every machine, by the written orders in this folder's README. Buffers
/// are kept between calls. One caller at a time.
/// </summary>
public sealed unsafe class CanonicalEngine : IDisposable
{
    /// <summary>Samples whose gradients are summed by themselves before they join the batch's; the same on all paths.</summary>
    public const int GradientBlock = 16;

    private readonly EngineLayout _layout;
    private readonly KernelPath _path;
    private readonly WorkMeter? _meter;
    private readonly WorkerTeam _team;
    private readonly PackedParameters _packed;
    private readonly SampleGroup?[] _groups;
    private readonly SampleGroup?[] _trainingGroups;
    private readonly AlignedFloats?[] _blockGradients;

    /// <exception cref="OperatorException">The number of threads is out of range.</exception>
    public CanonicalEngine(ModelPlan plan, EngineOptions options)
    {
        if (options.Threads is < 1 or > EngineOptions.ThreadsMax)
            throw new OperatorException($"{options.Threads} threads: set a number from 1 to {EngineOptions.ThreadsMax}");
        Plan = plan;
        _path = options.Path ?? KernelPaths.Best;
        _meter = options.Meter;
        _layout = new EngineLayout(plan);
        _packed = new PackedParameters(plan);
        _team = new WorkerTeam(options.Threads);
        _groups = new SampleGroup[options.Threads];
        _trainingGroups = new SampleGroup[options.Threads];
        _blockGradients = new AlignedFloats[options.Threads];
    }

    public ModelPlan Plan { get; }

    /// <summary>Losses of the samples at the indices, in that order.</summary>
    /// <returns>False with the fault when a parameter, logit or loss is not finite.</returns>
    public bool TryEvaluate(
        ModelParameters parameters, Dataset dataset, ReadOnlySpan<int> indices,
        [NotNullWhen(true)] out EvaluationResult? result, out EvaluationFault fault)
    {
        Demand(parameters.Plan, dataset, indices);
        result = null;
        fault = EvaluationFault.NonFiniteParameter;
        if (!parameters.IsFinite) return false;

        _packed.Pack(parameters.Values, backward: false);
        var samples = indices.ToArray();
        _meter?.CountForward(Plan, samples.Length);
        var losses = new uint[samples.Length];
        var correct = new bool[samples.Length];
        var logits = new float[samples.Length * Plan.Classes];
        var next = 0;
        _team.Run(worker =>
        {
            var group = _groups[worker] ??= SampleGroup.Create(_layout, _path, training: false);
            while (true)
            {
                var first = Interlocked.Add(ref next, group.Lanes) - group.Lanes;
                if (first >= samples.Length) return;
                var count = Math.Min(group.Lanes, samples.Length - first);
                group.Forward(_packed, dataset, samples.AsSpan(first, count));
                for (var lane = 0; lane < count; lane++)
                {
                    var at = first + lane;
                    group.CopyLogits(lane, logits.AsSpan(at * Plan.Classes, Plan.Classes));
                    var loss = group.Loss(lane, dataset.Label(samples[at]));
                    losses[at] = LossScale.ToUnits(loss);
                    correct[at] = loss.IsCorrect;
                }
            }
        });
        fault = LossScale.FirstFault(losses);
        if (fault != EvaluationFault.None) return false;
        result = new EvaluationResult(losses, correct.Count(hit => hit), logits);
        return true;
    }

    /// <summary>
    /// The gradient of the mean loss over a mini-batch in all parameters; <paramref name="losses"/> gets the samples' losses.
    /// </summary>
    /// <returns>NonFiniteLogit or NonFiniteLoss when the model has diverged; the gradient is then of no use.</returns>
    public EvaluationFault ComputeGradient(
        ModelParameters parameters, Dataset dataset, ReadOnlySpan<int> indices, Span<float> gradient, Span<uint> losses)
    {
        Demand(parameters.Plan, dataset, indices);
        Invariant.Check(gradient.Length == Plan.ParameterCount, "there is one derivative a parameter");
        var total = new AlignedFloats(Plan.ParameterCount);
        var fault = ComputeGradient(parameters.Values, dataset, indices.ToArray(), total, losses);
        total.Span.CopyTo(gradient);
        return fault;
    }

    public void Dispose() => _team.Dispose();

    internal EvaluationFault ComputeGradient(
        ReadOnlySpan<float> parameters, Dataset dataset, int[] samples, AlignedFloats total, Span<uint> losses)
    {
        Invariant.Check(losses.Length == samples.Length && samples.Length > 0, "a mini-batch has samples, and each has a loss");
        _meter?.CountTraining(Plan, samples.Length);
        _packed.Pack(parameters, backward: true);
        total.Span.Clear();
        var blocks = (samples.Length + GradientBlock - 1) / GradientBlock;
        var batchLosses = new uint[samples.Length];
        for (var wave = 0; wave < blocks; wave += _team.Count)
        {
            var firstBlock = wave;
            _team.Run(worker =>
            {
                if (firstBlock + worker < blocks) RunBlock(worker, firstBlock + worker, dataset, samples, batchLosses);
            });
            for (var worker = 0; worker < _team.Count && wave + worker < blocks; worker++)
                _trainingGroups[0]!.Accumulate(total, _blockGradients[worker]!);
        }
        batchLosses.CopyTo(losses);
        return LossScale.FirstFault(batchLosses);
    }

    internal void Descend(AlignedFloats weights, AlignedFloats velocity, AlignedFloats gradient, float rate, float momentum, float decay) =>
        _trainingGroups[0]!.Descend(weights, velocity, gradient, rate, momentum, decay);

    private void RunBlock(int worker, int block, Dataset dataset, int[] samples, uint[] losses)
    {
        var group = _trainingGroups[worker] ??= SampleGroup.Create(_layout, _path, training: true);
        var gradient = _blockGradients[worker] ??= new AlignedFloats(Plan.ParameterCount);
        gradient.Span.Clear();
        var scale = 1f / samples.Length;
        var end = Math.Min(samples.Length, (block + 1) * GradientBlock);
        for (var first = block * GradientBlock; first < end; first += group.Lanes)
        {
            var count = Math.Min(group.Lanes, end - first);
            group.Forward(_packed, dataset, samples.AsSpan(first, count));
            for (var lane = 0; lane < count; lane++)
            {
                var label = dataset.Label(samples[first + lane]);
                var loss = group.Loss(lane, label);
                losses[first + lane] = LossScale.ToUnits(loss);
                group.WriteLogitGradient(lane, label, loss.SumOfExponentials, scale);
            }
            group.Backward(_packed, gradient.Pointer, count);
        }
    }

    private void Demand(ModelPlan plan, Dataset dataset, ReadOnlySpan<int> indices)
    {
        Invariant.Check(plan.Spec.Hash == Plan.Spec.Hash, "the engine was made for one model");
        Invariant.Check(Plan.Fits(dataset), "a task's model and dataset were checked against each other when it was opened");
        foreach (var index in indices)
            Invariant.Check(index >= 0 && index < dataset.Count, "samples are drawn from the dataset");
    }
}
