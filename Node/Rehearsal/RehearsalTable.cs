using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace NeuroChain.Node;

/// <summary>What a rehearsal prints: rows as they come, JSON at the end, or a page.</summary>
internal static class RehearsalTable
{
    public const string Head = "case  verdict   seconds  what";

    public static string Text(RehearsalRow row)
    {
        const string indent = "                         ";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Case.Number,-5} {row.Word,-8} {row.Took.TotalSeconds,8:F1}  {row.Case.Name}\n{indent}wanted: {row.Case.Wanted}\n{indent}seen:   {row.Seen}");
    }

    public static string Summary(ImmutableArray<RehearsalRow> rows)
    {
        int Count(RehearsalVerdict verdict) => rows.Count(row => row.Verdict == verdict);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(RehearsalVerdict.Held)} held, {Count(RehearsalVerdict.Failed)} failed, in {rows.Sum(row => row.Took.TotalSeconds):F0} s");
    }

    public static JsonObject Json(ImmutableArray<RehearsalRow> rows) => new()
    {
        ["held"] = rows.All(row => row.Verdict != RehearsalVerdict.Failed),
        ["cases"] = new JsonArray(
        [
            .. rows.Select(row => new JsonObject
            {
                ["case"] = row.Case.Number,
                ["name"] = row.Case.Name,
                ["wanted"] = row.Case.Wanted,
                ["seen"] = row.Seen,
                ["verdict"] = row.Word,
                ["seconds"] = Math.Round(row.Took.TotalSeconds, 1),
            }),
        ]),
    };

    public static string Markdown(ImmutableArray<RehearsalRow> rows)
    {
        var page = new StringBuilder("# Rehearsal of the bridge\n\nMade by `./neurochain bridge rehearse --page docs/results/rehearsal.md`: ").Append(Summary(rows)).Append(".\n\n");
        page.Append("| case | name | wanted | seen | verdict | s |\n|---|---|---|---|---|---:|\n");
        foreach (var row in rows)
            page.Append(CultureInfo.InvariantCulture, $"| {row.Case.Number} | {Cell(row.Case.Name)} | {Cell(row.Case.Wanted)} | {Cell(row.Seen)} | {row.Word} | {row.Took.TotalSeconds:F1} |\n");
        return page.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
}
