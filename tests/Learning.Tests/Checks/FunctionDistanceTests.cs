using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class FunctionDistanceTests
{
    private const int Classes = 4;

    [Fact]
    public void AModelHasNoDistanceToItself() => Assert.Equal(0u, Distance(Logits(1), Logits(1)));

    [Fact]
    public void TheDistanceIsTheSameFromBothSides()
    {
        for (byte i = 0; i < 20; i++) Assert.Equal(Distance(Logits(i), Logits((byte)(i + 1))), Distance(Logits((byte)(i + 1)), Logits(i)));
    }

    /// <summary>By hand: 1, -1 against -1, 1 in two classes: both have the root mean square 1 and differ by 2 everywhere.</summary>
    [Fact]
    public void OppositesAreTwoApart()
    {
        Assert.Equal(2u << FunctionDistance.FractionBits, FunctionDistance.Between([1f, -1f], [-1f, 1f], 2));
        Assert.Equal(2u << FunctionDistance.FractionBits, FunctionDistance.Between([11f, 9f, 6f, 8f], [-3f, 0f, 3f, 0f], 2));
    }

    [Fact]
    public void FunctionsWithNothingInCommonAreAboutOneApart()
    {
        Assert.InRange(Distance(Logits(1), Logits(2)), 1u << 16, (5u << 16) / 4);
    }

    [Theory]
    [InlineData(100f)]
    [InlineData(-5000f)]
    [InlineData(100_000f)]
    public void ANumberThatAllClassesShareIsNotSeen(float shift)
    {
        var logits = Logits(1);
        Assert.InRange(Distance(logits, [.. logits.Select(logit => logit + shift)]), 0u, SimilarityCheck.CopyBelow / 2);
    }

    [Theory]
    [InlineData(2f)]
    [InlineData(0.125f)]
    [InlineData(7.3f)]
    public void ACommonFactorIsNotSeen(float factor)
    {
        var logits = Logits(1);
        Assert.InRange(Distance(logits, [.. logits.Select(logit => logit * factor)]), 0u, SimilarityCheck.SameBelow);
    }

    [Fact]
    public void AModelWithoutContrastIsFarFromAllOthersAndNearItsLike()
    {
        var flat = Enumerable.Repeat(3f, 64).ToArray();
        Assert.Equal(0u, Distance(flat, new float[64]));
        Assert.Equal(FunctionDistance.Farthest, Distance(flat, Logits(1)));
        Assert.Equal(FunctionDistance.Farthest, Distance(Logits(1), flat));
    }

    /// <summary>The largest logits and the smallest contrast leave the integers in range.</summary>
    [Fact]
    public void ExtremesDoNotOverflow()
    {
        const int classes = ModelLimits.ClassesMax;
        var spike = new float[classes * FunctionDistance.SamplesMax];
        spike[0] = float.MaxValue;
        var others = new float[spike.Length];
        for (var i = 0; i < others.Length; i++) others[i] = i % 2 == 0 ? float.MaxValue : float.MinValue;
        Assert.InRange(FunctionDistance.Between(spike, others, classes), 1u, 2u << 16);
        others.AsSpan().Clear();
        others[^1] = 1f / 1024;
        Assert.InRange(FunctionDistance.Between(spike, others, classes), 1u, 2u << 16);
    }

    /// <summary>Pins every rounding.</summary>
    [Fact]
    public void AChangeOfTheArithmeticDoesNotGoUnnoticed() => Assert.Equal(76_802u, Distance(Logits(3), Logits(4)));

    private static uint Distance(float[] one, float[] two) => FunctionDistance.Between(one, two, Classes);

    private static float[] Logits(byte seed)
    {
        var stream = new SeededStream(Samples.Seed(seed));
        return [.. Enumerable.Range(0, 64).Select(_ => ((int)stream.NextBelow(20_001) - 10_000) / 1000f)];
    }
}
