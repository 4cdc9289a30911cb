namespace NeuroChain.P2P.Tests;

public sealed class BackoffTests
{
    private static readonly Backoff Backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(1500));

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(14, 1400)]
    [InlineData(15, 1500)]
    [InlineData(16, 1500)]
    [InlineData(int.MaxValue, 1500)]
    public void WaitsGrowLinearlyToTheirCap(int failures, int milliseconds) =>
        Assert.Equal(milliseconds, Backoff.Delay(failures, 0.5).TotalMilliseconds, 0.001);

    [Fact]
    public void JitterIsATenthEachWay()
    {
        Assert.Equal(90, Backoff.Delay(1, 0).TotalMilliseconds, 0.001);
        Assert.Equal(1650, Backoff.Delay(99, 1).TotalMilliseconds, 0.001);
    }
}
