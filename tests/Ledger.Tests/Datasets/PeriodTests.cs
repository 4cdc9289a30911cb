using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Stakeholders change how long a period is.</summary>
public sealed class PeriodTests
{
    private readonly DeltaWorld _world = new();

    private LedgerFixture Chain => _world.Chain;

    [Fact]
    public void WhoHasMoreThanHalfOfThePointsChangesThePeriodFromTheNextOneOn()
    {
        _world.Earn((Chain.Alice, 51), (Chain.Bob, 49));
        _world.Step(_world.VotePeriod(Chain.Alice, 150));
        _world.StepTo(9);
        Assert.Equal(DeltaWorld.Period, _world.Set.Period(Chain.State.Parameters));
        _world.StepTo(10);
        Assert.Equal((150UL, new Height(10)), (_world.Set.Period(Chain.State.Parameters), _world.Set.Opened));
        _world.StepTo(20);
        Assert.Equal(new Height(10), _world.Set.Opened);
        _world.StepTo(160);
        Assert.Equal(new Height(160), _world.Set.Opened);
    }

    [Fact]
    public void HalfOfThePointsIsNotEnough()
    {
        _world.Earn((Chain.Alice, 50), (Chain.Bob, 50));
        _world.Step(_world.VotePeriod(Chain.Alice, 150));
        _world.StepTo(30);
        Assert.Null(_world.Set.VotedPeriod);
    }

    // Weights 20, 20 and 10 of a hundred: nobody counts for more than a fifth.
    [Theory]
    [InlineData(100, 200, 300, 200)]
    [InlineData(300, 100, 200, 200)]
    [InlineData(10_000_000, 100, 100, 100)]
    [InlineData(10_000_000, 10_000_000, 100, 10_000_000)]
    public void TheMedianHolds(ulong alice, ulong bob, ulong third, ulong expected)
    {
        _world.Earn((Chain.Alice, 60), (Chain.Bob, 30), (Chain.ValidatorKeys[0], 10));
        _world.Step(_world.VotePeriod(Chain.Alice, alice), _world.VotePeriod(Chain.Bob, bob), _world.VotePeriod(Chain.ValidatorKeys[0], third));
        _world.StepTo(10);
        Assert.Equal(expected, _world.Set.VotedPeriod);
    }

    [Fact]
    public void ALaterVoteReplacesTheEarlier()
    {
        _world.Earn((Chain.Alice, 60), (Chain.Bob, 40));
        _world.Step(_world.VotePeriod(Chain.Alice, 150));
        _world.Step(_world.VotePeriod(Chain.Alice, 160));
        Assert.Equal([new PeriodWish(Chain.Alice.Address, 160)], PeriodVotes.Get(Chain.State, _world.Task));
    }
}
