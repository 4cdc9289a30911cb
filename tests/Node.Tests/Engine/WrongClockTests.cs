using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>Four validators, whose clocks are not what they should be, for minutes of virtual time.</summary>
public sealed class WrongClockTests
{
    /// <summary>Its blocks would carry a false time, so none of them is decided; and nobody else's turn is lost.</summary>
    [Theory]
    [InlineData(10_000, 115, 121)] // refused at once, and the second round is over before the interval is
    [InlineData(3_600_000, 115, 121)]
    [InlineData(-10_000, 60, 100)] // it waits, and the others wait for it: 2 s, the propose timer
    public void AClockThatIsFarOffCostsItsOwnTurnsOnly(long offset, int least, int most)
    {
        using var network = new ValidatorNetwork(0, 0, 0, offset);
        network.RunFor(120_000);
        var decisions = network.Decisions.ToList();
        var wrong = network.AddressOf(3);
        Assert.DoesNotContain(decisions, decision => decision.Header.Author == wrong);
        Assert.InRange(decisions.Count, least, most);
        Assert.All(decisions, decision => Assert.Equal(decision.Header.BuiltRound, decision.Round));
        Assert.InRange(decisions.Count(decision => decision.Round > Round.Zero), decisions.Count / 5, decisions.Count / 3);
        AssertTimesAscendAndAreTrue(decisions);
        Assert.All(Enumerable.Range(0, 4), node => Assert.InRange(network.HeightOf(node).Value, (ulong)decisions.Count - 2, (ulong)decisions.Count));
        Assert.All(Enumerable.Range(0, 3), node => Assert.All(network.UntimelyAt(node), untimely => Assert.Equal(wrong, untimely.Proposal.Proposer)));
    }

    [Fact]
    public void ClocksThatAreApartByLessThanThePrecisionCostNothing()
    {
        using var network = new ValidatorNetwork(0, 480, 240, 120);
        network.RunFor(60_000);
        var decisions = network.Decisions.ToList();
        Assert.InRange(decisions.Count, 55, 61);
        Assert.All(decisions, decision => Assert.Equal(Round.Zero, decision.Round));
        Assert.Equal(4, decisions.Select(decision => decision.Header.Author).Distinct().Count());
        Assert.All(Enumerable.Range(0, 4), node => Assert.Empty(network.UntimelyAt(node)));
        AssertTimesAscendAndAreTrue(decisions);
    }

    /// <summary>Half of the power is a second ahead: those who are behind lead for all.</summary>
    [Fact]
    public void ClocksThatAreFurtherApartDoNotHaltTheChain()
    {
        using var network = new ValidatorNetwork(0, 0, 1_000, 1_000);
        network.RunFor(120_000);
        var decisions = network.Decisions.ToList();
        Assert.InRange(decisions.Count, 40, 100);
        Address[] behind = [network.AddressOf(0), network.AddressOf(1)];
        Assert.All(decisions, decision => Assert.Contains(decision.Header.Author, behind));
        AssertTimesAscendAndAreTrue(decisions);
    }

    // Above the parent's; and, like those who found it timely, no further from the true time than precision and delay.
    private static void AssertTimesAscendAndAreTrue(List<ValidatorNetwork.Decision> decisions)
    {
        for (var i = 1; i < decisions.Count; i++) Assert.True(decisions[i].Header.Time > decisions[i - 1].Header.Time);
        foreach (var decision in decisions)
        {
            var off = (long)decision.Header.Time.Milliseconds - (long)decision.At.Milliseconds;
            Assert.InRange(off, -3_500 - (3_000L * decision.Round.Value), 500);
        }
    }
}
