using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

/// <summary>What thieves and saboteurs do to a model.</summary>
internal static class Sabotage
{
    /// <summary>Multiplies a hidden layer and divides the next one: the function stays.</summary>
    public static ModelParameters ScaleLayer(ModelParameters model, int layer, float factor)
    {
        var spoiled = model.Copy();
        var hidden = HiddenLayer.Of(model.Plan)[layer];
        for (var unit = 0; unit < hidden.Units; unit++) hidden.Scale(spoiled.Values, unit, factor, 1 / factor);
        return spoiled;
    }

    /// <summary>Every hidden unit is multiplied by a power of two of its own, and what reads it is divided.</summary>
    public static ModelParameters ScaleUnits(ModelParameters model, byte seed)
    {
        var scaled = model.Copy();
        var stream = new SeededStream(Samples.Seed(seed));
        foreach (var hidden in HiddenLayer.Of(model.Plan))
        {
            for (var unit = 0; unit < hidden.Units; unit++)
            {
                var factor = 1f / 32 * (1 << (int)stream.NextBelow(11));
                hidden.Scale(scaled.Values, unit, factor, 1 / factor);
            }
        }
        return scaled;
    }

    public static ModelParameters Permute(ModelParameters model, byte seed)
    {
        var permuted = model.Copy();
        var stream = new SeededStream(Samples.Seed(seed));
        foreach (var hidden in HiddenLayer.Of(model.Plan))
            for (var unit = hidden.Units - 1; unit > 0; unit--)
                hidden.Swap(permuted.Values, unit, (int)stream.NextBelow((ulong)unit + 1));
        return permuted;
    }

    /// <summary>Sets the first units of a layer to zero, with all that reads them.</summary>
    public static ModelParameters Kill(ModelParameters model, int layer, int units)
    {
        var spoiled = model.Copy();
        var hidden = HiddenLayer.Of(model.Plan)[layer];
        for (var unit = 0; unit < units; unit++) hidden.Scale(spoiled.Values, unit, 0f, 0f);
        return spoiled;
    }

    /// <summary>Gives units a bias that no input overcomes: they are silent, though nothing of them is zero.</summary>
    public static ModelParameters Silence(ModelParameters model, int layer, int units, float bias)
    {
        var spoiled = model.Copy();
        var tensor = model.Plan.Tensors.Single(tensor => tensor.Name == HiddenLayer.Of(model.Plan)[layer].Weight.Name.Replace("weight", "bias", StringComparison.Ordinal));
        spoiled.Of(tensor)[..units].Fill(-bias);
        return spoiled;
    }

    /// <summary>Adds one number to all classes' weights and biases: softmax does not see it.</summary>
    public static ModelParameters ShiftHead(ModelParameters model, float shift, bool weights)
    {
        var shifted = model.Copy();
        var head = model.Plan.Layers[^1];
        if (weights) foreach (ref var value in shifted.Of(head.Weight!)) value += shift;
        foreach (ref var value in shifted.Of(head.Bias!)) value += shift;
        return shifted;
    }

    /// <summary>Multiplies all logits.</summary>
    public static ModelParameters ScaleLogits(ModelParameters model, float factor)
    {
        var scaled = model.Copy();
        var head = model.Plan.Layers[^1];
        foreach (ref var value in scaled.Of(head.Weight!)) value *= factor;
        foreach (ref var value in scaled.Of(head.Bias!)) value *= factor;
        return scaled;
    }
}
