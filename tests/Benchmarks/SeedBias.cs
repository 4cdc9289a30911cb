using System.Diagnostics;
using System.Globalization;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Benchmarks;

/// <summary>
/// What f validators gain who see the other shares before they open theirs: they choose the best of 2^f seeds for a candidate that is no better
/// than the incumbent. Its measured gain under each seed is a draw from the normal distribution, in standard errors; a certificate without any
/// gain behind it is one that reaches z. A million rounds from a fixed stream: the same figures in every run.
/// </summary>
internal static class SeedBias
{
    private const int Rounds = 1_000_000;

    private const int MostWithholders = 4;

    private const uint ZBase = 3_000;

    /// <summary>False certificates per million rounds with one withholder, as the chain asks for z among four validators; the limit: what z allows where nobody withholds.</summary>
    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        var clock = Stopwatch.StartNew();
        var rows = Simulate();
        var details = rows.SelectMany(row => new[]
        {
            ($"withholders_{row.Withholders}_mean_of_the_best", row.Mean),
            ($"withholders_{row.Withholders}_false_per_million_uncorrected", (double)row.Uncorrected),
            ($"withholders_{row.Withholders}_false_per_million_corrected", row.Corrected),
        });
        return BenchmarkResult.Of("seed-bias", rows[1].Corrected, "false certificates per million null rounds", rows[0].Allowed, clock.Elapsed.TotalSeconds, [.. details]);
    }

    /// <summary>The page of results.</summary>
    public static void Write(string page)
    {
        var text = new StringBuilder("# What withholding a share of the seed gains\n\n");
        text.Append("Made by `./neurochain bench seed-bias --to docs/results/seed-bias.md`: a million rounds with a candidate that is no better than the incumbent,\n");
        text.Append("from a fixed stream. f validators see the other shares, open theirs or not, and so choose the best of 2^f seeds\n");
        text.Append("([docs/protocol/seed.md](../protocol/seed.md)). Certificates per million rounds that have no gain behind them; in brackets what theory\n");
        text.Append("gives, and how many standard deviations the simulation is away from it.\n\n");
        text.Append("| f | seeds | mean of the best, standard errors | z = 3 for all | z that the chain asks | certificates at that z |\n|---|---|---|---|---|---|\n");
        foreach (var row in Simulate())
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {row.Withholders} | {1 << row.Withholders} | {row.Mean:F3} | {Against(row.Uncorrected, row.UncorrectedTheory)} | {row.Asked / 1_000.0:F3} | {Against(row.Corrected, row.CorrectedTheory)} |\n");
        text.Append("\nWith z corrected for f no column is above that of f = 0: withholding buys no certificate that luck alone would not have given. What it\n");
        text.Append("costs stands in seed.md.\n");
        File.WriteAllText(page, text.ToString());
    }

    private static string Against(int found, double theory) =>
        string.Create(CultureInfo.InvariantCulture, $"{found:N0} ({theory:N0}, {(found - theory) / Math.Sqrt(theory):+0.0;-0.0})");

    private static List<Row> Simulate()
    {
        var stream = new SeededStream(1);
        var (sums, uncorrected, corrected) = (new double[MostWithholders + 1], new int[MostWithholders + 1], new int[MostWithholders + 1]);
        var asked = Enumerable.Range(0, MostWithholders + 1).Select(f => ZCorrection.Of(ZBase, (uint)f)).ToArray();
        var normals = new double[1 << MostWithholders];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < normals.Length; i += 2) (normals[i], normals[i + 1]) = Pair(stream);
            var best = normals[0];
            for (var (f, seed) = (0, 1); f <= MostWithholders; f++)
            {
                for (; seed < 1 << f; seed++) best = Math.Max(best, normals[seed]);
                sums[f] += best;
                if (best * 1_000 >= ZBase) uncorrected[f]++;
                if (best * 1_000 >= asked[f]) corrected[f]++;
            }
        }

        return [.. Enumerable.Range(0, MostWithholders + 1).Select(f => new Row(f, asked[f], sums[f] / Rounds, uncorrected[f], corrected[f]))];
    }

    // Box and Muller, 1958.
    private static (double, double) Pair(SeededStream stream)
    {
        const double unit = 1.0 / (1UL << 53);
        var radius = Math.Sqrt(-2 * Math.Log(((stream.NextUInt64() >> 11) + 1) * unit));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * (stream.NextUInt64() >> 11) * unit);
        return (radius * cosine, radius * sine);
    }

    // The chance that a draw from the normal distribution reaches z: its density, summed up by Simpson's rule as far as it matters.
    private static double Tail(double z)
    {
        const int steps = 4_000;
        const double width = 12.0 / steps;
        double sum = 0;
        for (var i = 0; i <= steps; i++)
        {
            var x = z + (i * width);
            sum += (i is 0 or steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-x * x / 2);
        }

        return sum * width / 3 / Math.Sqrt(2 * Math.PI);
    }

    private sealed record Row(int Withholders, uint Asked, double Mean, int Uncorrected, int Corrected)
    {
        public double Allowed => Rounds * Tail(ZBase / 1_000.0);

        public double UncorrectedTheory => OfBest(ZBase);

        public double CorrectedTheory => OfBest(Asked);

        private double OfBest(uint z) => Rounds * (1 - Math.Pow(1 - Tail(z / 1_000.0), 1 << Withholders));
    }
}
