using System.Globalization;
using System.Text;

namespace NeuroChain.Simulation;

/// <summary>A report as a page for people.</summary>
public static class RunPage
{
    private static readonly (string Part, string Title)[] Parts =
    [
        ("by_validators", "By number of validators"),
        ("load_seeds", "Seeds with more than transfers"),
        ("byzantine_seeds", "Seeds in which somebody did this"),
        ("faults", "Faults"),
        ("on_chain", "What happened on the chains"),
    ];

    public static string Of(RunTotals totals)
    {
        var page = new StringBuilder();
        var seeds = totals.Sums["seeds"];
        var real = totals.Ranges.Where(range => range.RealSignatures).Aggregate(0UL, (sum, range) => sum + range.Last - range.First + 1);
        page.Append(CultureInfo.InvariantCulture, $"""
            # Simulated heights

            {Number(seeds)} seeds, {Number(totals.Sums["heights"])} heights, {Number(totals.Sums["events"])} events, **{Number(totals.Sums["violations"])} violations**. Commit {totals.Commit ?? "not named"}; {totals.Machine}.
            {Number(totals.Sums["heights_before_healing"])} of the heights were decided in the time of faults, {Number(totals.Sums["heights_after_healing"])} after a core of more than two thirds, or of all who are sound, was healed.
            Wall time {totals.Seconds / 60:F0} minutes: {totals.PerMinute(seeds):F0} seeds and {totals.PerMinute(totals.Sums["heights"]):F0} heights per minute. In {real} of the seeds every node checked every
            signature itself; in the others a signature is checked once, by the same library, and the run is the same to the last event.

            Made in {totals.Ranges.Count} pieces by these commands, from the root of the repository:


            """);
        var place = totals.Commit is { } commit ? $" --commit {commit}" : "";
        var pieces = totals.Ranges.OrderBy(range => range.First).ToList();
        for (var i = 0; i < pieces.Count; i++)
            page.Append(CultureInfo.InvariantCulture, $"    ./neurochain simulate --seeds {pieces[i].First}..{pieces[i].Last}{pieces[i].Choices} --threads {Environment.ProcessorCount}{(pieces[i].RealSignatures ? " --real-signatures" : "")}{place} --json piece-{i + 1}.json\n");
        if (pieces.Count > 1) page.Append("    ./neurochain simulate --merge piece-*.json --json simulation.json --markdown simulation.md\n");
        page.Append(CultureInfo.InvariantCulture, $"\nThe sum of the hashes over all events of all seeds, modulo 2^256: `{totals.EventHash}`.\n");
        Table(page, "Together", totals.Sums.Counts);
        foreach (var (part, title) in Parts) Table(page, title, totals.Groups[part].Counts);
        Table(page, "At most", totals.Maxima);
        foreach (var failure in totals.Failures) page.Append(CultureInfo.InvariantCulture, $"\nFailed: seed {failure!["seed"]}: {failure["message"]}. `{failure["command"]}`\n");
        return page.ToString();
    }

    private static void Table(StringBuilder page, string title, IEnumerable<KeyValuePair<string, long>> counts)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| what | count |\n|---|---:|\n");
        foreach (var (name, count) in counts) page.Append(CultureInfo.InvariantCulture, $"| {name.Replace('_', ' ')} | {Number(count)} |\n");
    }

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
