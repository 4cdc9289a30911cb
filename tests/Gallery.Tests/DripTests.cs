namespace NeuroChain.Gallery.Tests;

public sealed class DripTests(ITestOutputHelper output)
{
    private static bool IsLong => Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1";

    [Fact]
    public void ThirtyPartsEarnNoMoreThanOne()
    {
        foreach (var drip in Dripper.Measure(4, isSplit: true, IsLong ? 4_000 : 400, 500))
        {
            output.WriteLine(drip.ToString());
            Assert.True(drip.Rounds >= 500);
            Assert.True(drip.UpperBound <= 1.01, drip.ToString());
        }
    }

    [Fact]
    public void WherePayIsForTheSamplesThatJudgeTheyEarnMore() =>
        Assert.Contains(Dripper.Measure(4, isSplit: false, 400, 500), drip => drip.Ratio > 1.01);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    public void WithoutNoiseTheSplitIsExactToRounding(double gain)
    {
        var drip = Dripper.Sell(gain, isRetrying: true, 4, isSplit: true, noise: 0, sales: 1, rounds: 1);
        Assert.Equal(Dripper.Parts, drip.Rounds); // each part is certified at once
        Assert.InRange(drip.Ratio, 1 - 1e-6, 1 + 1e-6);
    }
}
