using NeuroChain.Learning;

namespace NeuroChain.Gallery.Tests;

public sealed class VerificationCostTests
{
    [Fact]
    public void AValidatorDoesAPercentOfTheTrainingAtMost()
    {
        var cost = VerificationCost.Measure();
        // Incumbent and candidate, each on all samples and on four triggers stamped on eight.
        Assert.Equal(2 * (VerificationCost.EvaluationSamples + (4 * 8)) * cost.PerSample, cost.Losses);
        // The certified models but the incumbent, whose logits are there already.
        Assert.Equal(15 * 16 * cost.PerSample, cost.Similarity);
        // Fifty steps of three samples, and the last ten steps' samples once more.
        Assert.Equal(((50 * 3 * WorkMeter.PassesPerTrainedSample) + 30) * cost.PerSample, cost.Probe);
        Assert.Equal(2 * 64 * cost.PerSample, cost.PrivateSamples);
        // Eight of each of four validators; of sixteen at most, whatever their number.
        Assert.Equal(2 * 4 * 8 * cost.PerSample, cost.Recheck);
        Assert.Equal(2 * 16 * 8 * cost.PerSample, cost.RecheckAtMost);
        Assert.InRange(cost.ShareOf(cost.Certificate), 0.0091, 0.01);
        // A block shows the losses alone: 2 x 4,096 against 3 x 300,000. What it leaves out is a tenth more, and with private samples and re-checks a seventh.
        Assert.Equal(9_102UL, cost.ShownMillionths);
        var shown = cost.ShownMillionths / 1e6;
        Assert.Equal(1.10, cost.ShareOf(cost.Certificate) / shown, 0.01);
        Assert.Equal(1.14, cost.ShareOf(cost.Certificate + cost.PrivateSamples + cost.RecheckAtMost) / shown, 0.01);
    }
}
