using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery.Tests;

public sealed class DripTests(ITestOutputHelper output)
{
    private static bool IsLong => Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1";

    [Fact]
    public void ThirtyPartsEarnNoMoreThanOne()
    {
        foreach (var drip in Dripper.Measure(4, isSplit: true, IsLong ? 4_000 : 400, 500))
        {
            output.WriteLine(drip.ToString());
            Assert.True(drip.Rounds >= 500);
            Assert.True(drip.UpperBound <= 1.01, drip.ToString());
        }
    }

    [Fact]
    public void WherePayIsForTheSamplesThatJudgeTheyEarnMore() =>
        Assert.Contains(Dripper.Measure(4, isSplit: false, 400, 500), drip => drip.Ratio > 1.01);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    public void WithoutNoiseTheSplitIsExactToRounding(double gain)
    {
        var drip = Dripper.Sell(gain, isRetrying: true, 4, isSplit: true, noise: 0, sales: 1, rounds: 1);
        Assert.Equal(Dripper.Parts, drip.Rounds); // each part is certified at once
        Assert.InRange(drip.Ratio, 1 - 1e-6, 1 + 1e-6);
    }

    /// <summary>The drawn rounds are those of a chain: what real rounds ask for and cost after none, one and two tries that fell short, and what the last one pays.</summary>
    [Fact]
    public void TheMarketAsksCostsAndPaysWhatARealRoundDoes()
    {
        const int Validators = 7;
        var world = new World(new WorldOptions(Validators));
        var parameters = world.Genesis.Parameters.Training;
        for (var tries = 0u; tries < 3; tries++)
        {
            var model = Learner.Train(world.Initial, tries < 2 ? Mislabelled(world.Options.Training) : world.Options.Training, 200, (byte)tries);
            var ended = world.Run(new RoundPlan(new Offer(World.Alice, 1, Checkpoint.Write(model)))
            {
                BeforeAttesting = at =>
                {
                    Assert.Equal(TrainingQueries.ZAsked(parameters, tries + 1UL, Validators), at.Round!.ZThousandths);
                    Assert.Equal(TrainingQueries.Fee(parameters, tries), at.Round.Fee);
                },
            });
            Assert.Equal(tries < 2 ? RoundOutcome.NoImprovement : RoundOutcome.Improved, ended.Outcome);
        }

        var statement = world.Statement(3);
        Assert.Equal(parameters.PaidSamplesOf(statement.Samples), statement.PaidSamples);
        var gain = statement.PaidGainOf(statement.Candidates[0]).PaidSum(parameters.PaidErrorsThousandths);
        var expected = DripMarket.Paid(parameters, world.Record.RewardBase, statement.IncumbentPaidSum, gain);
        var paid = Outcome.InNtk(world.PaidTo(World.Alice, "trainer") + world.PaidTo(world.Validators[1], "producer"));
        Assert.InRange(paid / expected, 1 - 1e-9, 1 + 1e-9);
    }

    // What is learned from it falls short.
    private static Dataset Mislabelled(Dataset samples)
    {
        var images = Enumerable.Range(0, samples.Count).SelectMany(i => samples.Image(i).ToArray()).ToArray();
        var labels = Enumerable.Range(0, samples.Count).Select(i => (byte)((samples.Label(i) + 1) % Pictures.Classes)).ToArray();
        Assert.True(Dataset.TryCreate(samples.Shape, images, labels, Pictures.Classes, out var wrong, out _));
        return wrong;
    }
}
