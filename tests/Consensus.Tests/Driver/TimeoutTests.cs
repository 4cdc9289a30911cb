using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

public sealed class TimeoutTests
{
    private static readonly TimeoutSettings Settings = new()
    {
        Propose = TimeSpan.FromMilliseconds(1000),
        Prevote = TimeSpan.FromMilliseconds(200),
        Precommit = TimeSpan.FromMilliseconds(100),
        Delta = TimeSpan.FromMilliseconds(50),
        Cap = TimeSpan.FromMilliseconds(3000),
    };

    [Theory]
    [InlineData(TimeoutKind.Propose, 0, 1000)]
    [InlineData(TimeoutKind.Prevote, 0, 200)]
    [InlineData(TimeoutKind.Precommit, 0, 100)]
    [InlineData(TimeoutKind.Propose, 1, 1050)]
    [InlineData(TimeoutKind.Prevote, 10, 700)]
    [InlineData(TimeoutKind.Precommit, 57, 2950)]
    [InlineData(TimeoutKind.Precommit, 58, 3000)]
    [InlineData(TimeoutKind.Precommit, 59, 3000)]
    [InlineData(TimeoutKind.Propose, uint.MaxValue - 1, 3000)]
    public void TimersGrowByTheRoundUpToTheirCap(TimeoutKind kind, uint round, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Settings.After(kind, new Round(round)));

    [Fact]
    public void ScheduledTimersHaveTheTimeOfTheirRound()
    {
        var committee = new Committee(1, 1, 1, 1);
        var driver = new Driver(committee.Set[3].Address, Settings);
        var effects = driver.Step(new Input.StartHeight(committee.Height, committee.Schedule)).ToList();
        for (var validator = 0; validator < 2; validator++)
            effects.AddRange(driver.Step(new Input.VoteReceived(committee.Sign(new Precommit(committee.Height, new Round(4), null), validator))));
        Assert.Equal([1000.0, 1200.0], effects.OfType<Effect.ScheduleTimeout>().Select(e => e.After.TotalMilliseconds));
    }
}
