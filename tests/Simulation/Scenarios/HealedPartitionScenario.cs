using System.Globalization;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>
/// Partitions of twenty seconds, of every shape, as four validators may have them; noticed by the connections' ends or not. When one heals, a block
/// that nobody had is decided within one capped timeout, and soon everybody has it.
/// </summary>
public sealed class HealedPartitionScenario : IScenario
{
    // Nodes say things again every second: the worst moment to heal is just after they did.
    private const ulong Lasts = 20_100;

    /// <summary>Who hears whom: those of one group, and where it is one-way, the earlier groups hear the later ones.</summary>
    private static readonly (string Name, int[][] Groups, bool IsOneWay)[] Shapes =
    [
        ("2|2", [[0, 1], [2, 3]], false),
        ("3|1", [[0, 1, 2], [3]], false),
        ("2|1|1", [[0, 1], [2], [3]], false),
        ("1|1|1|1", [[0], [1], [2], [3]], false),
        ("2>2", [[0, 1], [2, 3]], true),
        ("3>1", [[0, 1, 2], [3]], true),
        ("1>3", [[0], [1, 2, 3]], true),
    ];

    public string Name => "healed-partition";

    public ScenarioResult Run()
    {
        var figures = new Dictionary<string, double>();
        foreach (var shape in Shapes)
            foreach (var isNoticed in new[] { false, true })
            {
                if (isNoticed && shape.IsOneWay) continue; // a connection that breaks, breaks for both
                var (first, all) = Heal(shape.Name, shape.Groups, shape.IsOneWay, isNoticed);
                var name = $"{shape.Name}{(isNoticed ? " noticed" : "")}";
                figures[$"{name} first_decision_ms"] = first;
                figures[$"{name} all_nodes_ms"] = all;
            }

        var capMs = new TimeoutSettings().Cap.TotalMilliseconds;
        var slowest = figures.Where(figure => figure.Key.EndsWith("first_decision_ms", StringComparison.Ordinal)).MaxBy(figure => figure.Value);
        return new ScenarioResult(
            Name,
            string.Create(CultureInfo.InvariantCulture, $"after every partition of twenty seconds a block was decided within {slowest.Value} ms ({slowest.Key.Split(' ')[0]}), and everybody had it within {figures.Values.Max()} ms"),
            figures,
            [ScenarioBar.AtMost("ms from the healing to the first decision, the slowest; a capped timeout is the bar", slowest.Value, capMs)]);
    }

    private (ulong First, ulong All) Heal(string shape, int[][] groups, bool isOneWay, bool isNoticed)
    {
        using var story = Story.OfFour($"{Name} {shape}");
        var network = story.Cluster.Network;
        story.Cluster.Begin();
        story.Pass(3_000);
        foreach (var (from, to) in Cut(groups, isOneWay))
            if (!isNoticed) network[from, to].IsCut = true;
            else if (from < to) network.Break(from, to, Lasts);
        story.Pass(Lasts);

        foreach (var (from, to) in Cut(groups, isOneWay)) network[from, to].IsCut = false;
        var (healed, before) = (story.Now, story.Heights.Max());
        var cap = (ulong)story.Cluster.Options.Timeouts.Cap.TotalMilliseconds;
        story.Until(() => story.Heights.Max() > before, cap, $"a block after {before}");
        var first = story.Now - healed;
        story.Until(() => story.Heights.Min() > before, 3 * cap, $"everybody beyond {before}");
        var all = story.Now - healed;
        story.End();
        return (first, all);
    }

    private static IEnumerable<(int From, int To)> Cut(int[][] groups, bool isOneWay)
    {
        for (var a = 0; a < groups.Length; a++)
            for (var b = 0; b < groups.Length; b++)
                if (a != b && (!isOneWay || a < b))
                    foreach (var from in groups[a])
                        foreach (var to in groups[b])
                            yield return (from, to);
    }
}
