using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>What scenarios came to, from the files that each wrote, as a page for people.</summary>
public static class ScenarioPage
{
    /// <summary>Writes the page, and says in a line whether all was met.</summary>
    /// <returns>The exit code: 0 where everything that was asked is met, 1 where something is not, 2 where a file is none of a scenario.</returns>
    public static int Write(RunArguments arguments, TextWriter output)
    {
        try
        {
            var told = arguments.Scenarios.Select(file => Read(file, File.ReadAllText(file))).ToList();
            var page = Of(told);
            if (arguments.PageFile is { } file) File.WriteAllText(file, page);
            else output.Write(page);
            var failed = told.Where(one => one["failure"] is not null).Select(one => (string)one["scenario"]!).ToList();
            output.WriteLine($"{told.Count} scenarios, {(failed.Count == 0 ? "all that was asked is met" : $"not met: {string.Join(", ", failed)}")}");
            return failed.Count == 0 ? 0 : 1;
        }
        catch (Exception bad) when (bad is OperatorException or IOException or UnauthorizedAccessException)
        {
            output.WriteLine(bad.Message);
            return 2;
        }
    }

    private static string Of(List<JsonObject> told)
    {
        var page = new StringBuilder("""
            # Scenarios

            Stories that are told rather than drawn, with production engines in virtual time (what each is: [tests/Simulation](../../tests/Simulation/README.md)).
            Made from the runs' own files by `./neurochain simulate --scenarios FILE... --markdown docs/results/scenarios.md`; a file is what
            `./neurochain simulate --scenario NAME --commit ID --json FILE` writes.


            """);
        foreach (var commit in told.Select(one => (string?)one["commit"] ?? "not named").Distinct()) page.Append(CultureInfo.InvariantCulture, $"Commit: {commit}. ");
        foreach (var machine in told.Select(one => (string)one["machine"]!).Distinct()) page.Append(CultureInfo.InvariantCulture, $"Machine: {machine}.");
        page.Append("\n\n| scenario | what was asked | asked | came out | |\n|---|---|---|---:|---|\n");
        foreach (var one in told)
            foreach (var bar in one["bars"]!.AsArray())
                page.Append(CultureInfo.InvariantCulture, $"| {one["scenario"]} | {bar!["what"]} | {bar["asked"]} | {Number(bar["figure"]!)} | {((bool)bar["is_met"]! ? "met" : "**not met**")} |\n");
        foreach (var one in told)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {one["scenario"]}\n\n{(one["failure"] is { } failure ? $"**Failed**: {failure}. " : "")}{one["outcome"]} ({Number(one["seconds"]!)} s of wall time).\n\n");
            foreach (var (name, figure) in one["figures"]!.AsObject()) page.Append(CultureInfo.InvariantCulture, $"- {name.Replace('_', ' ')}: {Number(figure!)}\n");
        }

        return page.ToString();
    }

    private static string Number(JsonNode figure) => ((double)figure).ToString("#,0.##", CultureInfo.InvariantCulture);

    private static JsonObject Read(string file, string json)
    {
        try
        {
            var read = JsonNode.Parse(json) as JsonObject;
            return read is not null && Array.TrueForAll(["scenario", "bars", "seconds", "machine", "figures"], read.ContainsKey) ? read : throw new OperatorException($"{file} is no report of a scenario");
        }
        catch (JsonException bad)
        {
            throw new OperatorException($"{file} is no report of a scenario: {bad.Message}", bad);
        }
    }
}
