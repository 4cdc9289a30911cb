using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Stakeholders change how long a period is.</summary>
public sealed class PeriodTests
{
    private readonly DeltaWorld _world = new();

    private LedgerFixture Chain => _world.Chain;

    [Fact]
    public void WhoCountsForMoreThanHalfChangesThePeriodFromTheNextOneOn()
    {
        _world.Earn((Chain.Alice, 51), (Chain.Bob, 29), (LedgerFixture.Key(31), 20));
        _world.Earn((Chain.ValidatorKeys[0], 30));
        _world.Step(_world.VotePeriod(Chain.Alice, 150), _world.VotePeriod(Chain.Bob, 150), _world.VotePeriod(Chain.ValidatorKeys[0], 150));
        _world.StepTo(9);
        Assert.Equal(DeltaWorld.Period, _world.Set.Period(Chain.State.Parameters));
        _world.StepTo(10);
        Assert.Equal((150UL, new Height(10)), (_world.Set.Period(Chain.State.Parameters), _world.Set.Opened));
        _world.StepTo(20);
        Assert.Equal(new Height(10), _world.Set.Opened);
        _world.StepTo(160);
        Assert.Equal(new Height(160), _world.Set.Opened);
    }

    // Nobody counts for more than a fifth, not even where it alone has voted.
    [Fact]
    public void AWhaleIsNoQuorum()
    {
        _world.Earn((Chain.Alice, 51), (Chain.Bob, 20), (LedgerFixture.Key(31), 15), (LedgerFixture.Key(32), 14));
        _world.Step(_world.VotePeriod(Chain.Alice, 10_000_000));
        _world.StepTo(30);
        Assert.Null(_world.Set.VotedPeriod);
    }

    [Fact]
    public void HalfOfThePointsIsNotEnough()
    {
        _world.Earn((Chain.Alice, 20), (Chain.Bob, 20), (Chain.ValidatorKeys[0], 10), (LedgerFixture.Key(31), 20), (LedgerFixture.Key(32), 30));
        _world.Step(_world.VotePeriod(Chain.Alice, 150), _world.VotePeriod(Chain.Bob, 150), _world.VotePeriod(Chain.ValidatorKeys[0], 150));
        _world.StepTo(10);
        Assert.Null(_world.Set.VotedPeriod);
        _world.Earn((Chain.ValidatorKeys[0], 2));
        _world.StepTo(20);
        Assert.Equal(150UL, _world.Set.VotedPeriod);
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, 150UL)]
    public void WhilePointsAreInFewHandsValidatorsDecideByPower(int validators, ulong? expected)
    {
        _world.Earn((Chain.Alice, 51), (Chain.Bob, 49)); // each counts for a fifth
        _world.Step([_world.VotePeriod(Chain.Alice, 20), .. Chain.ValidatorKeys.Take(validators).Select(key => _world.VotePeriod(key, 150))]);
        _world.StepTo(10);
        Assert.Equal(expected, _world.Set.VotedPeriod);
    }

    [Fact]
    public void AWishLapsesWithItsEighthEnd()
    {
        _world.Step(_world.VotePeriod(Chain.ValidatorKeys[0], 150));
        _world.StepTo(79);
        Assert.Single(PeriodVotes.Get(Chain.State, _world.Task));
        _world.Step(_world.VotePeriod(Chain.ValidatorKeys[1], 150));
        Assert.Equal([Chain.ValidatorKeys[1].Address], PeriodVotes.Get(Chain.State, _world.Task).Select(wish => wish.Voter));
    }

    [Fact]
    public void AShortestPeriodIsADayWhereTheChainsOwnIsAWeek() => Assert.Equal(86_400UL, new DatasetParameters().ShortestPeriod());

    // Weights 20, 20 and 14 of a hundred: nobody counts for more than a fifth.
    [Theory]
    [InlineData(100, 200, 300, 200)]
    [InlineData(300, 100, 200, 200)]
    [InlineData(10_000_000, 100, 100, 100)]
    [InlineData(10_000_000, 10_000_000, 100, 10_000_000)]
    public void TheMedianHolds(ulong alice, ulong bob, ulong third, ulong expected)
    {
        _world.Earn((Chain.Alice, 56), (Chain.Bob, 30), (Chain.ValidatorKeys[0], 14));
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
        Assert.Equal([new PeriodWish(Chain.Alice.Address, 160, new Amount(60), false, 0)], PeriodVotes.Get(Chain.State, _world.Task));
    }
}
