namespace NeuroChain.Benchmarks.Tests;

/// <summary>Each scene of bench cost is one: its messages are in a block and come to something. What they take is for a quiet machine to say.</summary>
public sealed class CostBenchmarkTests
{
    [Fact]
    public void EveryKindIsExecutedAndComparedWithTransfers()
    {
        var scenes = CostScenes.All(accounts: 200).ToList();
        Assert.Equal(scenes.Count, scenes.Select(scene => scene.Kind).Distinct().Count());
        Assert.All(scenes, scene => Assert.True(scene.Units > 0));
        var result = CostBenchmark.Measure(scenes, seconds: 0.1, rounds: 1);
        Assert.Equal(scenes.Select(scene => $"{scene.Kind}_by_transfer").Order(), result.Details.Keys.Order());
        Assert.Equal(1, result.Details[$"{CostScenes.Transfer}_by_transfer"]);
        Assert.True(result.Figure > 0 && result.Limit > 0 && result.Ratio >= 1, result.ToString());
    }
}
