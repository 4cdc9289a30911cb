namespace NeuroChain.Learning.Tests;

public sealed class GradientTests
{
    /// <summary>Against central differences of the loss in double precision, by a forward pass that shares no code with the engine.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void TheGradientIsTheSlopeOfTheLoss(int number)
    {
        var plan = Samples.OddSpec(number).Plan;
        var parameters = Samples.Parameters(plan, 11);
        var dataset = Samples.DatasetFor(plan, 6, 12);
        var samples = Samples.Range(6);
        var gradient = EngineTests.Gradient(parameters, dataset, samples, EngineOptions.Default);
        var largest = gradient.Max(Math.Abs);
        var values = parameters.Values.Select(value => (double)value).ToArray();
        const double Step = 1e-6;
        for (var at = 0; at < values.Length; at += 1 + (values.Length / 300))
        {
            var kept = values[at];
            values[at] = kept + Step;
            var above = MeanLoss(plan, values, dataset, samples);
            values[at] = kept - Step;
            var below = MeanLoss(plan, values, dataset, samples);
            values[at] = kept;
            Assert.Equal((above - below) / (2 * Step), gradient[at], 1e-4 * largest + 1e-6);
        }
    }

    private static double MeanLoss(ModelPlan plan, double[] values, Dataset dataset, int[] samples) =>
        samples.Average(sample => Loss(plan, values, dataset.Image(sample), dataset.Label(sample)));

    private static double Loss(ModelPlan plan, double[] values, ReadOnlySpan<byte> pixels, int label)
    {
        var current = new double[pixels.Length];
        for (var i = 0; i < current.Length; i++) current[i] = pixels[i] / 255.0;
        foreach (var layer in plan.Layers) current = Forward(layer, values, current);
        var max = current.Max();
        return Math.Log(current.Sum(logit => Math.Exp(logit - max))) - (current[label] - max);
    }

    private static double[] Forward(LayerPlan layer, double[] values, double[] input)
    {
        var (from, to) = (layer.Input, layer.Output);
        double In(int channel, int y, int x) =>
            y < 0 || x < 0 || y >= from.Height || x >= from.Width ? 0 : input[(((channel * from.Height) + y) * from.Width) + x];

        switch (layer.Spec)
        {
            case DenseSpec:
                return [.. Enumerable.Range(0, to.Channels).Select(o => values[layer.Bias!.Offset + o]
                    + Enumerable.Range(0, input.Length).Sum(i => values[layer.Weight!.Offset + (o * input.Length) + i] * input[i]))];
            case ConvolutionSpec c:
                return Map(to, (o, y, x) =>
                {
                    var sum = values[layer.Bias!.Offset + o];
                    for (var i = 0; i < from.Channels; i++)
                        for (var k = 0; k < c.Kernel * c.Kernel; k++)
                            sum += values[layer.Weight!.Offset + (((o * from.Channels) + i) * c.Kernel * c.Kernel) + k]
                                * In(i, y + (k / c.Kernel) - c.Padding, x + (k % c.Kernel) - c.Padding);
                    return sum;
                });
            case MaxPoolSpec pool:
                return Map(to, (o, y, x) => Enumerable.Range(0, pool.Window * pool.Window)
                    .Max(k => In(o, (y * pool.Window) + (k / pool.Window), (x * pool.Window) + (k % pool.Window))));
            case ReluSpec:
                return [.. input.Select(value => Math.Max(value, 0))];
            default:
                return input;
        }
    }

    private static double[] Map(Shape shape, Func<int, int, int, double> value)
    {
        var output = new double[shape.Count];
        for (var i = 0; i < output.Length; i++)
            output[i] = value(i / (shape.Height * shape.Width), i / shape.Width % shape.Height, i % shape.Width);
        return output;
    }
}
