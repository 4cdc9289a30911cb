namespace NeuroChain.Consensus.Tests;

/// <summary>Paper L11-21: a round begins, and what its leader proposes.</summary>
public sealed class StartAndProposeTests
{
    [Fact]
    public void AFollowerWaitsForTheLeaderWithATimer() => new Script(self: 3).Check(
        new Row("L11, L21", "start", "round 0 v0, timer propose 0", "0 propose"));

    [Fact]
    public void TheLeaderAsksForABlockAndProposesItAfresh() => new Script(self: 0).Check(
        new("L18: and the timer is the leader's too", "start", "round 0 v0, timer propose 0, get 0", "0 propose"),
        new("a block for another round is none for this one", "value 1 A", "", "0 propose"),
        new("L19, then its own proposal is prevoted", "value 0 A", "propose 0 A, prevote 0 A", "0 prevote"),
        new("it proposes once", "value 0 B", "", "0 prevote"));

    [Fact]
    public void ASecondBlockIsNotProposedWhileTheFirstIsBeingSigned()
    {
        var script = new Script(self: 0);
        script.Tell("start");
        Assert.IsType<Effect.Propose>(Assert.Single(script.Driver.Step(script.Parse("value 0 A").Single())));
        Assert.Empty(script.Driver.Step(script.Parse("value 0 B").Single()));
    }

    [Fact]
    public void ABlockIsNotProposedBesideTheValidOne()
    {
        var script = new Script(self: 1).Check(
            new("", "start", "round 0 v0, timer propose 0", "0 propose"),
            new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
            new("", "prevote 0 A by 0 2", "precommit 0 A", "0 precommit lock 0 valid 0"));
        Assert.Contains(script.Driver.Step(script.Parse("precommit 1 nil by 0").Single()).Concat(script.Driver.Step(script.Parse("precommit 1 nil by 2").Single())), e => e is Effect.Propose);
        Assert.Empty(script.Driver.Step(script.Parse("value 1 B").Single()));
    }

    [Fact]
    public void ABlockThatComesAfterTheTimeoutIsNotProposed() => new Script(self: 0).Check(
        new("", "start", "round 0 v0, timer propose 0, get 0", "0 propose"),
        new("L57", "timeout propose 0", "prevote 0 nil", "0 prevote"),
        new("too late", "value 0 A", "", "0 prevote"));

    [Fact]
    public void AFollowerProposesNothingThatWasNotAskedFor() => new Script(self: 3).Check(
        new("", "start", "round 0 v0, timer propose 0", "0 propose"),
        new("", "value 0 A", "", "0 propose"));

    [Fact]
    public void ALeaderWithAValidBlockProposesItAgainWithItsRound() => new Script(self: 1).Check(
        new("", "start", "round 0 v0, timer propose 0", "0 propose"),
        new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("the polka", "prevote 0 A by 0 2", "precommit 0 A", "0 precommit lock 0 valid 0"),
        new("", "precommit 0 nil by 0 2", "timer precommit 0", "0 precommit lock 0 valid 0"),
        new("L16: no new block is asked for", "timeout precommit 0", "round 1 v1, timer propose 1, propose 1 A vr 0, prevote 1 A vr 0", "1 prevote lock 0 valid 0"));

    [Fact]
    public void ALeaderProposesAgainWhatItOnlyKnowsToBeValid() => new Script(self: 1).Check(
        new("", "start", "round 0 v0, timer propose 0", "0 propose"),
        new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("", "prevote 0 nil by 2", "", "0 prevote"),
        new("", "prevote 0 A by 0", "timer prevote 0", "0 prevote"),
        new("", "timeout prevote 0", "precommit 0 nil", "0 precommit"),
        new("L42-43 in precommit", "prevote 0 A by 3", "", "0 precommit valid 0"),
        new("", "precommit 0 nil by 0 2", "timer precommit 0", "0 precommit valid 0"),
        new("L16", "timeout precommit 0", "round 1 v1, timer propose 1, propose 1 A vr 0, prevote 1 A vr 0", "1 prevote valid 0"));

    [Fact]
    public void ANodeOutsideTheSetFollowsWithoutAWord() => new Script(self: -1).Check(
        new("", "start", "round 0 v0, timer propose 0", "0 propose"),
        new("it votes nothing", "proposal 0 A", "", "0 prevote"),
        new("", "prevote 0 A by 0 1 2", "", "0 precommit lock 0 valid 0"),
        new("and decides", "precommit 0 A by 0 1 2", "decide 0 A by 0 1 2", "0 precommit lock 0 valid 0 decided"));
}
