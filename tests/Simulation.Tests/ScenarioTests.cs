using System.Text.Json;

namespace NeuroChain.Simulation.Tests;

public sealed class ScenarioTests
{
    [Fact]
    public void NobodyIsFramedWhoFollowsTheRules() => Assert.Equal(6, Run("framing")["rounds"]);

    [Fact]
    public void AHiddenLockIsFreedByTheNextLeader() => Assert.Equal(3, Run("hidden-lock")["rounds"]);

    [Fact]
    public void ALockOutlivesAPolkaForNil() => Assert.Equal(6, Run("nil-polka")["rounds"]);

    [Fact]
    public void APolkaThatNobodySawMovesNobody() => Assert.Equal(3, Run("unseen-polka")["rounds"]);

    [Fact]
    public void MoreThanAThirdTakeAlongWhoIsBehindAndOneDoesNot() => Assert.Equal(5, Run("left-behind")["rounds"]);

    [Fact]
    public void NothingOfAForgedChainIsTaken() => Assert.Equal(4, Run("forged-chain")["refused"]);

    [Fact]
    public void AForkNamesThoseWhoMadeItAndNobodyElse()
    {
        var figures = Run("fork-above-a-third");
        Assert.Equal(4, figures.Count);
        Assert.All(figures.Values, convicted => Assert.Equal(2, convicted));
    }

    [Fact]
    public void ADeadValidatorCostsLessThanATenth()
    {
        var figures = Run("dead-validator");
        Assert.True(figures["heights_per_second_of_four"] > 5, "links of 20 ms allow more");
        Assert.InRange(figures["lost_percent"], -1, 10);
    }

    [Fact]
    public void AfterAPartitionABlockIsDecidedWithinOneCappedTimeout()
    {
        var figures = Run("healed-partition");
        Assert.Equal(22, figures.Count);
        Assert.All(figures.Where(figure => figure.Key.EndsWith("first_decision_ms")), figure => Assert.InRange(figure.Value, 1, 10_000));
    }

    /// <summary>The command runs a hundred; here it is forty, and the same story.</summary>
    [Fact]
    public void ManyValidatorsDecideBlocksOfAMegabyte()
    {
        var result = new HundredScenario(validators: 40, heights: 1).Run();
        Assert.All(result.Bars, bar => Assert.True(bar.IsMet, bar.ToString()));
        Assert.InRange(result.Figures["ms_per_height"], 150, 5_000);
        Assert.InRange(result.Figures["ms_of_the_height_with_lacks"], 150, 5_000);
        Assert.True(result.Figures["bytes_supplied"] > 19 * 100_000, $"only {result.Figures["bytes_supplied"]} bytes were sent to those who lacked them");
    }

    /// <summary>The same at the size that is asked for, where there is time for it.</summary>
    [Fact]
    public void AHundredValidatorsDecideBlocksOfAMegabyte()
    {
        Assert.SkipUnless(IsLong, "set NEUROCHAIN_LONG_TESTS=1");
        Assert.All(new HundredScenario().Run().Bars, bar => Assert.True(bar.IsMet, bar.ToString()));
    }

    [Fact]
    public void AFigureThatIsNotMetFailsTheScenarioAndIsOnThePage()
    {
        var (file, page) = (Path.GetTempFileName(), Path.GetTempFileName());
        using var told = new StringWriter();
        Assert.Equal(1, ScenarioRunner.Run(new TooSlow(), new RunArguments { Scenario = "too-slow", JsonFile = file, Commit = "abc" }, told));
        Assert.Equal(1, ScenarioPage.Write(new RunArguments { Scenarios = [file], PageFile = page }, told));
        Assert.Contains("not met: too-slow", told.ToString());
        var text = File.ReadAllText(page);
        Assert.Contains("| too-slow | percent lost | less than 10 | 10 | **not met** |", text);
        Assert.Contains("- heights per second: 1,234.5", text);
        Assert.Contains("Commit: abc.", text);
        File.WriteAllText(file, "{}");
        Assert.Equal(2, ScenarioPage.Write(new RunArguments { Scenarios = [file], PageFile = page }, told));
        File.Delete(file);
        File.Delete(page);
    }

    [Fact]
    public void BarsAreHeldAsTheyAreSaid()
    {
        Assert.True(ScenarioBar.AtLeast("a", 2, 2).IsMet && ScenarioBar.AtMost("a", 2, 2).IsMet && ScenarioBar.Below("a", 1, 2).IsMet);
        Assert.False(ScenarioBar.AtLeast("a", 1, 2).IsMet || ScenarioBar.AtMost("a", 3, 2).IsMet || ScenarioBar.Below("a", 2, 2).IsMet);
    }

    /// <summary>Windows that lay in its own blocks alone wait for another's, and what it left out comes in.</summary>
    [Fact]
    public void ACensorWithATermIsOutlasted()
    {
        var figures = Run("term-censor");
        Assert.True(figures["windows_of_the_censors_blocks_alone"] > 0);
        Assert.True(figures["messages_of_others_that_came_later"] > 0);
    }

    [Fact]
    public void AScenarioIsToldInJsonAndOnesThatFailWithTheirCommand()
    {
        var file = Path.GetTempFileName();
        using var told = new StringWriter();
        var arguments = new RunArguments { Scenario = "hidden-lock", JsonFile = file, Commit = "abc" };
        Assert.Equal(0, ScenarioRunner.Run(AllScenarios.Find("hidden-lock")!, arguments, told));
        using (var json = JsonDocument.Parse(File.ReadAllBytes(file)))
        {
            Assert.Equal("hidden-lock", json.RootElement.GetProperty("scenario").GetString());
            Assert.Equal(3, json.RootElement.GetProperty("figures").GetProperty("rounds").GetDouble());
        }

        Assert.Equal(1, ScenarioRunner.Run(new Failing(), arguments, told));
        Assert.Contains("--scenario failing", told.ToString());
        File.Delete(file);
    }

    [Fact]
    public void EveryScenarioHasANameOfItsOwn() =>
        Assert.Equal(AllScenarios.Of().Count, AllScenarios.Of().Select(scenario => scenario.Name).Distinct().Count());

    private static IReadOnlyDictionary<string, double> Run(string name) => AllScenarios.Find(name)!.Run().Figures;

    private static bool IsLong => Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1";

    private sealed class TooSlow : IScenario
    {
        public string Name => "too-slow";

        public ScenarioResult Run() => new(Name, "slow", new Dictionary<string, double> { ["heights_per_second"] = 1_234.5 }, [ScenarioBar.Below("percent lost", 10, 10)]);
    }

    private sealed class Failing : IScenario
    {
        public string Name => "failing";

        public ScenarioResult Run() => throw new SimulationFailedException("as it must not");
    }
}
