using System.Text.Encodings.Web;
using System.Text.Json;
using NeuroChain.Node;

namespace NeuroChain.Benchmarks;

/// <summary>What a benchmark found.</summary>
/// <param name="Name">Of the benchmark.</param>
/// <param name="Figure">What was reached, in <see cref="Unit"/>.</param>
/// <param name="Unit">Of figure and limit.</param>
/// <param name="Limit">What the machine could reach, measured in the same run.</param>
/// <param name="Ratio">Figure by limit: comparable between machines and between hours of one machine.</param>
/// <param name="Seconds">That the figure was measured for.</param>
/// <param name="Machine">Processor and number of cores, memory, kernel, runtime.</param>
/// <param name="Details">Further figures, each with its unit in its name.</param>
/// <param name="Commit">What was measured; null in results that were made before they named it.</param>
internal sealed record BenchmarkResult(
    string Name, double Figure, string Unit, double Limit, double Ratio, double Seconds, string Machine, IReadOnlyDictionary<string, double> Details, string? Commit = null)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static BenchmarkResult Of(string name, double figure, string unit, double limit, double seconds, params (string Name, double Value)[] details) => new(
        name,
        Math.Round(figure, 1),
        unit,
        Math.Round(limit, 1),
        Math.Round(figure / limit, 3),
        Math.Round(seconds, 1),
        Machines.This,
        details.ToDictionary(detail => detail.Name, detail => Math.Round(detail.Value, 3)),
        SourceCommit.Name);

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    public static BenchmarkResult Parse(string json) =>
        JsonSerializer.Deserialize<BenchmarkResult>(json, Options) ?? throw new InvalidDataException("a result is one JSON object");

    /// <summary>For people.</summary>
    public override string ToString() =>
        $"{Name}: {Figure:N0} {Unit}, limit {Limit:N0}, ratio {Ratio:F3}, {Seconds:F0} s"
        + string.Concat(Details.Select(detail => $"\n  {detail.Key.Replace('_', ' ')}: {detail.Value:N3}"));
}
