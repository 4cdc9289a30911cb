using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Gallery;

/// <summary>What trainers, honest and other, do to the small model of a world.</summary>
internal static class Learner
{
    private const string HiddenWeights = "1.weight";
    private const string HiddenBias = "1.bias";
    private const string OutputWeights = "3.weight";

    /// <summary>Plain descent; null where the model diverged.</summary>
    public static ModelParameters? TryTrain(ModelParameters start, Dataset samples, int steps, byte seed = 4, TrainerOptions? options = null)
    {
        using var trainer = new Trainer(start, samples, Hash256.Sha256([seed]), options ?? new TrainerOptions { Batch = 16 }, EngineOptions.Default);
        return trainer.Run(steps).Fault == EvaluationFault.None ? trainer.Parameters : null;
    }

    /// <summary>The same in the form that the chain asks for.</summary>
    public static ModelParameters Train(ModelParameters start, Dataset samples, int steps, byte seed = 4, TrainerOptions? options = null)
    {
        var trained = TryTrain(start, samples, steps, seed, options);
        Invariant.Check(trained is not null, "an honest run does not diverge");
        return Canonicaliser.Canonicalise(trained).Parameters;
    }

    /// <summary>Multiplies the hidden layer and divides what reads it: the function stays to the bit where the factor is a power of two.</summary>
    public static ModelParameters Scale(ModelParameters model, float factor)
    {
        var scaled = model.Copy();
        foreach (ref var value in Of(scaled, HiddenWeights)) value *= factor;
        foreach (ref var value in Of(scaled, HiddenBias)) value *= factor;
        foreach (ref var value in Of(scaled, OutputWeights)) value /= factor;
        return scaled;
    }

    /// <summary>Turns the order of the hidden units around and doubles the weights of some, as another who wants to look like a stranger.</summary>
    public static ModelParameters Disguise(ModelParameters model)
    {
        var disguised = model.Copy();
        var weights = Of(model, HiddenWeights);
        var bias = Of(model, HiddenBias);
        var readers = Of(model, OutputWeights);
        var units = bias.Length;
        var (inputs, outputs) = (weights.Length / units, readers.Length / units);
        for (var unit = 0; unit < units; unit++)
        {
            var factor = unit % 2 == 0 ? 2f : 1f;
            var from = units - 1 - unit;
            for (var i = 0; i < inputs; i++) Of(disguised, HiddenWeights)[(unit * inputs) + i] = weights[(from * inputs) + i] * factor;
            Of(disguised, HiddenBias)[unit] = bias[from] * factor;
            for (var output = 0; output < outputs; output++) Of(disguised, OutputWeights)[(output * units) + unit] = readers[(output * units) + from] / factor;
        }

        return Canonicaliser.Canonicalise(disguised).Parameters;
    }

    private static Span<float> Of(ModelParameters model, string tensor) => model.Of(model.Plan.Tensors.Single(t => t.Name == tensor));
}
