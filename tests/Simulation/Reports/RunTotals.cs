using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>Seeds that were run in one go.</summary>
/// <param name="RealSignatures">Whether every node checked every signature itself.</param>
/// <param name="Choices">What was chosen besides, as <see cref="RunArguments.Choices"/> writes it; empty where the seed drew all of it.</param>
public readonly record struct SeedRange(ulong First, ulong Last, bool RealSignatures, string Choices = "");

/// <summary>
/// What seeds came to, in numbers that can be added: a long run is made in pieces, and the pieces together say what one run would have said.
/// </summary>
public sealed class RunTotals
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    // Sums of hashes are taken modulo this, so that their order does not matter and none cancels another.
    private static readonly BigInteger HashModulus = BigInteger.One << 256;

    private static readonly string[] Parts = ["by_validators", "byzantine_seeds", "load_seeds", "faults", "on_chain"];

    private BigInteger _hash;

    public string? Commit { get; init; }

    public string Machine { get; init; } = $"{Environment.ProcessorCount} cores, .NET {Environment.Version}";

    public List<SeedRange> Ranges { get; } = [];

    /// <summary>Sums by name.</summary>
    public Tally Sums { get; } = new();

    /// <summary>Sums by name within a part of the report.</summary>
    public IReadOnlyDictionary<string, Tally> Groups { get; } = Parts.ToDictionary(part => part, _ => new Tally());

    /// <summary>Greatest values by name.</summary>
    public SortedDictionary<string, long> Maxima { get; } = new(StringComparer.Ordinal);

    public JsonArray Failures { get; private set; } = [];

    /// <summary>Wall time, in pieces one after the other.</summary>
    public double Seconds { get; set; }

    /// <summary>Over the event streams of all seeds, whatever their order.</summary>
    public string EventHash => _hash.ToString("x64", CultureInfo.InvariantCulture)[^64..];

    public void Add(SimulationResult result)
    {
        var n = result.Validators.ToString("D3", CultureInfo.InvariantCulture);
        foreach (var (name, count) in new (string, long)[]
        {
            ("seeds", 1),
            ("heights", (long)result.Height.Value),
            ("rounds", (long)result.Rounds),
        })
        {
            Sums.Add(name, count);
            Groups["by_validators"].Add($"{n}_{name}", count);
        }

        Sums.Add("heights_before_healing", (long)result.HeightAtHealing.Value);
        Sums.Add("heights_after_healing", (long)(result.Height.Value - result.HeightAtHealing.Value));
        Sums.Add("messages", result.Messages);
        Sums.Add("events", result.Events);
        Sums.Add("convicted", result.Convicted);
        Sums.Add("punished", result.Punished);
        foreach (var name in result.Byzantine.Split('+', StringSplitOptions.RemoveEmptyEntries).Where(result.HasDone)) Groups["byzantine_seeds"].Add(name);
        foreach (var name in result.Loads.Split('+', StringSplitOptions.RemoveEmptyEntries)) Groups["load_seeds"].Add(name);
        Groups["faults"].AddAll(result.Faults);
        Groups["faults"].Add("disks_left_little_room", result.FullDisks);
        Groups["faults"].Add("bad_sectors", result.BadSectors);
        Groups["on_chain"].AddAll(result.Done);
        foreach (var kind in Enum.GetValues<FaultKind>()) Groups["on_chain"].Add($"evidence.counted.{kind.Name()}", 0); // what never occurs is to be seen too
        NoteMost(result.HasRest || result.Byzantine.Length > 0 ? "first_decision_after_healing_of_others_ms" : "first_decision_after_healing_of_all_ms", (long)result.FirstDecisionMs);
        AddHash(Hash256.Sha256(new ByteWriter().UInt64(result.Seed).Hash(result.EventHash).ToArray()).ToArray());
    }

    public void AddFailure(ulong seed, string message, string command)
    {
        Sums.Add("violations");
        Failures.Add(new JsonObject { ["seed"] = seed, ["message"] = message, ["command"] = command });
    }

    /// <summary>Takes another piece in.</summary>
    /// <exception cref="OperatorException">It is of another commit, or has seeds that are here already.</exception>
    public void Merge(RunTotals other)
    {
        if (other.Commit != Commit) throw new OperatorException($"pieces of different commits: {Commit ?? "none"} and {other.Commit ?? "none"}");
        foreach (var range in other.Ranges)
            foreach (var own in Ranges)
                if (range.First <= own.Last && own.First <= range.Last && range.Choices == own.Choices)
                    throw new OperatorException($"seeds {range.First}..{range.Last} and {own.First}..{own.Last} have some in common: they would count twice");
        Ranges.AddRange(other.Ranges);
        Sums.AddAll(other.Sums);
        foreach (var part in Parts) Groups[part].AddAll(other.Groups[part]);
        foreach (var (name, most) in other.Maxima) NoteMost(name, most);
        foreach (var failure in other.Failures) Failures.Add(failure!.DeepClone());
        Seconds += other.Seconds;
        _hash = (_hash + other._hash) % HashModulus;
    }

    public string ToJson()
    {
        var document = new JsonObject
        {
            ["commit"] = Commit,
            ["machine"] = Machine,
            ["ranges"] = new JsonArray([.. Ranges.OrderBy(range => range.First).Select(ToJson)]),
            ["totals"] = Of(Sums),
        };
        foreach (var part in Parts) document[part] = Of(Groups[part]);
        document["maxima"] = new JsonObject(Maxima.Select(most => KeyValuePair.Create(most.Key, (JsonNode?)most.Value)));
        document["failures"] = Failures.DeepClone();
        document["seconds"] = Math.Round(Seconds, 1);
        document["seeds_per_minute"] = Math.Round(PerMinute(Sums["seeds"]));
        document["heights_per_minute"] = Math.Round(PerMinute(Sums["heights"]));
        document["event_hash"] = EventHash;
        return document.ToJsonString(Indented);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="OperatorException">It is no report of a run.</exception>
    public static RunTotals Parse(string name, string json)
    {
        try
        {
            var document = JsonNode.Parse(json)!;
            var totals = new RunTotals { Commit = (string?)document["commit"], Machine = (string)document["machine"]!, Seconds = (double)document["seconds"]! };
            foreach (var range in document["ranges"]!.AsArray()) totals.Ranges.Add(new SeedRange((ulong)range!["first"]!, (ulong)range["last"]!, (bool)range["real_signatures"]!, (string?)range["choices"] ?? ""));
            Read(document["totals"]!, totals.Sums);
            foreach (var part in Parts) Read(document[part]!, totals.Groups[part]);
            foreach (var (key, most) in document["maxima"]!.AsObject()) totals.NoteMost(key, (long)most!);
            totals.Failures = (JsonArray)document["failures"]!.DeepClone();
            totals.AddHash(Convert.FromHexString((string)document["event_hash"]!));
            return totals;
        }
        catch (Exception bad) when (bad is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new OperatorException($"{name} is no report of a run: {bad.Message}", bad);
        }
    }

    public double PerMinute(long count) => Seconds > 0 ? count * 60 / Seconds : 0;

    private static JsonNode ToJson(SeedRange range)
    {
        var written = new JsonObject { ["first"] = range.First, ["last"] = range.Last, ["real_signatures"] = range.RealSignatures };
        if (range.Choices.Length > 0) written["choices"] = range.Choices;
        return written;
    }

    private static JsonObject Of(Tally tally) => new(tally.Counts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value)));

    private static void Read(JsonNode node, Tally into)
    {
        foreach (var (name, count) in node.AsObject()) into.Add(name, (long)count!);
    }

    private void NoteMost(string name, long value) => Maxima[name] = Math.Max(value, Maxima.GetValueOrDefault(name));

    private void AddHash(byte[] hash) => _hash = (_hash + new BigInteger(hash, isUnsigned: true, isBigEndian: true)) % HashModulus;
}
