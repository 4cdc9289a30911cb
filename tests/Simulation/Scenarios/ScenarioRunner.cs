using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NeuroChain.Simulation;

/// <summary>Tells one scenario and says how it ended.</summary>
public static class ScenarioRunner
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <returns>The exit code: 0 where it ended as it must, else 1.</returns>
    public static int Run(IScenario scenario, RunArguments arguments, TextWriter output)
    {
        var clock = Stopwatch.StartNew();
        ScenarioResult? result = null;
        Exception? failure = null;
        try
        {
            result = scenario.Run();
            output.WriteLine($"{scenario.Name}: {result.Outcome}");
            foreach (var bar in result.Bars) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {bar.What}: {bar.Figure:#,0.###}, {bar.Asked} asked: {(bar.IsMet ? "met" : "NOT MET")}"));
            if (result.Bars.Any(bar => !bar.IsMet)) throw new SimulationFailedException("what was asked for is not met");
        }
        catch (Exception e) // whatever it is, it is told with the command that repeats it
        {
            failure = e;
            output.WriteLine($"{scenario.Name}: FAILED: {(e is SimulationFailedException ? e.Message : e)}");
            output.WriteLine($"repeat it with: ./neurochain simulate --scenario {scenario.Name}");
        }

        if (arguments.JsonFile is { } file)
        {
            var document = new JsonObject
            {
                ["scenario"] = scenario.Name,
                ["commit"] = arguments.Commit,
                ["outcome"] = result?.Outcome,
                ["failure"] = failure?.Message,
                ["bars"] = new JsonArray([.. result?.Bars.Select(bar => (JsonNode)new JsonObject { ["what"] = bar.What, ["asked"] = bar.Asked, ["figure"] = bar.Figure, ["is_met"] = bar.IsMet }) ?? []]),
                ["seconds"] = Math.Round(clock.Elapsed.TotalSeconds, 1),
                ["machine"] = $"{Environment.ProcessorCount} cores, .NET {Environment.Version}",
                ["figures"] = new JsonObject(result?.Figures.Select(figure => KeyValuePair.Create(figure.Key, (JsonNode?)figure.Value)) ?? []),
            };
            File.WriteAllText(file, document.ToJsonString(Indented) + "\n");
        }

        return failure is null ? 0 : 1;
    }
}
