using System.Diagnostics;
using System.Globalization;
using System.Text;
using NeuroChain.Chain;
using NeuroChain.Gallery;

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

    private static readonly int[] TasksAtATime = [1, 2, 4, 8];

    private static double AtTheBar => Asked(1) / 1_000.0;

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
        details = details.Concat(TasksAtATime.Select(k => ($"tasks_{k}_percents_of_the_bond_a_choice_at_the_bar", PercentsOfAChoice(k, AtTheBar))));
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
        WriteTasks(text);
        File.WriteAllText(page, text.ToString());
    }

    // One of four validators, and a candidate of a friend in each of k tasks. It holds its share of a task back where only that certifies.
    private static void WriteTasks(StringBuilder text)
    {
        var parameters = new TrainingParameters();
        var (fee, luck, real) = (Outcome.InNtk(parameters.ShortfallFee), SeedWithholder.RewardOfLuck(parameters), SeedWithholder.RewardOfLuck(parameters, Asked(1) / 1_000.0));
        text.Append("\n## Several tasks at a time\n\n");
        text.Append("Where k tasks have their seed windows open together, one charge covers all shares that one key holds back. Here f = 1, at the z that the chain asks: a\n");
        text.Append("share is held back where the seed with it does not certify and the one without it does. *Without a gain* is a candidate as above, *at the bar* one whose true gain\n");
        text.Append("is z standard errors, which half of all seeds certify. A choice costs its part of the charge; below the bond beside it, it costs less than it brings: what\n");
        text.Append(CultureInfo.InvariantCulture, $"trainer and producer are paid on the average ({luck:N0} and {real:N0} NTK, of a base of 100 million), and the fee that a try costs which fell short.\n\n");
        text.Append("| k | without a gain: choices in a window | % of the bond for each | worth it below a bond of | at the bar: choices in a window | % of the bond for each | worth it below a bond of |\n");
        text.Append("|---|---|---|---|---|---|---|\n");
        foreach (var k in TasksAtATime)
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {k} | {k * Choice(0):F5} | {PercentsOfAChoice(k, 0):F3} | {100 * (luck + fee) / PercentsOfAChoice(k, 0):N0} NTK | {k * Choice(AtTheBar):F2} | {PercentsOfAChoice(k, AtTheBar):F3} | {100 * (real + fee) / PercentsOfAChoice(k, AtTheBar):N0} NTK |\n");
        var lucky = 1 - Math.Pow(1 - Tail(Asked(1) / 1_000.0), 2);
        text.Append("\nWhere the bond is between two rows' figures a choice brings more than it costs from the k of the lower row on; with the ");
        text.Append(CultureInfo.InvariantCulture, $"{Outcome.InNtk(World.Bond):N0} NTK of the gallery, from\n");
        text.Append("k = 1 on. Several tasks make a choice cheaper by as much as choices meet in one window: hardly without a gain, to less than half at the bar.\n");
        var each = (lucky * luck) - ((1 - lucky) * fee);
        Invariant.Check(each < 0, "candidates without a gain cost more than they bring");
        text.Append(CultureInfo.InvariantCulture, $"Candidates without a gain lose all the same, at any k and bond, by the fees of those that fell short: {each:F3} NTK for each, with the choice.\n");
    }

    private static uint Asked(uint withholders) => ZCorrection.Of(ZBase, withholders);

    /// <summary>How often holding back decides, with a true gain of so many standard errors.</summary>
    private static double Choice(double gain)
    {
        var certified = Tail((Asked(1) / 1_000.0) - gain);
        return certified * (1 - certified);
    }

    /// <summary>The charge of a window, once where there is a choice in any of its tasks, for each choice.</summary>
    private static double PercentsOfAChoice(int tasks, double gain) =>
        new TrainingParameters().UnopenedSharePercent * (1 - Math.Pow(1 - Choice(gain), tasks)) / (tasks * Choice(gain));

    private static string Against(int found, double theory) =>
        string.Create(CultureInfo.InvariantCulture, $"{found:N0} ({theory:N0}, {(found - theory) / Math.Sqrt(theory):+0.0;-0.0})");

    private static List<Row> Simulate()
    {
        var stream = new SeededStream(1);
        var (sums, uncorrected, corrected) = (new double[MostWithholders + 1], new int[MostWithholders + 1], new int[MostWithholders + 1]);
        var asked = Enumerable.Range(0, MostWithholders + 1).Select(f => Asked((uint)f)).ToArray();
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
