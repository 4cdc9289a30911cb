using System.Globalization;
using System.Text;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>One perturbation and what came after it.</summary>
/// <param name="Seed">Of the plan.</param>
/// <param name="Perturbation">What it was.</param>
/// <param name="Blocks">Decided while it lasted.</param>
/// <param name="First">From the healing to the first new block.</param>
/// <param name="All">To two new blocks at every node.</param>
internal sealed record PerturbationRow(ulong Seed, Perturbation Perturbation, ulong Blocks, TimeSpan First, TimeSpan All)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"| {Seed} | {Perturbation} | {Blocks} | {First.TotalSeconds:F1} | {All.TotalSeconds:F1} |");
}

/// <summary>The table of a run, for the project's records.</summary>
internal static class PerturbationReport
{
    /// <summary>Writes perturbations.md into the folder that NEUROCHAIN_RESULTS names; nothing where it names none.</summary>
    public static void Write(IReadOnlyList<PerturbationRow> rows, NetworkFixture network, Invariants chain, int accepted)
    {
        if (Environment.GetEnvironmentVariable("NEUROCHAIN_RESULTS") is not { Length: > 0 } folder) return;
        var training = network.TrainerOutput.Split('\n').Count(line => line.Contains("certified", StringComparison.Ordinal));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Perturbations, {rows.Count} of them

            Four validators, each a process of its own, on one machine with {Environment.ProcessorCount} cores; block interval {network.Genesis.Parameters.BlockIntervalMs} ms; a proxy for each
            direction between each two. About 50 transfers per second and a trainer all the time. {DateTimeOffset.UtcNow:yyyy-MM-dd}, commit {SourceCommit.Name}.

            Made by this command, from the root of the repository:

                NEUROCHAIN_LONG_TESTS=1 NEUROCHAIN_RESULTS="$PWD/docs/results" dotnet test tests/EndToEnd --filter PerturbationTests

            Through the public API of the nodes alone, watched all the time: every height has one block, over all nodes and for ever, final by its
            certificate, and one state after it, the one that the next header names; the supply is the same at all nodes and adds up; nobody is
            convicted of anything; no transaction is in two blocks, and each of the {accepted} transfers that were accepted is in one; after
            each perturbation every node goes on and says that it serves. {chain.Highest} blocks with {chain.TransactionsSeen} transactions; the trainer's rounds that were
            certified: {training}.

            | seed | what | blocks meanwhile | first new block after s | two at every node after s |
            |---:|---|---:|---:|---:|

            """);
        foreach (var row in rows) text.Append(row).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"""

            Slowest first block {rows.Max(row => row.First).TotalSeconds:F1} s, the median {Median(rows.Select(row => row.First)):F1} s; slowest node {rows.Max(row => row.All).TotalSeconds:F1} s. Where a process was away, the time counts
            from when its API answered again.

            """);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "perturbations.md"), text.ToString());
    }

    private static double Median(IEnumerable<TimeSpan> times) => times.Select(time => time.TotalSeconds).Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;
}
