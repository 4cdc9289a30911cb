namespace NeuroChain.Learning.Tests;

public sealed class LossScaleTests
{
    [Theory]
    [InlineData(0f, 0u)]
    [InlineData(-1f, 0u)]
    [InlineData(1e-45f, 0u)]
    [InlineData(1f, 1u << 20)]
    [InlineData(64f, 1u << 26)]
    [InlineData(64.1f, 1u << 26)]
    [InlineData(float.MaxValue, 1u << 26)]
    [InlineData(0.5f / (1 << 20), 0u)]
    [InlineData(1.5f / (1 << 20), 2u)]
    [InlineData(2.5f / (1 << 20), 2u)]
    [InlineData(2.50001f / (1 << 20), 3u)]
    public void LossesAreRoundedToTheNearestUnitAndTiesToEven(float nats, uint units) => Assert.Equal(units, LossScale.ToUnits(nats));
}
