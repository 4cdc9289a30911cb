using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class RewardFigureTests
{
    private static readonly SupplyRecord Supply = new(Amount.FromNtk(90_000_000), Amount.FromNtk(10_000_000), Amount.Zero, Amount.FromNtk(3));

    [Fact]
    public void WhatTheLedgerPaysLiesWithinTheFigureAndATenthOfAPercentBesideItDoesNot()
    {
        var rounds =
            from samples in Gen.Choose(16, 4_096)
            from mean in Gen.Choose(200_000, 4_000_000)
            from gain in Gen.Choose(2_000, 150_000)
            from noise in Gen.Choose(1, 1_000)
            from halvings in Gen.Choose(0, 5)
            select (samples, mean, gain, noise, halvings);
        Prop.ForAll(rounds.ToArbitrary(), round => Holds(round.samples, round.mean, round.gain, round.noise, (ulong)round.halvings)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void AnEmptyReserveBoundsTheFigure()
    {
        var (statement, winner) = Round(128, 2_000_000, 500_000, 10);
        var poor = Supply with { Reserve = new Amount(1_000_000_000_000) };
        var paid = new Amount(950_000_000_000);
        var figure = RewardFigure.Of(statement, winner, poor.Issued, poor, poor with { Reserve = poor.Reserve - paid }, paid, 95, 0);
        Assert.True(figure.Covers(paid));
        Assert.False(figure.Covers(new Amount(960_000_000_000)));
    }

    [Fact]
    public void OfAForkOnlyWhatIsBelowTheBarIsWorthSomething()
    {
        var (statement, winner) = Round(1_024, 2_000_000, 500_000, 100);
        var level = statement.IncumbentPaidSum - statement.PaidSumOf(winner);
        var bar = level + (level / 10);
        var paid = RewardFormula.Of(Supply.Issued, bar, bar - level, 0);
        Assert.True(FigureWith(bar).Covers(paid));
        Assert.False(FigureWith(ulong.MaxValue).Covers(paid));
        Assert.True(FigureWith(level - (level / 10)).Covers(Amount.Zero));
        Assert.False(FigureWith(level - (level / 10)).Covers(paid));

        RewardFigure FigureWith(ulong from) => RewardFigure.Of(statement, winner, Supply.Issued, Supply, Supply with { Reserve = Supply.Reserve - paid }, paid, 100, 0, from);
    }

    private static bool Holds(int samples, int mean, int gain, int noise, ulong halvings)
    {
        var (statement, winner) = Round(samples, mean, gain, noise);
        var reward = RewardFormula.Of(Supply.Issued, statement.IncumbentPaidSum, statement.PaidSumOf(winner), halvings);
        var paid = Amount.DivRem(reward * 85, 100).Quotient;
        var figure = RewardFigure.Of(statement, winner, Supply.Issued, Supply, Supply with { Reserve = Supply.Reserve - paid }, paid, 85, halvings);
        var beside = Amount.DivRem(paid, 1_000).Quotient;
        return figure.Covers(paid) && !figure.Covers(paid + beside) && !figure.Covers(paid - beside);
    }

    private static (TrainingStatement Statement, CandidateResult Winner) Round(int samples, int mean, int gain, int noise)
    {
        var sum = (UInt128)samples * (UInt128)gain;
        var winner = default(CandidateResult) with
        {
            PaidLossSum = (ulong)samples * (ulong)(mean - gain),
            PaidSquareSum = (sum * (UInt128)gain) + ((UInt128)samples * (UInt128)noise * (UInt128)noise),
        };
        return (new TrainingStatement
        {
            Genesis = default,
            Task = default,
            TrainingRound = 1,
            Seed = default,
            SampleRoot = default,
            Incumbent = default,
            IncumbentLossesRoot = default,
            IncumbentLossSum = 1,
            IncumbentPaidSum = (ulong)samples * (ulong)mean,
            Samples = 4 * (uint)samples,
            PaidSamples = (uint)samples,
            RequiredGainMillionths = 0,
            ZThousandths = 3_000,
            PaidErrorsThousandths = 500,
            Candidates = [winner],
        }, winner);
    }
}
