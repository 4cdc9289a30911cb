using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Chain.Tests;

/// <summary>The integer test against the definitions, in exact rationals and in floating point.</summary>
public sealed class GainStatisticsTests
{
    private const long Most = (long)Loss.UnitsMax;

    [Fact]
    public void ReachingZIsWhatTheDefinitionSays() =>
        ForAllDifferences((differences, z) =>
        {
            // m >= z * sqrt(v / E), squared and cleared of fractions: S^2 (E-1) 10^6 >= z^2 (E Q - S^2), S > 0.
            var (e, s, q) = Sums(differences);
            var expected = s > 0 && s * s * (e - 1) * 1_000_000 >= new BigInteger(z) * z * ((e * q) - (s * s));
            return Of(differences).ReachesZ(z) == expected;
        });

    [Fact]
    public void ReachingZAgreesWithFloatingPointAwayFromTheBorder() =>
        ForAllDifferences((differences, z) =>
        {
            var mean = differences.Average(d => (double)d);
            var variance = differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1);
            var border = z / 1000.0 * Math.Sqrt(variance / differences.Length);
            if (Math.Abs(mean - border) < 1e-9 * (Math.Abs(mean) + border)) return true;
            return Of(differences).ReachesZ(z) == (mean > border && mean > 0);
        });

    [Fact]
    public void ThePaidSumIsTheSumLessSoManyStandardErrorsRoundedDown() =>
        ForAllDifferences((differences, z) =>
        {
            // p is right where S - p >= error > S - p - 1, with error^2 = errors^2 (E Q - S^2) / (10^6 (E - 1)).
            var (e, s, q) = Sums(differences);
            var errors = z % (GainStatistics.PaidErrorsThousandthsMax + 1);
            var paid = new BigInteger(Of(differences).PaidSum(errors));
            if (s <= 0) return paid == 0;
            var square = errors * errors * ((e * q) - (s * s));
            bool Covers(BigInteger left) => left >= 0 && left * left * (e - 1) * 1_000_000 >= square;
            return paid <= s && (paid == 0 || Covers(s - paid)) && !Covers(s - paid - 1);
        });

    [Fact]
    public void TheReachedZIsTheGreatestThatIsReached() =>
        ForAllDifferences((differences, _) =>
        {
            var statistics = Of(differences);
            var reached = statistics.ReachedZThousandths();
            if (statistics.Sum <= 0) return reached == 0;
            return statistics.ReachesZ(reached) && (reached == uint.MaxValue || !statistics.ReachesZ(reached + 1));
        });

    [Fact]
    public void AFalseClaimIsWhatTheDefinitionSays() =>
        Prop.ForAll(Differences().ToArbitrary(), Gen.Choose(0, (int)Most).ToArbitrary(), Z().ToArbitrary(), (differences, claim, z) =>
        {
            var (e, s, _) = Sums(differences);
            var missing = (claim * e) - s;
            var q = differences.Aggregate(BigInteger.Zero, (sum, d) => sum + ((new BigInteger(claim) - d) * (claim - d)));
            var expected = missing > 0 && missing * missing * (e - 1) * 1_000_000 >= new BigInteger(z) * z * ((e * q) - (missing * missing));
            return Of(differences).IsBelowClaim((ulong)claim, z) == expected;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AShareOfTheLossIsWhatTheDefinitionSays() =>
        Prop.ForAll(Differences().ToArbitrary(), ArbMap.Default.ArbFor<ulong>(), Gen.Choose(0, 1_000_000).ToArbitrary(), (differences, loss, millionths) =>
        {
            loss >>= 18; // sums of losses stay below 2^46
            var (_, s, _) = Sums(differences);
            var expected = s >= 0 && s * 1_000_000 >= new BigInteger(loss) * millionths;
            return Of(differences).ReachesShare(loss, (uint)millionths) == expected;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void SumsOfSamplesArePossibleAndSmallerSquaresAreNot() =>
        ForAllDifferences((differences, _) =>
        {
            var (e, s, _) = Sums(differences);
            var statistics = Of(differences);
            if (!statistics.IsPossible) return false;
            var least = (UInt128)((s * s + e - 1) / e); // ceiling of S^2 / E
            if (!(statistics with { SquareSum = least }).IsPossible) return false;
            return least == UInt128.Zero || !(statistics with { SquareSum = least - 1 }).IsPossible;
        });

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public void TheGreatestSumsDoNotOverflow(bool isGain, int shape)
    {
        // 2^20 samples, each difference the greatest there is: all equal, one of two zero, or half of each sign.
        const uint samples = Limits.EvaluationSamplesMax;
        var count = shape == 1 ? samples / 2 : samples;
        Int128 sum = shape == 2 ? 0 : (Int128)count * Most;
        var statistics = new GainStatistics(samples, isGain ? sum : -sum, (UInt128)count * (UInt128)Most * (UInt128)Most);
        Assert.True(statistics.IsPossible);
        Assert.Equal(isGain && shape < 2, statistics.ReachesZ(GainStatistics.ZThousandthsMax));
        Assert.Equal(isGain && shape < 2, statistics.ReachesZ(1000));
        Assert.Equal(isGain, statistics.ReachesShare(shape == 2 ? 0 : (ulong)samples * Loss.UnitsMax, shape == 1 ? 500_000u : 1_000_000u));
        Assert.True(statistics.PaidSum(GainStatistics.PaidErrorsThousandthsMax) <= (ulong)samples * Loss.UnitsMax);
        Assert.Equal(isGain && shape == 0, statistics.ReachedZThousandths() == uint.MaxValue);
        Assert.Equal(shape != 0 || !isGain, statistics.IsBelowClaim(Loss.UnitsMax, 1000));
        Assert.False(statistics.IsBelowClaim(0, GainStatistics.ZThousandthsMax) && isGain);
    }

    [Fact]
    public void EqualSamplesHaveNoErrorSoTheWholeGainIsPaid()
    {
        var statistics = Of([.. Enumerable.Repeat(5L, 100)]);
        Assert.Equal(500UL, statistics.PaidSum(1_000));
        Assert.True(statistics.ReachesZ(GainStatistics.ZThousandthsMax));
        Assert.False(statistics.IsBelowClaim(5, 1000));
        Assert.True(statistics.IsBelowClaim(6, GainStatistics.ZThousandthsMax));
    }

    [Fact]
    public void NoGainIsNoGain()
    {
        var statistics = Of([0, 0, 0]);
        Assert.False(statistics.ReachesZ(1000));
        Assert.True(statistics.ReachesShare(1_000, 0));
        Assert.False(statistics.ReachesShare(1_000, 1));
        Assert.Equal(0UL, statistics.PaidSum(0));
    }

    private static void ForAllDifferences(Func<long[], uint, bool> holds) =>
        Prop.ForAll(Differences().ToArbitrary(), Z().ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    // From crowded around a mean, so that z is near, to the whole range.
    private static Gen<long[]> Differences() =>
        from mean in Gen.Choose(-1_000_000, 1_000_000)
        from spread in Gen.Elements(0, 10, 100_000, 10_000_000, (int)Most)
        from count in Gen.Choose(2, 60)
        from noise in Gen.Choose(-spread, spread).ArrayOf(count)
        select noise.Select(n => Math.Clamp((long)mean + n, -Most, Most)).ToArray();

    private static Gen<uint> Z() => Gen.Choose(1000, (int)GainStatistics.ZThousandthsMax).Select(z => (uint)z);

    private static (BigInteger Count, BigInteger Sum, BigInteger Squares) Sums(long[] differences) => (
        differences.Length,
        differences.Aggregate(BigInteger.Zero, (sum, d) => sum + d),
        differences.Aggregate(BigInteger.Zero, (sum, d) => sum + ((BigInteger)d * d)));

    private static GainStatistics Of(long[] differences)
    {
        var (count, sum, squares) = Sums(differences);
        return new GainStatistics((uint)count, (Int128)sum, (UInt128)squares);
    }
}
