using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// Trains one model on one dataset. Same start, seed and options give the same bits after every step, on any machine, path and number of
/// threads, so a training run can be replayed. The update is g' = fma(decay, w, g); v = fma(momentum, v, g'); w = fma(-rate, v, w).
/// </summary>
public sealed class Trainer : ITrainingEngine
{
    private readonly CanonicalEngine _engine;
    private readonly Dataset _dataset;
    private readonly TrainerOptions _options;
    private readonly MiniBatches _batches;
    private readonly AlignedFloats _weights;
    private readonly AlignedFloats _velocity;
    private readonly AlignedFloats _gradient;
    private readonly int[] _samples;
    private readonly uint[] _losses;
    private EvaluationFault _fault;
    private int _steps;

    /// <exception cref="OperatorException">An option is out of range, or the model does not take these images.</exception>
    public Trainer(ModelParameters start, Dataset dataset, Hash256 seed, TrainerOptions options, EngineOptions engine)
    {
        options.Demand(start.Plan, dataset);
        _engine = new CanonicalEngine(start.Plan, engine);
        _dataset = dataset;
        _options = options;
        _batches = new MiniBatches(dataset.Count, new SeededStream(seed));
        _weights = new AlignedFloats(start.Values.Length);
        _velocity = new AlignedFloats(start.Values.Length);
        _gradient = new AlignedFloats(start.Values.Length);
        _samples = new int[options.Batch];
        _losses = new uint[options.Batch];
        start.Values.CopyTo(_weights.Span);
        _fault = start.IsFinite ? EvaluationFault.None : EvaluationFault.NonFiniteParameter;
    }

    /// <summary>A copy of the parameters after the steps taken.</summary>
    public ModelParameters Parameters => new(_engine.Plan, _weights.Span.ToArray());

    /// <summary>Trains on from a checkpoint; momentum starts at zero, for a checkpoint holds none.</summary>
    /// <exception cref="OperatorException">As for the constructor.</exception>
    public static bool TryResume(
        ReadOnlySpan<byte> checkpoint, ModelPlan plan, Dataset dataset, Hash256 seed, TrainerOptions options, EngineOptions engine,
        [NotNullWhen(true)] out Trainer? trainer, out CheckpointError error)
    {
        trainer = Checkpoint.TryRead(checkpoint, plan, out var start, out error)
            ? new Trainer(start, dataset, seed, options, engine)
            : null;
        return trainer is not null;
    }

    /// <summary>The checkpoint after the steps taken; false when the model has diverged.</summary>
    public bool TryWriteCheckpoint([NotNullWhen(true)] out byte[]? checkpoint)
    {
        checkpoint = _fault == EvaluationFault.None ? Checkpoint.Write(Parameters) : null;
        return checkpoint is not null;
    }

    public StepResult Step()
    {
        if (_fault != EvaluationFault.None) return new StepResult(_steps, 0, _fault);
        _batches.Fill(_samples);
        _fault = _engine.ComputeGradient(_weights.Span, _dataset, _samples, _gradient, _losses);
        if (_fault != EvaluationFault.None) return new StepResult(_steps, 0, _fault);
        _engine.Descend(_weights, _velocity, _gradient, _options.LearningRate, _options.Momentum, _options.WeightDecay);
        foreach (var weight in _weights.Span)
            if (!float.IsFinite(weight))
                _fault = EvaluationFault.NonFiniteParameter;
        _steps++;
        var sum = 0UL;
        foreach (var loss in _losses) sum += loss;
        return new StepResult(_steps, (uint)(sum / (ulong)_losses.Length), _fault);
    }

    public StepResult Run(int steps)
    {
        Invariant.Check(steps > 0, "a run has steps");
        var result = Step();
        for (var i = 1; i < steps && result.Fault == EvaluationFault.None; i++) result = Step();
        return result;
    }

    public void Dispose() => _engine.Dispose();
}
