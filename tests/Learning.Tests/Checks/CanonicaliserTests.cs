using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class CanonicaliserTests
{
    [Theory]
    [MemberData(nameof(EngineTests.OddSpecsOnAllPaths), MemberType = typeof(EngineTests))]
    public void LogitsAndLossesKeepTheirBits(int number, KernelPath path)
    {
        var trained = Unbalanced(number);
        var form = Canonicaliser.Canonicalise(trained);
        Assert.NotEqual(trained.Values, form.Parameters.Values);
        Assert.Equal(0, form.Flushed);
        var dataset = Samples.DatasetFor(trained.Plan, 21, 2);
        var before = EngineTests.Evaluate(trained, dataset, Samples.Range(21), new EngineOptions(1, KernelPath.Scalar));
        var after = EngineTests.Evaluate(form.Parameters, dataset, Samples.Range(21), new EngineOptions(2, path));
        Assert.Equal(Samples.Bits(before.Logits), Samples.Bits(after.Logits));
        Assert.Equal(before.Losses, after.Losses);
    }

    [Theory]
    [MemberData(nameof(OddSpecs))]
    public void WhatItMakesPassesTheCheckThatTheModelFailed(int number)
    {
        var trained = Unbalanced(number);
        Assert.NotEqual(BalanceFault.None, BalanceCheck.Check(trained).Fault);
        Assert.Equal(BalanceFault.None, BalanceCheck.Check(Canonicaliser.Canonicalise(trained).Parameters).Fault);
    }

    [Theory]
    [MemberData(nameof(OddSpecs))]
    public void ASecondTimeChangesNothing(int number)
    {
        var once = Canonicaliser.Canonicalise(Unbalanced(number)).Parameters;
        var twice = Canonicaliser.Canonicalise(once);
        Assert.Equal(Samples.Bits(once.Values), Samples.Bits(twice.Parameters.Values));
        Assert.Equal(0, twice.Flushed);
    }

    [Fact]
    public void TheGivenModelStaysAsItIs()
    {
        var trained = Unbalanced(3);
        var copy = trained.Copy();
        Canonicaliser.Canonicalise(trained);
        Assert.Equal(Samples.Bits(copy.Values), Samples.Bits(trained.Values));
    }

    [Fact]
    public void ValuesBelowTheRangeBecomeZeroAndAreCounted()
    {
        var model = Canonicaliser.Canonicalise(Samples.Parameters(Samples.OddSpec(3).Plan, 1)).Parameters;
        model.Values[5] = BalanceCheck.MagnitudeMin / 2;
        model.Values[6] = -float.Epsilon;
        model.Values[7] = BalanceCheck.MagnitudeMin;
        Assert.Equal(BalanceFault.ParameterOutOfRange, BalanceCheck.Check(model).Fault);
        var form = Canonicaliser.Canonicalise(model);
        Assert.Equal(2, form.Flushed);
        Assert.Equal([0u, 0u], Samples.Bits(form.Parameters.Values.AsSpan(5, 2)));
        Assert.NotEqual(0f, form.Parameters.Values[7]);
        Assert.Equal(BalanceFault.None, BalanceCheck.Check(form.Parameters).Fault);
    }

    /// <summary>Far beyond what training does: the sweeps end all the same.</summary>
    [Fact]
    public void TheGreatestImbalanceIsBroughtIntoBalance()
    {
        var model = Samples.Parameters(Samples.OddSpec(3).Plan, 1);
        var layers = HiddenLayer.Of(model.Plan);
        for (var unit = 0; unit < layers[0].Units; unit++) layers[0].Scale(model.Values, unit, 1e24f, 1e-24f);
        for (var unit = 0; unit < layers[1].Units; unit++) layers[1].Scale(model.Values, unit, 1e-4f, 1e10f);
        Assert.Equal(BalanceFault.None, BalanceCheck.Check(Canonicaliser.Canonicalise(model).Parameters).Fault);
    }

    [Fact]
    public void ADivergedModelHasNoCanonicalForm()
    {
        var model = Samples.Parameters(Samples.OddSpec(0).Plan, 1);
        model.Values[3] = float.PositiveInfinity;
        Assert.Throws<InvariantException>(() => Canonicaliser.Canonicalise(model));
    }

    public static TheoryData<int> OddSpecs => [.. Enumerable.Range(0, Samples.OddSpecs)];

    /// <summary>All units are scaled by powers of two from 2^-5 to 2^5; the first one far more.</summary>
    private static ModelParameters Unbalanced(int number)
    {
        var model = Sabotage.ScaleUnits(Samples.Parameters(Samples.OddSpec(number).Plan, 1), (byte)number);
        HiddenLayer.Of(model.Plan)[0].Scale(model.Values, 0, 1024f, 1f / 1024);
        return model;
    }
}
