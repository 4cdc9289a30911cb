using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class ModelSpecTests
{
    private const string Small =
        """{"version":1,"input":[1,28,28],"layers":[{"kind":"conv2d","channels":8,"kernel":3,"padding":1},{"kind":"relu"},"""
        + """{"kind":"max-pool","window":2},{"kind":"conv2d","channels":16,"kernel":3,"padding":1},{"kind":"relu"},"""
        + """{"kind":"max-pool","window":2},{"kind":"flatten"},{"kind":"dense","units":10}],"loss":"softmax-cross-entropy"}""";

    [Fact]
    public void TheTestnetsModelHasTheseBytes()
    {
        var spec = ModelSpec.SmallConvolutional();
        Assert.Equal(Small, Encoding.UTF8.GetString(spec.CanonicalJson));
        Assert.Equal(Hash256.Sha256(Encoding.UTF8.GetBytes(Small)), spec.Hash);
    }

    [Fact]
    public void ItsPlanIsKnown()
    {
        var plan = ModelSpec.SmallConvolutional().Plan;
        Assert.Equal(9098, plan.ParameterCount);
        Assert.Equal(290_080, plan.MultiplyAdds);
        Assert.Equal(10, plan.Classes);
        Assert.Equal(["0.bias", "0.weight", "3.bias", "3.weight", "7.bias", "7.weight"], plan.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([0, 8, 80, 96, 1248, 1258], plan.Tensors.Select(tensor => tensor.Offset));
        Assert.Equal([16, 8, 3, 3], plan.Layers[3].Weight!.Shape);
        Assert.Equal([10, 784], plan.Layers[7].Weight!.Shape);
        Assert.Equal(new Shape(16, 7, 7), plan.Layers[5].Output);
    }

    [Fact]
    public void TensorsLieInTheOrdinalOrderOfTheirNames()
    {
        var layers = Enumerable.Repeat<LayerSpec>(new DenseSpec(3), 11).Prepend(new FlattenSpec()).ToArray();
        var names = Samples.Spec(new(1, 2, 2), layers).Plan.Tensors.Select(tensor => tensor.Name).ToArray();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal("1.bias", names[0]);
        Assert.Equal("10.bias", names[2]);
    }

    [Fact]
    public void CanonicalBytesComeBackFromAnyModelAndAnySpacing()
    {
        for (var number = 0; number < Samples.OddSpecs; number++)
        {
            var spec = Samples.OddSpec(number);
            var text = Encoding.UTF8.GetString(spec.CanonicalJson);
            foreach (var form in new[] { text, " " + text.Replace(",", " ,\n") + "\t" })
            {
                Assert.True(ModelSpec.TryParse(Encoding.UTF8.GetBytes(form), out var back, out _));
                Assert.Equal(spec.Hash, back.Hash);
                Assert.Equal(spec.Layers, back.Layers);
            }
        }
    }

    [Theory]
    [InlineData("\"version\":1,", "", ModelSpecError.MissingField)]
    [InlineData("\"version\":1", "\"version\":2", ModelSpecError.UnknownVersion)]
    [InlineData("\"version\":1", "\"version\":1.5", ModelSpecError.WrongType)]
    [InlineData("\"version\":1", "\"version\":1,\"version\":1", ModelSpecError.DuplicateField)]
    [InlineData("\"version\":1", "\"version\":1,\"note\":\"x\"", ModelSpecError.UnknownField)]
    [InlineData("softmax-cross-entropy", "hinge", ModelSpecError.UnknownLoss)]
    [InlineData("\"loss\":\"softmax-cross-entropy\"", "\"loss\":3", ModelSpecError.WrongType)]
    [InlineData("\"loss\"", "\"\\ud800\"", ModelSpecError.NotJson)]
    [InlineData("[1,28,28]", "[1,28]", ModelSpecError.WrongType)]
    [InlineData("[1,28,28]", "[1,28,99999999999]", ModelSpecError.WrongType)]
    [InlineData("[1,28,28]", "[0,28,28]", ModelSpecError.DimensionOutOfRange)]
    [InlineData("[1,28,28]", "[1,28,1025]", ModelSpecError.DimensionOutOfRange)]
    [InlineData("[1,28,28]", "[1,1,28]", ModelSpecError.WindowLargerThanInput)]
    [InlineData("[1,28,28]", "[64,1024,1024]", ModelSpecError.TooManyActivations)]
    [InlineData("\"kind\":\"flatten\"", "\"kind\":\"attention\"", ModelSpecError.UnknownLayer)]
    [InlineData("\"kind\":\"flatten\"", "\"kind\":\"relu\"", ModelSpecError.DenseNeedsFlatInput)]
    [InlineData("\"kind\":\"flatten\"", "\"kind\":\"flatten\",\"axis\":1", ModelSpecError.UnknownField)]
    [InlineData("{\"kind\":\"flatten\"}", "{}", ModelSpecError.MissingField)]
    [InlineData("{\"kind\":\"flatten\"}", "{\"kind\":\"flatten\"},{\"kind\":\"flatten\"}", ModelSpecError.LayerNeedsImageInput)]
    [InlineData(",{\"kind\":\"dense\",\"units\":10}", "", ModelSpecError.LastLayerNotDense)]
    [InlineData("\"units\":10", "\"units\":1", ModelSpecError.TooFewClasses)]
    [InlineData("\"units\":10", "\"units\":0", ModelSpecError.DimensionOutOfRange)]
    [InlineData("\"units\":10", "\"units\":1025", ModelSpecError.DimensionOutOfRange)]
    [InlineData("\"units\":10", "\"units\":60000", ModelSpecError.TooManyParameters)]
    [InlineData("\"units\":10", "\"units\":\"10\"", ModelSpecError.WrongType)]
    [InlineData("\"kernel\":3,\"padding\":1},{\"kind\":\"relu\"},{\"kind\":\"max-pool\",\"window\":2},{\"kind\":\"conv2d\",\"channels\":16", "\"kernel\":3,\"padding\":3},{\"kind\":\"relu\"},{\"kind\":\"max-pool\",\"window\":2},{\"kind\":\"conv2d\",\"channels\":16", ModelSpecError.PaddingNotBelowKernel)]
    [InlineData("\"channels\":16,\"kernel\":3,\"padding\":1", "\"channels\":16,\"kernel\":15,\"padding\":0", ModelSpecError.KernelLargerThanInput)]
    [InlineData("\"channels\":16,\"kernel\":3,\"padding\":1", "\"channels\":16,\"kernel\":16,\"padding\":1", ModelSpecError.DimensionOutOfRange)]
    [InlineData("\"channels\":16,\"kernel\":3,\"padding\":1", "\"channels\":16,\"kernel\":3,\"padding\":-1", ModelSpecError.DimensionOutOfRange)]
    [InlineData("\"channels\":16,\"kernel\":3,\"padding\":1", "\"channels\":1024,\"kernel\":15,\"padding\":7", ModelSpecError.TooMuchWork)]
    public void AFaultySpecIsRefusedByName(string part, string instead, ModelSpecError expected)
    {
        Assert.Contains(part, Small);
        Assert.False(ModelSpec.TryParse(Encoding.UTF8.GetBytes(Small.Replace(part, instead)), out var spec, out var error));
        Assert.Null(spec);
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("", ModelSpecError.NotJson)]
    [InlineData("[]", ModelSpecError.WrongType)]
    [InlineData("null", ModelSpecError.WrongType)]
    [InlineData("{} {}", ModelSpecError.NotJson)]
    [InlineData("{\"version\":1,\"input\":[1,2,2],\"layers\":[],\"loss\":\"softmax-cross-entropy\"}", ModelSpecError.NoLayers)]
    [InlineData("{\"version\":1,\"input\":[1,2,2],\"layers\":[1],\"loss\":\"softmax-cross-entropy\"}", ModelSpecError.WrongType)]
    public void OtherTextIsNoSpec(string text, ModelSpecError expected)
    {
        Assert.False(ModelSpec.TryParse(Encoding.UTF8.GetBytes(text), out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void SizeIsBoundedBeforeReading()
    {
        Assert.False(ModelSpec.TryParse(new byte[ModelLimits.SpecBytesMax + 1], out _, out var error));
        Assert.Equal(ModelSpecError.TooLong, error);
        var layers = Enumerable.Repeat<LayerSpec>(new ReluSpec(), ModelLimits.LayersMax + 1).ToArray();
        Assert.False(ModelSpec.TryCreate(new(1, 2, 2), layers, out _, out error));
        Assert.Equal(ModelSpecError.TooManyLayers, error);
    }

    [Fact]
    public void MutatedTextNeverThrows()
    {
        var stream = new SeededStream(77);
        var original = Encoding.UTF8.GetBytes(Small);
        var accepted = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = original.ToArray();
            for (var hit = stream.NextBelow(3); ; hit--)
            {
                bytes[stream.NextBelow((ulong)bytes.Length)] = (byte)stream.NextBelow(256);
                if (hit == 0) break;
            }
            var cut = stream.NextChance(1, 4) ? bytes.AsSpan(0, (int)stream.NextBelow((ulong)bytes.Length)) : bytes;
            if (ModelSpec.TryParse(cut, out var spec, out var error))
            {
                accepted++;
                Assert.Equal(ModelSpecError.None, error);
                Assert.True(spec.Plan.ParameterCount <= ModelLimits.ParametersMax);
            }
            else Assert.NotEqual(ModelSpecError.None, error);
        }
        Assert.InRange(accepted, 1, 19_999);
    }

    [Fact]
    public void ImagesThatDoNotSuitTheFactoryAreTheOperatorsMistake() =>
        Assert.Throws<OperatorException>(() => ModelSpec.SmallConvolutional(height: 3));

    [Fact]
    public void InitialWeightsAreUniformWithinHesBound()
    {
        var plan = ModelSpec.SmallConvolutional().Plan;
        var parameters = ModelParameters.HeUniform(plan, Samples.Seed(1));
        foreach (var layer in plan.Layers.Where(layer => layer.Weight is not null))
        {
            var bound = MathF.Sqrt(6f / (layer.Weight!.Count / layer.Weight.Shape[0]));
            var weights = parameters.Of(layer.Weight).ToArray();
            Assert.All(weights, weight => Assert.InRange(weight, -bound, bound));
            Assert.InRange(weights.Max(), 0.9f * bound, bound);
            Assert.InRange(weights.Average(), -0.15f * bound, 0.15f * bound);
            Assert.All(parameters.Of(layer.Bias!).ToArray(), bias => Assert.Equal(0f, bias));
        }
    }
}
