using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// One task whose rounds are drawn: each has fresh samples, on which the losses of incumbent and candidate are known but for noise of the size that
/// was measured for real classifiers. Test, payment and fee are the ledger's.
/// </summary>
/// <param name="parameters">Of the chain.</param>
/// <param name="colluderBits">Added to z.</param>
/// <param name="noise">Standard deviation of the difference that one sample shows, in nats; 0 draws none at all.</param>
/// <param name="isSplit">Whether the samples that pay are others than those that judge; else all do both, and z counts no tries, as once.</param>
/// <param name="normals">What is drawn from.</param>
internal sealed class DripMarket(TrainingParameters parameters, uint colluderBits, double noise, bool isSplit, Normals normals)
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
        var z = isSplit ? ZCorrection.Of(parameters.ZThousandths, ZCorrection.Bits(colluderBits, _tries + 1UL, parameters.TriesBitsMax)) : parameters.ZThousandths;
        if (!judged.ReachesZ(z) || !judged.ReachesShare(before * judging, parameters.RequiredGainMinMillionths))
        {
            Earned -= Outcome.InNtk(parameters.ShortfallFee * (1UL + (isSplit ? ZCorrection.Bits(0, _tries + 1UL, parameters.TriesBitsMax) : 0)));
            _tries++;
            return false;
        }

        var gain = Math.Min(paid.PaidSum(isSplit ? parameters.PaidErrorsThousandths : 1_000), loss);
        Earned += Outcome.InNtk(RewardFormula.Of(Issued, loss, gain, 0)) * (parameters.TrainerPercent + parameters.ProducerPercent) / 100;
        (_level, _tries) = (level, 0);
        return true;
    }

    private static ulong Units(double level) => (ulong)Math.Round(FirstLoss * Math.Exp(-level) * Loss.UnitsPerNat);

    // The incumbent's losses are spread as those of a classifier, many small and a few large ones; of the differences only sums are asked for.
    private (ulong Loss, GainStatistics Gain) Draw(uint samples, ulong before, ulong after)
    {
        if (noise == 0) return (before * samples, new GainStatistics(samples, ((Int128)before - after) * samples, (UInt128)(((Int128)before - after) * ((Int128)before - after) * samples)));
        var (loss, sum, squares) = (0UL, Int128.Zero, UInt128.Zero);
        for (var i = 0U; i < samples; i++)
        {
            loss += (ulong)(before * -Math.Log(normals.Uniform()));
            var gain = (long)before - (long)after + (long)(noise * Loss.UnitsPerNat * normals.Next());
            sum += gain;
            squares += (UInt128)((Int128)gain * gain);
        }

        return (loss, new GainStatistics(samples, sum, squares));
    }
}
