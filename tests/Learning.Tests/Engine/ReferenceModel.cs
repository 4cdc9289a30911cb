namespace NeuroChain.Learning.Tests;

/// <summary>
/// The written orders of Learning/README.md once more, as plain loops over one sample's arrays: no layout, no lanes, no blocks of weights,
/// padding by asking. What the engine computes must equal this bit for bit.
/// </summary>
internal sealed class ReferenceModel(ModelParameters parameters)
{
    private readonly ModelPlan _plan = parameters.Plan;

    public (float Loss, bool Correct, float[] Logits) Evaluate(ReadOnlySpan<byte> pixels, int label)
    {
        var logits = Forward(pixels)[^1];
        var (exponentials, sum, best) = Softmax(logits);
        _ = exponentials;
        return (CanonicalMath.Log(sum) - (logits[label] - logits[best]), best == label, logits);
    }

    /// <summary>Gradient of the mean loss over the samples.</summary>
    public float[] Gradient(Dataset dataset, int[] samples)
    {
        var total = new float[_plan.ParameterCount];
        foreach (var block in samples.Chunk(16))
        {
            var sum = new float[_plan.ParameterCount];
            foreach (var sample in block) AddSample(sum, dataset.Image(sample), dataset.Label(sample), 1f / samples.Length);
            for (var i = 0; i < sum.Length; i++) total[i] += sum[i];
        }
        return total;
    }

    private List<float[]> Forward(ReadOnlySpan<byte> pixels)
    {
        var values = new float[pixels.Length];
        for (var i = 0; i < values.Length; i++) values[i] = pixels[i] / 255f;
        List<float[]> all = [values];
        foreach (var layer in _plan.Layers) all.Add(Forward(layer, all[^1]));
        return all;
    }

    private float[] Forward(LayerPlan layer, float[] input)
    {
        var (from, to) = (layer.Input, layer.Output);
        var output = new float[to.Count];
        switch (layer.Spec)
        {
            case DenseSpec:
                for (var o = 0; o < output.Length; o++)
                {
                    var sum = 0f;
                    for (var i = 0; i < input.Length; i++) sum = MathF.FusedMultiplyAdd(Weight(layer, (o * input.Length) + i), input[i], sum);
                    output[o] = sum + Bias(layer, o);
                }
                return output;
            case ConvolutionSpec c:
                for (var o = 0; o < to.Channels; o++)
                    for (var y = 0; y < to.Height; y++)
                        for (var x = 0; x < to.Width; x++)
                        {
                            var sum = 0f;
                            for (var i = 0; i < from.Channels; i++)
                                for (var ky = 0; ky < c.Kernel; ky++)
                                    for (var kx = 0; kx < c.Kernel; kx++)
                                    {
                                        sum = MathF.FusedMultiplyAdd(
                                            Weight(layer, ((((o * from.Channels) + i) * c.Kernel + ky) * c.Kernel) + kx),
                                            At(input, from, i, y + ky - c.Padding, x + kx - c.Padding), sum);
                                    }
                            output[Index(to, o, y, x)] = sum + Bias(layer, o);
                        }
                return output;
            case MaxPoolSpec pool:
                for (var o = 0; o < to.Channels; o++)
                    for (var y = 0; y < to.Height; y++)
                        for (var x = 0; x < to.Width; x++)
                            output[Index(to, o, y, x)] = input[Winner(input, from, pool.Window, o, y, x)];
                return output;
            case ReluSpec:
                for (var i = 0; i < output.Length; i++) output[i] = input[i] > 0f ? input[i] : 0f;
                return output;
            default:
                return input;
        }
    }

    private void AddSample(float[] sum, ReadOnlySpan<byte> pixels, int label, float scale)
    {
        var values = Forward(pixels);
        var (exponentials, total, _) = Softmax(values[^1]);
        var gradient = new float[exponentials.Length];
        for (var i = 0; i < gradient.Length; i++) gradient[i] = ((exponentials[i] / total) - (i == label ? 1f : 0f)) * scale;
        for (var i = _plan.Layers.Count - 1; i >= 0; i--) gradient = Backward(_plan.Layers[i], values[i], values[i + 1], gradient, sum);
    }

    private float[] Backward(LayerPlan layer, float[] input, float[] output, float[] gradient, float[] sum)
    {
        var (from, to) = (layer.Input, layer.Output);
        var back = new float[input.Length];
        switch (layer.Spec)
        {
            case DenseSpec:
                for (var o = 0; o < output.Length; o++)
                {
                    for (var i = 0; i < input.Length; i++)
                    {
                        ref var weight = ref sum[layer.Weight!.Offset + (o * input.Length) + i];
                        weight = MathF.FusedMultiplyAdd(gradient[o], input[i], weight);
                        back[i] = MathF.FusedMultiplyAdd(Weight(layer, (o * input.Length) + i), gradient[o], back[i]);
                    }
                    sum[layer.Bias!.Offset + o] += gradient[o];
                }
                return back;
            case ConvolutionSpec c:
                for (var o = 0; o < to.Channels; o++)
                {
                    for (var i = 0; i < from.Channels; i++)
                        for (var ky = 0; ky < c.Kernel; ky++)
                            for (var kx = 0; kx < c.Kernel; kx++)
                            {
                                var chain = 0f;
                                for (var y = 0; y < to.Height; y++)
                                    for (var x = 0; x < to.Width; x++)
                                    {
                                        chain = MathF.FusedMultiplyAdd(
                                            gradient[Index(to, o, y, x)], At(input, from, i, y + ky - c.Padding, x + kx - c.Padding), chain);
                                    }
                                sum[layer.Weight!.Offset + ((((o * from.Channels) + i) * c.Kernel + ky) * c.Kernel) + kx] += chain;
                            }
                    var additions = 0f;
                    for (var at = 0; at < to.Height * to.Width; at++) additions += gradient[(o * to.Height * to.Width) + at];
                    sum[layer.Bias!.Offset + o] += additions;
                }
                for (var i = 0; i < from.Channels; i++)
                    for (var y = 0; y < from.Height; y++)
                        for (var x = 0; x < from.Width; x++)
                        {
                            var chain = 0f;
                            for (var o = 0; o < to.Channels; o++)
                                for (var ky = 0; ky < c.Kernel; ky++)
                                    for (var kx = 0; kx < c.Kernel; kx++)
                                    {
                                        chain = MathF.FusedMultiplyAdd(
                                            Weight(layer, ((((o * from.Channels) + i) * c.Kernel + ky) * c.Kernel) + kx),
                                            At(gradient, to, o, y + c.Padding - ky, x + c.Padding - kx), chain);
                                    }
                            back[Index(from, i, y, x)] = chain;
                        }
                return back;
            case MaxPoolSpec pool:
                for (var o = 0; o < to.Channels; o++)
                    for (var y = 0; y < to.Height; y++)
                        for (var x = 0; x < to.Width; x++)
                            back[Winner(input, from, pool.Window, o, y, x)] = gradient[Index(to, o, y, x)];
                return back;
            case ReluSpec:
                for (var i = 0; i < back.Length; i++) back[i] = output[i] > 0f ? gradient[i] : 0f;
                return back;
            default:
                return gradient;
        }
    }

    private static (float[] Exponentials, float Sum, int Best) Softmax(float[] logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best])
                best = i;
        var (exponentials, sum) = (new float[logits.Length], 0f);
        for (var i = 0; i < logits.Length; i++) sum += exponentials[i] = CanonicalMath.Exp(logits[i] - logits[best]);
        return (exponentials, sum, best);
    }

    private static int Winner(float[] input, Shape shape, int window, int channel, int y, int x)
    {
        var best = Index(shape, channel, y * window, x * window);
        for (var row = 0; row < window; row++)
            for (var column = 0; column < window; column++)
            {
                var at = Index(shape, channel, (y * window) + row, (x * window) + column);
                if (input[at] > input[best]) best = at;
            }
        return best;
    }

    private static float At(float[] values, Shape shape, int channel, int y, int x) =>
        y < 0 || x < 0 || y >= shape.Height || x >= shape.Width ? 0f : values[Index(shape, channel, y, x)];

    private static int Index(Shape shape, int channel, int y, int x) => (((channel * shape.Height) + y) * shape.Width) + x;

    private float Weight(LayerPlan layer, int at) => parameters.Values[layer.Weight!.Offset + at];

    private float Bias(LayerPlan layer, int at) => parameters.Values[layer.Bias!.Offset + at];
}
