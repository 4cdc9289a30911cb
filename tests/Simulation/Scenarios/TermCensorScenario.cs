using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// One of four leaves the candidates of others out of every block that it leads, by a term above all. Windows of two blocks that lay in its own blocks
/// wholly would have closed without them; they wait for the blocks of two distinct validators, and the others' candidates come in.
/// </summary>
public sealed class TermCensorScenario : IScenario
{
    private const ulong Heights = 240;

    private const int Runs = 6;

    public string Name => "term-censor";

    public ScenarioResult Run()
    {
        // Which windows its blocks fill depends on when trainers come and who leads then: in a single run it may be none.
        var runs = Enumerable.Range(1, Runs).Select(seed => Play((ulong)seed)).ToList();
        var (windows, ruled, late, deeds) = (runs.Sum(run => run.Windows), runs.Sum(run => run.Ruled), runs.Sum(run => run.Late), runs.Sum(run => run.Deeds));
        return new ScenarioResult(
            Name,
            string.Create(CultureInfo.InvariantCulture, $"in {Runs} runs the censor left something out of {deeds} proposals; {ruled} of {windows} windows had nothing but its blocks up to their number, and {late} messages of other producers' candidates came into them all the same"),
            new Dictionary<string, double>
            {
                ["windows"] = windows,
                ["windows_of_the_censors_blocks_alone"] = ruled,
                ["messages_of_others_that_came_later"] = late,
                ["proposals_with_something_left_out"] = deeds,
            },
            [
                ScenarioBar.AtLeast("proposals that the censor left something out of", deeds, 1),
                ScenarioBar.AtLeast("windows of the censor's blocks alone", ruled, 1),
                ScenarioBar.AtLeast("messages of others that came into such windows", late, 1),
            ]);
    }

    private (int Windows, int Ruled, int Late, double Deeds) Play(ulong seed)
    {
        var options = new SimulationOptions
        {
            Seed = seed,
            BlockIntervalMs = 200,
            IsWild = false,
            DelayMax = 16,
            TransfersPerSecond = 0,
            Trains = true,
            ByzantineMax = 1,
            Behaviours = [new TermCensor().Name],
        };
        using var story = new Story(Name, options, 4);
        story.Cluster.Begin();
        story.Until(() => story.Heights.Max().Value >= Heights, 600_000, $"height {Heights}");
        story.End();

        var censor = story.Cluster.Hosts.Single(host => host.Node.Accomplice is not null);
        var witness = story.Cluster.Hosts.First(host => host.Node.Accomplice is null);
        var windows = Windows(witness.Node, story.HeightOf(witness.Node.Index), story.Cluster.Genesis.Parameters.Training).ToList();
        var ruled = windows.Where(window => window.FirstAuthors.All(author => author == censor.Node.Key.Address)).ToList();
        var late = ruled.Sum(window => window.Messages.Count(message => message.Producer != censor.Node.Key.Address && message.Height > window.Blocks));
        return (windows.Count, ruled.Count, late, censor.Node.Accomplice!.Deeds.Counts.Sum(deed => (double)deed.Value));
    }

    /// <summary>A window of commits or of reveals.</summary>
    /// <param name="Blocks">Height at which its number of blocks had passed.</param>
    /// <param name="FirstAuthors">Of those blocks.</param>
    /// <param name="Messages">That came into it: where, and the producer of the candidate.</param>
    private sealed record Window(ulong Blocks, IReadOnlyList<Address> FirstAuthors, List<(ulong Height, Address Producer)> Messages);

    private static IEnumerable<Window> Windows(SimulatedNode node, Height last, TrainingParameters parameters)
    {
        Window? open = null;
        for (var height = 1UL; height <= last.Value; height++)
        {
            foreach (var happened in node.Chain.OutcomeOf(new Height(height))!.Events)
            {
                switch (happened.Kind)
                {
                    case "training.committed" when Of(happened, "candidate") == "0":
                        yield return open = Open(node, height, parameters.CommitBlocks, last);
                        break;
                    case "training.phase" when Of(happened, "phase") == "reveal":
                        yield return open = Open(node, height, parameters.RevealBlocks, last);
                        break;
                    case "training.phase" or "training.void":
                        open = null;
                        break;
                }

                if (happened.Kind is "training.committed" or "training.revealed" && Address.TryParse(Of(happened, "producer"), out var producer)) open?.Messages.Add((height, producer));
            }
        }
    }

    private static Window Open(SimulatedNode node, ulong height, uint blocks, Height last)
    {
        var first = Enumerable.Range(1, (int)blocks).Select(after => new Height(height + (ulong)after)).Where(block => block <= last);
        return new Window(height + blocks, [.. first.Select(block => node.Chain.Get(block)!.Block.Header.Author)], []);
    }

    private static string Of(Event happened, string key) => happened.Attributes.Single(attribute => attribute.Key == key).Value;
}
