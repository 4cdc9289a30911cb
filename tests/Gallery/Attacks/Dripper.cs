using NeuroChain.Chain;

namespace NeuroChain.Gallery;

/// <summary>How a gain in many parts compares with the same in one.</summary>
/// <param name="TotalGain">Logarithm of the whole improvement.</param>
/// <param name="IsRetrying">Whether each part is brought until it is certified; else what fell short is added to the next one.</param>
/// <param name="Ratio">Of what was earned.</param>
/// <param name="UpperBound">Of the ratio, with 95 % confidence.</param>
/// <param name="Rounds">That were simulated.</param>
internal sealed record Drip(double TotalGain, bool IsRetrying, double Ratio, double UpperBound, int Rounds);

/// <summary>
/// Sells an improvement in thirty parts, each of which may be lucky, in the place of one. Two kinds: one brings each part until it is
/// certified, the other adds what fell short to the next part.
/// </summary>
internal sealed class Dripper : IAttack
{
    public const int Parts = 30;

    private const int MostTries = 40;

    /// <summary>Nats by which one sample's loss differs between two models that are close: 0.19 to 0.42 were measured.</summary>
    private const double Noise = 0.2;

    private const int Sales = 400;

    private const int RoundsMin = 500;

    public string Name => "dripper";

    public Outcome Run(int validators)
    {
        var drips = Measure(validators, isSplit: true, Sales, RoundsMin).ToList();
        var undefended = Measure(validators, isSplit: false, Sales, RoundsMin).Max(drip => drip.Ratio);
        return new Outcome(
            Name, "T8", validators, "of one sale's worth", drips.Max(drip => drip.UpperBound) - 1, undefended - 1, 0.01,
            "logarithms add up; the samples that pay are others than those that judge, and z grows with the tries",
            "all samples judge and pay, and tries do not count");
    }

    /// <summary>Both drippers, on improvements of several sizes, each with at least so many sales and rounds.</summary>
    public static IEnumerable<Drip> Measure(int validators, bool isSplit, int sales, int rounds)
    {
        foreach (var gain in new[] { 0.05, 0.1, 0.3 })
            foreach (var isRetrying in new[] { true, false })
                yield return Sell(gain, isRetrying, validators, isSplit, Noise, sales, rounds);
    }

    /// <param name="gain">Logarithm of the whole improvement.</param>
    /// <param name="isRetrying">The kind of dripper.</param>
    /// <param name="validators">Of the chain: z allows for those that collude.</param>
    /// <param name="isSplit">The defence.</param>
    /// <param name="noise">See <see cref="DripMarket"/>.</param>
    /// <param name="sales">At least.</param>
    /// <param name="rounds">Of the one in parts, at least.</param>
    public static Drip Sell(double gain, bool isRetrying, int validators, bool isSplit, double noise, int sales, int rounds)
    {
        var parameters = new TrainingParameters();
        var stream = new SeededStream((ulong)(gain * 1_000) + (isRetrying ? 7UL : 0));
        var normals = new Normals(stream);
        var earned = new List<(double Parts, double Whole)>();
        var simulated = 0;
        while (earned.Count < sales || simulated < rounds)
        {
            var parts = new DripMarket(parameters, validators, noise, isSplit, normals);
            for (var part = 1; part <= Parts; part++) Bring(parts, gain * part / Parts, isRetrying || part == Parts);
            var whole = new DripMarket(parameters, validators, noise, isSplit, normals);
            Bring(whole, gain, true);
            earned.Add((parts.Earned, whole.Earned));
            simulated += parts.Rounds;
        }

        var ratio = earned.Sum(pair => pair.Parts) / earned.Sum(pair => pair.Whole);
        return new Drip(gain, isRetrying, ratio, Bootstrap.UpperBound(earned, stream), simulated);
    }

    private static void Bring(DripMarket market, double level, bool isRetrying)
    {
        for (var tries = 0; !market.Bring(level) && isRetrying && tries < MostTries; tries++)
        {
        }
    }
}
