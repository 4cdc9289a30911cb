using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>Why a model is not fit to be trained on.</summary>
public enum ProbeFault
{
    None,

    /// <summary>A parameter, logit or loss was not finite before the last step was done.</summary>
    NotFinite,

    /// <summary>The loss was much higher in the end than in the beginning.</summary>
    LossRises,

    /// <summary>More than <see cref="TrainabilityProbe.DeadPercentMax"/> percent of a hidden layer's units learned nothing.</summary>
    DeadUnits,
}

/// <param name="LossBefore">Of the candidate on the last window's samples, 2^-20 nats, summed; zero where the probe did not get there.</param>
/// <param name="LossAfter">On the same samples in the last window's steps.</param>
/// <param name="DeadPercent">Of the layer with the greatest share, rounded down.</param>
public readonly record struct ProbeResult(ProbeFault Fault, ulong LossBefore, ulong LossAfter, int DeadPercent);

/// <summary>
/// Trains a candidate for a few steps as anybody would who took it over: plain descent at a modest rate on samples that its trainer could
/// not choose. A model whose loss then explodes, or whose units stay as they are, has been spoiled for its successors.
/// </summary>
/// <remarks>
/// Runs in the canonical engine: the same numbers on every machine, path and number of threads. A spoiled model is lost after one or two
/// steps, so the first steps of the run tell nothing: what the last ones see is compared with what the candidate itself makes of these samples.
/// </remarks>
public static class TrainabilityProbe
{
    public const int Steps = 50;
    public const int Batch = 3;
    public const float Rate = 0.01f;

    /// <summary>Steps at the end whose losses count.</summary>
    public const int Window = 10;

    public const int DeadPercentMax = 50;

    /// <summary>The loss may rise by a quarter, and by a quarter of a nat a sample.</summary>
    private const ulong AllowancePerSample = 1UL << (LossScale.FractionBits - 2);

    /// <param name="training">Of the task's training set; at least a batch of samples that fit the model.</param>
    /// <param name="seed">Of the stream that draws the samples; must not be known before the candidate is fixed.</param>
    /// <param name="steps">At least <see cref="Window"/>.</param>
    /// <param name="batch">Samples a step.</param>
    public static ProbeResult Run(
        ModelParameters candidate, Dataset training, Hash256 seed, EngineOptions engine, int steps = Steps, int batch = Batch)
    {
        Invariant.Check(candidate.IsFinite, "a candidate with a non-finite parameter is refused before it is probed");
        Invariant.Check(steps >= Window && batch > 0, "the end of a probe is part of it");
        var options = new TrainerOptions { LearningRate = Rate, Momentum = 0, WeightDecay = 0, Batch = batch };
        using var trainer = new Trainer(candidate, training, seed, options, engine);
        var after = 0UL;
        for (var step = 0; step < steps; step++)
        {
            var result = trainer.Step();
            if (result.Fault != EvaluationFault.None) return new ProbeResult(ProbeFault.NotFinite, 0, 0, 0);
            // The mean is rounded down to a unit of 2^-20 nats; times the batch that is at most a unit a sample.
            if (step >= steps - Window) after += (ulong)result.MeanLoss * (ulong)batch;
        }
        if (!TryMeasure(candidate, training, seed, engine, steps, batch, out var before)) return new ProbeResult(ProbeFault.NotFinite, 0, 0, 0);
        var dead = DeadPercent(candidate, trainer.Parameters);
        var fault = after > before + (before / 4) + ((ulong)(Window * batch) * AllowancePerSample) ? ProbeFault.LossRises
            : dead > DeadPercentMax ? ProbeFault.DeadUnits : ProbeFault.None;
        return new ProbeResult(fault, before, after, dead);
    }

    /// <summary>The untouched candidate's loss on the samples that the trainer draws for the last window.</summary>
    private static bool TryMeasure(
        ModelParameters candidate, Dataset training, Hash256 seed, EngineOptions options, int steps, int batch, out ulong loss)
    {
        var batches = new MiniBatches(training.Count, new SeededStream(seed));
        var samples = new int[steps * batch];
        for (var step = 0; step < steps; step++) batches.Fill(samples.AsSpan(step * batch, batch));
        using var engine = new CanonicalEngine(candidate.Plan, options);
        var isFinite = engine.TryEvaluate(candidate, training, samples.AsSpan((steps - Window) * batch), out var result, out _);
        loss = result?.LossSum ?? 0;
        return isFinite;
    }

    /// <summary>A unit is dead when no step has moved one bit of its weights or of its bias.</summary>
    private static int DeadPercent(ModelParameters before, ModelParameters after)
    {
        var most = 0;
        foreach (var layer in HiddenLayer.Of(before.Plan))
        {
            var dead = 0;
            for (var unit = 0; unit < layer.Units; unit++)
                if (layer.HasSameIncoming(before.Values, after.Values, unit))
                    dead++;
            most = Math.Max(most, 100 * dead / layer.Units);
        }
        return most;
    }
}
