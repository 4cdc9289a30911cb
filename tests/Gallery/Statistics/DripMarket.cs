using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// One task whose rounds are drawn: each has fresh samples, on which the losses of incumbent and candidate are known but for noise of the size that
/// was measured for real classifiers. What a round asks for, pays and costs is what the ledger's own code gives.
/// </summary>
/// <param name="parameters">Of the chain.</param>
/// <param name="validators">Of the chain: z allows for those that collude.</param>
/// <param name="noise">Standard deviation of the difference that one sample shows, in nats; 0 draws none at all.</param>
/// <param name="isSplit">Whether the samples that pay are others than those that judge; else all do both, and z counts no tries, as once.</param>
/// <param name="normals">What is drawn from.</param>
internal sealed class DripMarket(TrainingParameters parameters, int validators, double noise, bool isSplit, Normals normals)
{
    /// <summary>Nats of the first incumbent.</summary>
    private const double FirstLoss = 0.6;

    /// <summary>What an honest model pays for when it stands alone: the whole supply that rewards are reckoned by.</summary>
    private static readonly Amount Issued = Amount.FromNtk(100_000_000);

    private double _level;
    private uint _tries;

    /// <summary>Rounds so far.</summary>
    public int Rounds { get; private set; }

    /// <summary>NTK, all rewards less all fees.</summary>
    public double Earned { get; private set; }

    /// <summary>A round with one candidate whose true loss is the first incumbent's times exp(-level). Whether it was certified.</summary>
    public bool Bring(double level)
    {
        Rounds++;
        var (before, after) = (Units(_level), Units(level));
        var samples = parameters.EvaluationSamples;
        var paying = isSplit ? parameters.PaidSamplesOf(samples) : samples;
        var judging = isSplit ? samples - paying : samples;
        var (_, judged) = Draw(judging, before, after);
        var (loss, paid) = isSplit ? Draw(paying, before, after) : (before * judging, judged);
        var z = isSplit ? TrainingQueries.ZAsked(parameters, _tries + 1UL, validators) : parameters.ZThousandths;
        if (!judged.ReachesZ(z) || !judged.ReachesShare(before * judging, parameters.RequiredGainMinMillionths))
        {
            Earned -= Outcome.InNtk(isSplit ? TrainingQueries.Fee(parameters, _tries) : parameters.ShortfallFee);
            _tries++;
            return false;
        }

        var gain = Math.Min(paid.PaidSum(isSplit ? parameters.PaidErrorsThousandths : 1_000), loss);
        Earned += Paid(parameters, Issued, loss, gain);
        (_level, _tries) = (level, 0);
        return true;
    }

    /// <summary>NTK to a trainer that leads by itself, or with a producer that is its friend.</summary>
    /// <param name="parameters">Of the chain.</param>
    /// <param name="issued">The supply that rewards are reckoned by.</param>
    /// <param name="loss">Of the incumbent on the samples that pay, summed.</param>
    /// <param name="gain">Of it, as it is paid.</param>
    internal static double Paid(TrainingParameters parameters, Amount issued, ulong loss, ulong gain) =>
        Outcome.InNtk(RewardFormula.Of(issued, loss, gain, 0)) * (parameters.TrainerPercent + parameters.ProducerPercent) / 100;

    private static ulong Units(double level) => (ulong)Math.Round(FirstLoss * Math.Exp(-level) * Loss.UnitsPerNat);

    // The incumbent's losses are spread as those of a classifier, many small and a few large ones. What is asked for are sums over a thousand samples
    // and more, which are normal: one is drawn for each sum. The squares about the mean are as good as independent of it.
    private (ulong Loss, GainStatistics Gain) Draw(uint samples, ulong before, ulong after)
    {
        var (n, gain, deviation) = ((double)samples, (double)before - after, noise * Loss.UnitsPerNat);
        if (noise == 0) return (before * samples, new GainStatistics(samples, (Int128)(gain * n), (UInt128)(gain * gain * n)));
        var loss = before * (n + (Math.Sqrt(n) * normals.Next()));
        var sum = (n * gain) + (deviation * Math.Sqrt(n) * normals.Next());
        var aboutMean = deviation * deviation * (n - 1 + (Math.Sqrt(2 * (n - 1)) * normals.Next()));
        return ((ulong)loss, new GainStatistics(samples, (Int128)sum, (UInt128)((sum * sum / n) + aboutMean)));
    }
}
