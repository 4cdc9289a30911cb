namespace NeuroChain.Simulation;

/// <summary>
/// One of four is gone for good, and the chain has no interval to hide it in. Its own rounds cost a timeout each until it counts as absent,
/// after blocks of two others; from then on it is passed over in round 0, and what remains is that all three others must be waited for.
/// </summary>
public sealed class DeadValidatorScenario : IScenario
{
    private const ulong Rotation = 4;

    /// <summary>Whole cycles of rotation and other heights, so that each leads as often as the others.</summary>
    private const ulong Measured = 5 * Rotation * 4;

    private const double MostLostPercent = 10;

    public string Name => "dead-validator";

    public ScenarioResult Run()
    {
        using var story = Story.OfFour(Name);
        story.Cluster.Begin();
        Reach(story, 20);
        var whole = PerSecond(story);
        story.Cluster.Hosts[2].Remove();
        var died = (story.Now, Height: story.Heights.Max().Value);
        Reach(story, died.Height + (2 * Rotation));
        var settled = story.Now - died.Now;
        var without = PerSecond(story);
        story.End();
        var lost = 1 - (without / whole);
        return new ScenarioResult(
            Name,
            $"{whole:F2} heights per second with four, {without:F2} with three of them from two rotations on: {100 * lost:F1} % less",
            new Dictionary<string, double>
            {
                ["heights_per_second_of_four"] = whole,
                ["heights_per_second_of_three"] = without,
                ["lost_percent"] = 100 * lost,
                ["two_rotations_ms"] = settled,
            },
            [ScenarioBar.Below("percent of the heights per second lost, from two rotations on", 100 * lost, MostLostPercent)]);
    }

    private static double PerSecond(Story story)
    {
        var (from, height) = (story.Now, story.Heights.Max().Value);
        Reach(story, height + Measured);
        return Measured * 1000.0 / (story.Now - from);
    }

    private static void Reach(Story story, ulong height) => story.Until(() => story.Heights.Max().Value >= height, 600_000, $"height {height}");
}
