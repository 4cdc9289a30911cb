using NeuroChain.Chain;

namespace NeuroChain.Simulation.Tests;

public sealed class TwinsScenarioTests
{
    private const int Partitions = 52; // of five machines: the fifth number of Bell

    private static bool IsLong => Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1";

    [Fact]
    public void AllWaysToPartFiveMachinesAreThere()
    {
        Assert.Equal(Partitions, TwinCase.Sides.Length);
        Assert.Equal(Partitions, TwinCase.Sides.Select(sides => string.Concat(sides)).Distinct().Count());
        Assert.All(TwinCase.Sides, sides => Assert.Equal(TwinCase.Machines, sides.Length));
    }

    /// <summary>By Burnside's lemma, with other words than the generator's: how many partitions, or pairs of them, are left as they are by each renaming.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void EachCaseIsThereOnceUpToTheNamesOfItsMachines(int rounds)
    {
        var cases = TwinCase.All(rounds).ToList();
        Assert.Equal(cases.Count, cases.Select(one => one.ToString()).Distinct().Count());
        for (var role = 0; role <= rounds; role++)
        {
            // Twins may change places; so may the keys that neither lead nor are twinned.
            var idle = Enumerable.Range(0, TwinCase.Keys).Where(key => key >= rounds && key != role).ToArray();
            var renamings = Orders(idle).SelectMany(order => new[] { false, true }.Select(swap => Renaming(idle, order, role, swap))).ToList();
            var fixedByAll = renamings.Sum(renaming => Math.Pow(TwinCase.Sides.Count(sides => IsSame(sides, renaming)), rounds));
            Assert.Equal(fixedByAll / renamings.Count, cases.Count(one => one.Role == role));
        }
    }

    [Fact]
    public void ASampleHasNoCaseTwiceAndIsItsSeedsAlone()
    {
        var sample = TwinCase.Sample(1, 4 * Partitions, new SeededStream(7)).Select(one => one.ToString()).ToList();
        Assert.Equal(4 * Partitions, sample.Distinct().Count()); // all that there are, and no more asked for
        Assert.Equal(sample, TwinCase.Sample(1, 4 * Partitions, new SeededStream(7)).Select(one => one.ToString()));
        Assert.NotEqual(sample, TwinCase.Sample(1, 4 * Partitions, new SeededStream(8)).Select(one => one.ToString()));
    }

    /// <summary>Some of them; <c>--scenario twins</c> and the long test tell all of two rounds.</summary>
    [Fact]
    public void TwinsDecideNothingTwiceHoweverTheyAreParted()
    {
        var figures = new TwinsScenario(rounds: 2, most: 40, sampledRounds: 3, sampled: 20).Run().Figures;
        Assert.Equal(60, figures["cases"]);
        Assert.True(figures["cases_with_the_twin_convicted"] > 5, "twins that always say the same are no twins");
        Assert.True(figures["cases_decided_after_round_0"] > 5, "partitions that no round fails by are none");
    }

    [Fact]
    public void TwinsDecideNothingTwiceInAnyCaseOfTwoRounds()
    {
        Assert.SkipUnless(IsLong, "set NEUROCHAIN_LONG_TESTS=1");
        Assert.All(new TwinsScenario().Run().Bars, bar => Assert.True(bar.IsMet, bar.ToString()));
    }

    /// <summary>One with the leader of round 0 twinned, each of its machines with two others that follow the rules on no side of more than two thirds.</summary>
    [Fact]
    public void AHeightThatEverybodyHearsIsDecidedInRound0AndOneThatNobodyDoesLater()
    {
        var scenario = new TwinsScenario();
        Assert.Equal(0u, scenario.Play(new TwinCase(3, [TwinCase.Sides[0], TwinCase.Sides[0]])).Round);
        Assert.True(scenario.Play(new TwinCase(0, [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]])).Round > 0);
    }

    private static IEnumerable<int[]> Orders(int[] items) => items.Length <= 1 ? [items] : items.SelectMany(first => Orders([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));

    private static int[] Renaming(int[] idle, int[] order, int role, bool areSwapped)
    {
        var renaming = Enumerable.Range(0, TwinCase.Machines).ToArray();
        for (var i = 0; i < idle.Length; i++) renaming[idle[i]] = order[i];
        if (areSwapped) (renaming[role], renaming[TwinCase.Keys]) = (TwinCase.Keys, role);
        return renaming;
    }

    private static bool IsSame(IReadOnlyList<int> sides, int[] renaming) =>
        Enumerable.Range(0, TwinCase.Machines).All(a => Enumerable.Range(0, TwinCase.Machines).All(b => (sides[a] == sides[b]) == (sides[renaming[a]] == sides[renaming[b]])));
}
