using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NeuroChain.Gallery;

/// <summary>The gallery for people and for programs.</summary>
internal static class GalleryPage
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Json(IEnumerable<Outcome> outcomes) => JsonSerializer.Serialize(new { Outcomes = outcomes.Select(Rounded) }, Options);

    public static string Markdown(IReadOnlyList<Outcome> outcomes)
    {
        var text = new StringBuilder("# What attacks gain\n\n");
        text.Append("Made by `./neurochain gallery --to docs/results/gallery.md`: each attack is run against a network in one process, with real blocks, real rounds and\n");
        text.Append("the real evaluator, the chain's time a second a block; the figures are the same on every machine. A gain is what the attacker has more than had it\n");
        text.Append("not attacked. *Without* is the same with the defence switched off, or what the code computes for a chain that lacks it. Threats:\n");
        text.Append("[threats.md](../protocol/threats.md).\n\n");
        text.Append("| attack | threats | network | gain | without the defence | unit | at most |\n|---|---|---|---|---|---|---|\n");
        foreach (var o in outcomes)
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {o.Attack} | {o.Threats} | {o.Validators} | {Figure(o.Defended)} | {Figure(o.Undefended)} | {o.Unit} | {Figure(o.Bound)} |\n");
        text.Append("\n| attack | what stops it | without it |\n|---|---|---|\n");
        foreach (var o in outcomes.DistinctBy(o => o.Attack)) text.Append(CultureInfo.InvariantCulture, $"| {o.Attack} | {o.Defence} | {o.Without} |\n");
        return text.ToString();
    }

    private static Outcome Rounded(Outcome o) => o with { Defended = Math.Round(o.Defended, 3), Undefended = Math.Round(o.Undefended, 3), Bound = Math.Round(o.Bound, 3) };

    private static string Figure(double value) => value.ToString(Math.Abs(value) >= 100 ? "#,##0" : "0.###", CultureInfo.InvariantCulture);
}
