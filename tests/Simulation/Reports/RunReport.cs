using System.Globalization;

namespace NeuroChain.Simulation;

/// <summary>What many runs came to, for people in one line and for machines as numbers that can be added to those of other seeds.</summary>
public sealed class RunReport(RunArguments arguments)
{
    private readonly SortedDictionary<ulong, SimulationResult> _results = [];

    public List<(ulong Seed, Exception Failure)> Failures { get; } = [];

    public IReadOnlyCollection<SimulationResult> Results => _results.Values;

    public double Seconds { get; set; }

    public void Add(SimulationResult result) => _results.Add(result.Seed, result);

    public string Summary()
    {
        var totals = Totals();
        var verdict = Failures.Count == 0 ? "no rule was broken" : $"{Failures.Count} failed";
        var done = totals.Groups["on_chain"];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_results.Count} seeds, {totals.Sums["heights"]} heights, {_results.Values.Sum(r => r.Crashes)} crashes, {done["governance.carried_out"]} votes carried out, {done["validators.key_rotated"]} keys rotated, {done["training.certified"]} trainings certified, {done["blocks_led_by_terms"]} blocks led by them, {done["forks"]} forks in {Seconds:F0} s, {totals.PerMinute(totals.Sums["heights"]):F0} heights and {totals.PerMinute(_results.Count):F0} seeds per minute: {verdict}");
    }

    public RunTotals Totals()
    {
        var totals = new RunTotals { Commit = arguments.Commit, Seconds = Seconds };
        totals.Ranges.Add(new SeedRange(arguments.First, arguments.Last, arguments.RealSignatures, arguments.Choices));
        foreach (var result in _results.Values) totals.Add(result);
        foreach (var (seed, failure) in Failures) totals.AddFailure(seed, failure.Message, arguments.Command(seed));
        return totals;
    }
}
