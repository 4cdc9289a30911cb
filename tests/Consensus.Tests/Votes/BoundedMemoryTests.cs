using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>Rounds are endless, memory is not: of the rounds ahead one is kept for each sender.</summary>
public sealed class BoundedMemoryTests
{
    private readonly Committee _committee = new(1, 1, 1, 1);

    [Fact]
    public void AFloodOfRoundsKeepsOne()
    {
        var keeper = new VoteKeeper(_committee.Set);
        for (uint round = 1; round <= 2000; round++)
        {
            keeper.Add(_committee.Sign(new Prevote(_committee.Height, new Round(round), null, null), 1), Round.Zero);
            keeper.Add(_committee.Sign(new Precommit(_committee.Height, new Round(round), null), 1), Round.Zero);
        }

        Assert.Equal(2, keeper.RoundsHeld); // the prevotes and the precommits of the last
        Assert.Null(keeper.PrevoteOf(1, new Round(1999)));
        Assert.NotNull(keeper.PrevoteOf(1, new Round(2000)));
        Assert.NotNull(keeper.PrecommitOf(1, new Round(2000)));
    }

    [Fact]
    public void AFloodDoesNotTouchWhatOthersSaid()
    {
        var keeper = new VoteKeeper(_committee.Set);
        keeper.Add(_committee.Sign(new Prevote(_committee.Height, new Round(5), null, null), 2), Round.Zero);
        for (uint round = 1; round <= 50; round++) keeper.Add(_committee.Sign(new Prevote(_committee.Height, new Round(round), null, null), 1), Round.Zero);
        Assert.NotNull(keeper.PrevoteOf(2, new Round(5)));
        Assert.Equal(2, keeper.RoundsHeld);
    }

    [Fact]
    public void AnEarlierRoundAheadIsNotTakenBack()
    {
        var keeper = new VoteKeeper(_committee.Set);
        Assert.True(keeper.Add(_committee.Sign(new Prevote(_committee.Height, new Round(9), null, null), 1), Round.Zero));
        Assert.False(keeper.Add(_committee.Sign(new Prevote(_committee.Height, new Round(5), null, null), 1), Round.Zero));
        Assert.Equal(1, keeper.RoundsHeld);
    }

    [Fact]
    public void RoundsUpToTheCurrentOneAreAllTaken()
    {
        var keeper = new VoteKeeper(_committee.Set);
        keeper.Add(_committee.Sign(new Prevote(_committee.Height, new Round(20), null, null), 1), new Round(10));
        for (uint round = 0; round <= 10; round++)
            Assert.True(keeper.Add(_committee.Sign(new Prevote(_committee.Height, new Round(round), null, null), 1), new Round(10)));
        Assert.NotNull(keeper.PrevoteOf(1, new Round(20)));
    }

    [Fact]
    public void ASenderAheadIsHeardAgainOnceTheRoundIsReached()
    {
        var script = new Script(self: 3);
        script.Check(
            new("", "start", "round 0 v0, timer propose 0", "0 propose"),
            new("", "precommit 4 nil by 0", "", "0 propose"),
            new("what it said before is dropped", "precommit 2 nil by 0", "", "0 propose"),
            new("", "precommit 2 nil by 1 2", "round 2 v2, timer propose 2", "2 propose"),
            new("a re-broadcast counts now", "precommit 2 nil by 0", "timer precommit 2", "2 propose"));
    }

    [Fact]
    public void AFloodOfProposalsKeepsTheLatestOfTheLeader()
    {
        var script = new Script(self: 3);
        script.Tell("start");
        for (uint round = 1; round <= 401; round += 4) script.Tell($"proposal {round} A"); // all led by 1
        Assert.False(script.Driver.Knows(new Proposal(script.Committee.Height, new Round(397), Committee.Block("A").Hash, null)));
        Assert.True(script.Driver.Knows(new Proposal(script.Committee.Height, new Round(401), Committee.Block("A").Hash, null)));
        script.Check(new Row("which is what the skip goes by", "prevote 401 nil by 0", "round 401 v1, timer propose 401, prevote 401 A", "401 prevote"));
    }
}
