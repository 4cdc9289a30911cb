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
        text.Append("Made by `./neurochain gallery --to docs/results/gallery.md`: each attack is run against a network of validators in one process: blocks that go through\n");
        text.Append("all rules of the ledger, real rounds and the real evaluator, a second a block. Nodes and consensus are not in it: those have the simulator. A gain is what the\n");
        text.Append("attacker has more than had it not attacked. *Without* is the same with the defence switched off, or what the code computes for a chain that lacks it.\n");
        text.Append("The figures are the same on every machine. Threats: [threats.md](../protocol/threats.md).\n\n");
        text.Append("What needs more rounds than a network can play is drawn from fixed streams:\n\n");
        text.Append("- `dripper`: the losses of its rounds. What a round asks for, costs and pays is the ledger's own code.\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"- `beacon-grinder`, `seed-withholder`, `key-withholder`: how often a candidate without a gain is certified, in {NullCandidates.Rounds:#,##0} rounds with draws from the normal\n");
        text.Append("  distribution, and for the two withholders what luck is paid. Of the network is what stands against it: that a share which was made up is refused, and what\n");
        text.Append("  shares and keys cost that are held back.\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"Each validator has {Figure(Outcome.InNtk(World.Bond))} NTK bonded, and what a lie or a share that is not opened costs is a part of that. Where nobody bonds, which `bond_min` 0 allows and\n");
        text.Append("`neurochain init` sets, that part is nothing: [threats.md](../protocol/threats.md) says what stays open then.\n\n");
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
