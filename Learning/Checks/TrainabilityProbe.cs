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

/// <param name="FirstLoss">Sum of the first window's mean losses, 2^-20 nats.</param>
/// <param name="LastLoss">Of the last window's; zero where the probe did not get there.</param>
/// <param name="DeadPercent">Of the layer with the greatest share, rounded down.</param>
public readonly record struct ProbeResult(ProbeFault Fault, ulong FirstLoss, ulong LastLoss, int DeadPercent);

/// <summary>
/// Trains a candidate for a few steps as anybody would who took it over: plain descent at a modest rate on samples that its trainer could
/// not choose. A model whose loss then explodes, or whose units stay as they are, has been spoiled for its successors.
/// </summary>
/// <remarks>Runs in the canonical engine: the same numbers on every machine, path and number of threads.</remarks>
public static class TrainabilityProbe
{
    public const int Steps = 50;
    public const int Batch = 3;
    public const float Rate = 0.01f;

    /// <summary>Steps whose losses are compared, at either end.</summary>
    public const int Window = 10;

    public const int DeadPercentMax = 75;

    /// <summary>What the loss may rise by beyond the factor of two: one nat a step.</summary>
    private const ulong Allowance = Window * (1UL << LossScale.FractionBits);

    /// <param name="training">The task's training set; at least <see cref="Batch"/> samples that fit the model.</param>
    /// <param name="seed">Of the stream that draws the samples; must not be known before the candidate is fixed.</param>
    public static ProbeResult Run(ModelParameters candidate, Dataset training, Hash256 seed, EngineOptions engine)
    {
        Invariant.Check(candidate.IsFinite, "a candidate with a non-finite parameter is refused before it is probed");
        var options = new TrainerOptions { LearningRate = Rate, Momentum = 0, WeightDecay = 0, Batch = Batch };
        using var trainer = new Trainer(candidate, training, seed, options, engine);
        var (first, last) = (0UL, 0UL);
        for (var step = 0; step < Steps; step++)
        {
            var result = trainer.Step();
            if (result.Fault != EvaluationFault.None) return new ProbeResult(ProbeFault.NotFinite, first, last, 0);
            if (step < Window) first += result.MeanLoss;
            if (step >= Steps - Window) last += result.MeanLoss;
        }
        var dead = DeadPercent(candidate, trainer.Parameters);
        var fault = last > (2 * first) + Allowance ? ProbeFault.LossRises : dead > DeadPercentMax ? ProbeFault.DeadUnits : ProbeFault.None;
        return new ProbeResult(fault, first, last, dead);
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
