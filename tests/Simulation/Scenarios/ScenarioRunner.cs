using System.Text.Json.Nodes;

namespace NeuroChain.Simulation;

/// <summary>Tells one scenario and says how it ended.</summary>
public static class ScenarioRunner
{
    /// <returns>The exit code: 0 where it ended as it must, else 1.</returns>
    public static int Run(IScenario scenario, RunArguments arguments, TextWriter output)
    {
        ScenarioResult? result = null;
        Exception? failure = null;
        try
        {
            result = scenario.Run();
            output.WriteLine($"{scenario.Name}: {result.Outcome}");
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
                ["figures"] = new JsonObject(result?.Figures.Select(figure => KeyValuePair.Create(figure.Key, (JsonNode?)figure.Value)) ?? []),
            };
            File.WriteAllText(file, document.ToJsonString() + "\n");
        }

        return failure is null ? 0 : 1;
    }
}
