using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class TrainingGainTests
{
    private static readonly TrainerBar Bar = new(2048, 3000, 10_000);

    [Fact]
    public void MeanDeviationAndErrorAreThoseOfTheDifferences()
    {
        var gain = TrainerGain.Of([10, 20, 30, 40], [8, 16, 30, 38]);
        Assert.Equal(2, gain.Mean);
        Assert.Equal(Math.Sqrt(8 / 3.0), gain.Deviation, 12);
        Assert.Equal(gain.Deviation / 2, gain.StandardError, 12);
        Assert.Equal(25, gain.IncumbentMean);
    }

    [Fact]
    public void ALossIsANegativeGainAndClearsNothing()
    {
        var worse = TrainerGain.Of([10, 20, 30], [11, 21, 31]);
        Assert.Equal(-1, worse.Mean);
        Assert.False(worse.Clears(Bar, 0, 0));
        Assert.Equal(0UL, worse.Claim(Bar));
    }

    [Theory]
    [InlineData(3.0, 0.01, 1, true)]
    [InlineData(2.99, 0.01, 1, false)] // too few standard errors
    [InlineData(4.5, 0.01, 1.5, true)]
    [InlineData(4.49, 0.01, 1.5, false)]
    [InlineData(9.0, 0.0099, 1, false)] // less than the task requires
    public void BothBoundsAreAsked(double errors, double share, double factor, bool clears)
    {
        const double error = 1000;
        var mean = errors * error * 1.000_001;
        var gain = new TrainerGain(2000, mean, error * Math.Sqrt(Bar.Samples), mean / (share * 1.000_001));
        Assert.Equal(clears, gain.Clears(Bar, factor, 1));
    }

    [Fact]
    public void AClaimStaysThreeErrorsAndATwentiethBelowWhatWasMeasured()
    {
        var gain = new TrainerGain(2500, 10_000, 50_000, 100_000); // standard error 1,000, required 1,000
        Assert.Equal(6_500UL, gain.Claim(Bar));
    }

    [Fact]
    public void AClaimIsAtLeastWhatTheTaskRequires()
    {
        var gain = new TrainerGain(2500, 4_000, 50_000, 300_000); // cautious 800, required 3,000
        Assert.Equal(3_000UL, gain.Claim(Bar));
    }

    [Fact]
    public void NoClaimIsEverAboveWhatWasMeasured() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(uint, uint)[]>().Filter(pairs => pairs.Length > 1),
            pairs =>
            {
                var limit = (uint)Loss.UnitsMax + 1;
                var gain = TrainerGain.Of([.. pairs.Select(p => p.Item1 % limit)], [.. pairs.Select(p => p.Item2 % limit)]);
                return gain.Claim(Bar) <= Math.Max(0, gain.Mean);
            }).QuickCheckThrowOnFailure();

    // The chain's own test in integers and the trainer's in floating point are about the same thing.
    [Fact]
    public void WhatClearsTheBarOnTheChainsSamplesIsCertified() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int>(),
            seed =>
            {
                var stream = new SeededStream(unchecked((uint)seed));
                var (incumbent, candidate) = (new uint[256], new uint[256]);
                for (var i = 0; i < incumbent.Length; i++)
                {
                    incumbent[i] = 1_000_000 + (uint)stream.NextBelow(100_000);
                    candidate[i] = incumbent[i] + 20_000 - (uint)stream.NextBelow(60_000);
                }

                var gain = TrainerGain.Of(incumbent, candidate);
                var bar = new TrainerBar(256, 3000, 100);
                Int128 sum = 0;
                UInt128 squares = 0;
                for (var i = 0; i < incumbent.Length; i++)
                {
                    var difference = (long)incumbent[i] - candidate[i];
                    sum += difference;
                    squares += (UInt128)(ulong)(difference * difference);
                }

                var chain = new GainStatistics(256, sum, squares);
                var total = incumbent.Aggregate(0UL, (all, loss) => all + loss);
                var certified = chain.ReachesZ(3000) && chain.ReachesShare(total, 100);
                return gain.Clears(bar, 1.000_001, 1.000_001) ? certified : !certified || gain.Clears(bar, 0.999_999, 0.999_999);
            }).QuickCheckThrowOnFailure();
}
