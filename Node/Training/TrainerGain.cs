using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What the chain demands of a claim, as a trainer must foresee it.</summary>
/// <param name="Samples">Samples that the chain judges by.</param>
/// <param name="ZThousandths">Standard errors that a gain must have, in thousandths.</param>
/// <param name="RequiredGainMillionths">Least gain, in millionths of the incumbent's loss.</param>
internal sealed record TrainerBar(uint Samples, uint ZThousandths, uint RequiredGainMillionths)
{
    public double Z => ZThousandths / 1000.0;

    public double RequiredShare => RequiredGainMillionths / 1_000_000.0;
}

/// <summary>
/// A candidate's gain over the incumbent as the trainer measures it for itself, on samples that it never trains on. Means and deviations in
/// 2^-20 nats per sample. The chain draws other samples, so whoever wants to be certified allows for the noise of both.
/// </summary>
/// <param name="Samples">Samples that it was measured on.</param>
/// <param name="Mean">Mean of incumbent's loss less candidate's loss.</param>
/// <param name="Deviation">Standard deviation of that difference from sample to sample.</param>
/// <param name="IncumbentMean">The incumbent's mean loss.</param>
internal sealed record TrainerGain(int Samples, double Mean, double Deviation, double IncumbentMean)
{
    /// <summary>Standard errors, of the trainer's own measurement, that a claim stays below the mean.</summary>
    private const double ClaimErrors = 3;

    public double StandardError => ErrorOn((uint)Samples);

    public static TrainerGain Of(ReadOnlySpan<uint> incumbent, ReadOnlySpan<uint> candidate)
    {
        Invariant.Check(incumbent.Length == candidate.Length && incumbent.Length > 1, "both were measured on the same samples, and on more than one");
        double sum = 0, squares = 0, losses = 0;
        for (var i = 0; i < incumbent.Length; i++)
        {
            var difference = (double)incumbent[i] - candidate[i];
            sum += difference;
            squares += difference * difference;
            losses += incumbent[i];
        }

        var count = incumbent.Length;
        var mean = sum / count;
        var variance = Math.Max(0, (squares - (sum * mean)) / (count - 1));
        return new TrainerGain(count, mean, Math.Sqrt(variance), losses / count);
    }

    public double ErrorOn(uint samples) => Deviation / Math.Sqrt(samples);

    /// <summary>Whether the gain is that many times what the chain asks for, in standard errors.</summary>
    public bool Clears(TrainerBar bar, double zFactor, double requiredFactor) =>
        Mean > 0 && Mean >= zFactor * bar.Z * ErrorOn(bar.Samples) && Mean >= requiredFactor * bar.RequiredShare * IncumbentMean;

    /// <summary>
    /// The lower bound to vouch for: three standard errors and a twentieth below the mean, but no less than the gain that the task requires,
    /// for a candidate below that would not be offered.
    /// </summary>
    public ulong Claim(TrainerBar bar)
    {
        var cautious = Mean - (ClaimErrors * StandardError) - (Mean / 20);
        var floor = Math.Min(Mean, bar.RequiredShare * IncumbentMean);
        return (ulong)Math.Clamp(Math.Max(cautious, floor), 0, Loss.UnitsMax);
    }

    /// <summary>For people: nats with four digits.</summary>
    public static string Nats(double units) => (units / Loss.UnitsPerNat).ToString("F4", CultureInfo.InvariantCulture);

    public override string ToString() => $"{Nats(Mean)} +- {Nats(StandardError)}";
}
