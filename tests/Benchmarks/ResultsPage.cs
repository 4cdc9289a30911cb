using System.Globalization;
using System.Text;

namespace NeuroChain.Benchmarks;

/// <summary>Makes a page of results from the JSON files of a folder, one per run.</summary>
internal static class ResultsPage
{
    public static void Write(string folder, string page) => File.WriteAllText(page, Of(folder));

    /// <summary>The page as text.</summary>
    public static string Of(string folder)
    {
        var results = Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(file => (Path.GetFileNameWithoutExtension(file), BenchmarkResult.Parse(File.ReadAllText(file)))).ToList();
        var text = new StringBuilder("# Benchmarks\n\n");
        text.Append("Each figure beside the limit that was measured in the same run, because the same machine is not the same from hour to hour: the ratio is\n");
        text.Append("what compares. Made from the runs' own files by `./neurochain bench page --from DIR --to docs/results/benchmarks.md`; a file is the output of\n");
        text.Append("`./neurochain bench NAME --json`.\n\n");
        foreach (var machine in results.Select(result => result.Item2.Machine).Distinct()) text.Append(CultureInfo.InvariantCulture, $"Machine: {machine}.\n");
        text.Append("\n| run | figure | limit | ratio | seconds | commit |\n|---|---|---|---|---|---|\n");
        foreach (var (name, r) in results) text.Append(CultureInfo.InvariantCulture, $"| {name} | {r.Figure:N0} {r.Unit} | {r.Limit:N0} | {r.Ratio:F3} | {r.Seconds:N0} | {r.Commit ?? "not named"} |\n");
        foreach (var (name, r) in results)
        {
            if (r.Details.Count == 0) continue;
            text.Append(CultureInfo.InvariantCulture, $"\n## {name}\n\n");
            foreach (var (key, value) in r.Details) text.Append(CultureInfo.InvariantCulture, $"- {key.Replace('_', ' ')}: {value:#,##0.###}\n");
        }

        return text.ToString();
    }
}
