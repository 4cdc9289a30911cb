namespace NeuroChain.Learning.Tests;

public sealed class BalanceCheckTests
{
    /// <summary>One hidden unit of each kind; all parameters zero but those that a test sets.</summary>
    private static readonly ModelPlan Plan =
        Samples.Spec(new(1, 1, 2), new FlattenSpec(), new DenseSpec(2), new ReluSpec(), new DenseSpec(2)).Plan;

    [Theory]
    [InlineData(2f, 1f, BalanceFault.None)]
    [InlineData(1f, 2f, BalanceFault.None)]
    [InlineData(2.0000002f, 1f, BalanceFault.UnitOutOfBalance)]
    [InlineData(1f, 2.0000002f, BalanceFault.UnitOutOfBalance)]
    [InlineData(1f, 0f, BalanceFault.None)]
    [InlineData(0f, 1f, BalanceFault.None)]
    [InlineData(0f, -0f, BalanceFault.None)]
    public void AUnitMayBeTwiceAsLongAsWhatReadsItAndNoMore(float incoming, float outgoing, BalanceFault expected)
    {
        var model = new ModelParameters(Plan, new float[Plan.ParameterCount]);
        // Unit 1: its second weight, and the second column of the next layer.
        model.Of(Tensor("1.weight"))[3] = -incoming;
        model.Of(Tensor("3.weight"))[1] = outgoing;
        var result = BalanceCheck.Check(model);
        Assert.Equal(expected, result.Fault);
        if (expected != BalanceFault.None) Assert.Equal(("1.weight", 1), (result.Tensor!.Name, result.Index));
    }

    [Fact]
    public void TheBiasIsOnTheUnitsSide()
    {
        var model = new ModelParameters(Plan, new float[Plan.ParameterCount]);
        model.Of(Tensor("1.weight"))[0] = 1f;
        model.Of(Tensor("3.weight"))[2] = 1f;
        Assert.Equal(BalanceFault.None, BalanceCheck.Check(model).Fault);
        model.Of(Tensor("1.bias"))[0] = 2f;
        Assert.Equal(BalanceFault.UnitOutOfBalance, BalanceCheck.Check(model).Fault);
    }

    [Theory]
    [InlineData(1.8626451e-9f, BalanceFault.None)]
    [InlineData(BalanceCheck.MagnitudeMin, BalanceFault.None)]
    [InlineData(9.3132252e-10f, BalanceFault.ParameterOutOfRange)]
    [InlineData(float.Epsilon, BalanceFault.ParameterOutOfRange)]
    [InlineData(BalanceCheck.MagnitudeMax, BalanceFault.None)]
    [InlineData(1.0737419e9f, BalanceFault.ParameterOutOfRange)]
    [InlineData(float.PositiveInfinity, BalanceFault.ParameterOutOfRange)]
    [InlineData(float.NaN, BalanceFault.ParameterOutOfRange)]
    public void AParameterIsZeroOrOfAModerateSize(float value, BalanceFault expected)
    {
        var model = new ModelParameters(Plan, new float[Plan.ParameterCount]);
        model.Of(Tensor("3.bias"))[1] = -value;
        var result = BalanceCheck.Check(model);
        Assert.Equal(expected, result.Fault);
        if (expected != BalanceFault.None) Assert.Equal(("3.bias", 1), (result.Tensor!.Name, result.Index));
    }

    /// <summary>
    /// Were a unit's weights looked for in the wrong place, doubling and halving them would change the function.
    /// </summary>
    [Theory]
    [MemberData(nameof(CanonicaliserTests.OddSpecs), MemberType = typeof(CanonicaliserTests))]
    public void EveryHiddenUnitCanBeScaledAloneWithoutAnyChangeOfTheLogits(int number)
    {
        var model = Samples.Parameters(Samples.OddSpec(number).Plan, 1);
        var dataset = Samples.DatasetFor(model.Plan, 8, 2);
        var expected = Samples.Bits(EngineTests.Evaluate(model, dataset, Samples.Range(8), EngineOptions.Default).Logits);
        var layers = HiddenLayer.Of(model.Plan);
        Assert.Equal(model.Plan.Layers.Count(layer => layer.Weight is not null) - 1, layers.Count);
        foreach (var layer in layers)
        {
            for (var unit = 0; unit < layer.Units; unit++)
            {
                var scaled = model.Copy();
                layer.Scale(scaled.Values, unit, 4f, 0.25f);
                Assert.NotEqual(model.Values, scaled.Values);
                Assert.Equal(expected, Samples.Bits(EngineTests.Evaluate(scaled, dataset, Samples.Range(8), EngineOptions.Default).Logits));
            }
        }
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(3f)]
    [InlineData(10f)]
    [InlineData(1000f)]
    public void AScaledLayerIsNamed(float factor)
    {
        var model = Canonicaliser.Canonicalise(Samples.Parameters(Samples.OddSpec(3).Plan, 1)).Parameters;
        var result = BalanceCheck.Check(Sabotage.ScaleLayer(model, 1, factor));
        Assert.Equal((BalanceFault.UnitOutOfBalance, "1.weight"), (result.Fault, result.Tensor!.Name));
    }

    private static ParameterTensor Tensor(string name) => Plan.Tensors.Single(tensor => tensor.Name == name);
}
