using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>What many runs came to, for people in one line and for machines as one JSON object.</summary>
public sealed class RunReport(RunArguments arguments)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly SortedDictionary<ulong, SimulationResult> _results = [];

    public List<(ulong Seed, Exception Failure)> Failures { get; } = [];

    public IReadOnlyCollection<SimulationResult> Results => _results.Values;

    public double Seconds { get; set; }

    public void Add(SimulationResult result) => _results.Add(result.Seed, result);

    public string Summary()
    {
        var heights = Sum(_results.Values, r => r.Height.Value);
        var verdict = Failures.Count == 0 ? "no rule was broken" : $"{Failures.Count} failed";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_results.Count} seeds, {heights} heights, {_results.Values.Sum(r => r.Crashes)} crashes in {Seconds:F0} s, {PerMinute(heights):F0} heights and {PerMinute((ulong)_results.Count):F0} seeds per minute: {verdict}");
    }

    public string ToJson()
    {
        var all = _results.Values;
        var heights = Sum(all, r => r.Height.Value);
        var document = new JsonObject
        {
            ["commit"] = arguments.Commit,
            ["machine"] = $"{Environment.ProcessorCount} cores, .NET {Environment.Version}",
            ["threads"] = arguments.Threads,
            ["first_seed"] = arguments.First,
            ["last_seed"] = arguments.Last,
            ["seeds"] = _results.Count,
            ["heights"] = heights,
            ["real_signature_seeds"] = arguments.RealSignatures ? _results.Count : 0,
            ["by_validators"] = new JsonArray([.. all.GroupBy(r => r.Validators).OrderBy(g => g.Key).Select(g => (JsonNode)new JsonObject
            {
                ["n"] = g.Key,
                ["seeds"] = g.Count(),
                ["heights"] = Sum(g, r => r.Height.Value),
                ["rounds"] = Sum(g, r => r.Rounds),
            })]),
            ["byzantine_seeds"] = new JsonObject(all.SelectMany(r => r.Byzantine.Split('+', StringSplitOptions.RemoveEmptyEntries)).GroupBy(name => name).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => KeyValuePair.Create(g.Key, (JsonNode?)g.Count()))),
            ["convicted"] = all.Sum(r => r.Convicted),
            ["punished"] = all.Sum(r => r.Punished),
            ["crashes"] = all.Sum(r => r.Crashes),
            ["partitions"] = all.Sum(r => r.Partitions),
            ["full_disks"] = all.Sum(r => r.FullDisks),
            ["bad_sectors"] = all.Sum(r => r.BadSectors),
            ["messages"] = all.Sum(r => r.Messages),
            ["events"] = all.Sum(r => r.Events),
            ["first_decision_after_healing_ms"] = new JsonObject
            {
                ["all_healed_and_honest_max"] = Slowest(all.Where(r => !r.HasRest && r.Byzantine.Length == 0)),
                ["others_max"] = Slowest(all.Where(r => r.HasRest || r.Byzantine.Length > 0)),
            },
            ["violations"] = Failures.Count,
            ["failures"] = new JsonArray([.. Failures.Select(f => (JsonNode)new JsonObject
            {
                ["seed"] = f.Seed,
                ["message"] = f.Failure.Message,
                ["command"] = arguments.Command(f.Seed),
            })]),
            ["seconds"] = Math.Round(Seconds, 1),
            ["seeds_per_minute"] = Math.Round(PerMinute((ulong)_results.Count)),
            ["heights_per_minute"] = Math.Round(PerMinute(heights)),
            ["event_hash"] = HashOfAll().ToString(),
        };
        return document.ToJsonString(Indented);
    }

    private static ulong Sum(IEnumerable<SimulationResult> results, Func<SimulationResult, ulong> of) => results.Aggregate(0UL, (sum, result) => sum + of(result));

    private static ulong Slowest(IEnumerable<SimulationResult> results) => results.Select(r => r.FirstDecisionMs).DefaultIfEmpty().Max();

    private Hash256 HashOfAll()
    {
        var writer = new ByteWriter();
        foreach (var result in _results.Values) writer.UInt64(result.Seed).Hash(result.EventHash);
        return Hash256.Sha256(writer.ToArray());
    }

    private double PerMinute(ulong count) => Seconds > 0 ? count * 60 / Seconds : 0;
}
