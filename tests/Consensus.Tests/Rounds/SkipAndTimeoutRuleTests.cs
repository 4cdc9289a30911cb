namespace NeuroChain.Consensus.Tests;

/// <summary>Paper L55-67: skipping to a later round, and the timers.</summary>
public sealed class SkipAndTimeoutRuleTests
{
    private static readonly Row Start = new("start", "start", "round 0 v0, timer propose 0", "0 propose");

    [Theory]
    [InlineData("prevote 5 A by 0", "prevote 5 B by 1")]
    [InlineData("precommit 5 A by 0", "precommit 5 nil by 1")]
    [InlineData("prevote 5 nil by 0", "precommit 5 A by 1")]
    [InlineData("precommit 5 nil by 2", "prevote 5 A by 1")]
    public void MoreThanAThirdInALaterRoundIsFollowed(string first, string second) => new Script(self: 3).Check(
        Start,
        new("one of four", first, "", "0 propose"),
        new("L55: whatever they say", second, "round 5 v1, timer propose 5", "5 propose"));

    [Theory]
    [InlineData("proposal 5 A", "precommit 5 nil by 0")]
    [InlineData("precommit 5 nil by 0", "proposal 5 A")]
    public void TheProposerCountsAsASender(string first, string second) => new Script(self: 3).Check(
        Start,
        new("", first, "", "0 propose"),
        new("L55", second, "round 5 v1, timer propose 5, prevote 5 A", "5 prevote"));

    [Theory]
    [InlineData("prevote 5 A by 1", "precommit 5 A by 1", "")]
    [InlineData("proposal 5 A", "prevote 5 A by 1", "")]
    [InlineData("prevote 5 A by 1", "proposal 5 A", "")]
    [InlineData("prevote 5 A by 1", "prevote 5 B by 1", "evidence v1 prevote 5")]
    [InlineData("precommit 5 A by 1", "precommit 5 nil by 1", "evidence v1 precommit 5")]
    [InlineData("proposal 5 A", "proposal 5 B", "evidence v1 proposal 5")]
    public void OneSenderCountsOnceWhateverItSends(string first, string second, string effects) => new Script(self: 3).Check(
        Start,
        new("", first, "", "0 propose"),
        new("", second, effects, "0 propose"));

    [Fact]
    public void SendersOfDifferentRoundsDoNotAddUp() => new Script(self: 3).Check(
        Start,
        new("", "prevote 1 A by 0", "", "0 propose"),
        new("", "prevote 2 A by 1", "", "0 propose"),
        new("", "prevote 2 A by 0", "round 2 v2, timer propose 2", "2 propose"));

    [Fact]
    public void TheLockIsTakenAlong() => new Script(self: 3).Check(
        Start,
        new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("", "prevote 0 A by 0 1", "precommit 0 A", "0 precommit lock 0 valid 0"),
        new("", "precommit 3 nil by 0 1", "round 3 v3, timer propose 3, propose 3 A vr 0, prevote 3 A vr 0", "3 prevote lock 0 valid 0"));

    [Fact]
    public void EarlierRoundsAreNotReturnedTo() => new Script(self: 3).Check(
        Start,
        new("", "prevote 2 nil by 0 1", "round 2 v2, timer propose 2", "2 propose"),
        new("", "prevote 1 nil by 0 1 2", "", "2 propose"));

    [Fact]
    public void ASkipIntoAFullRoundArmsItsTimer() => new Script(self: 3).Check(
        Start,
        new("one", "precommit 1 nil by 0", "", "0 propose"),
        new("two skip, the third arms", "precommit 1 nil by 1 2", "round 1 v1, timer propose 1, timer precommit 1", "1 propose"));

    [Fact]
    public void AProposalAloneIsFollowedWhereItsProposerIsMoreThanAThird() => new Script(self: 0, 1, 1).Check(
        new("", "start", "round 0 v0, timer propose 0, get 0", "0 propose"),
        new("L55: a message of any kind", "proposal 1 A", "round 1 v1, timer propose 1, prevote 1 A", "1 prevote"));

    [Fact]
    public void TimersCountInTheirOwnStepOnly()
    {
        new Script(self: 3).Check(
            Start,
            new("no prevote yet", "timeout prevote 0", "", "0 propose"),
            new("L57", "timeout propose 0", "prevote 0 nil", "0 prevote"),
            new("once", "timeout propose 0", "", "0 prevote"),
            new("L61", "timeout prevote 0", "precommit 0 nil", "0 precommit"),
            new("once", "timeout prevote 0", "", "0 precommit"),
            new("", "timeout propose 0", "", "0 precommit"),
            new("L65", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"));
    }

    [Fact]
    public void TimersOfOtherRoundsAreNothing()
    {
        var script = new Script(self: 3).Check(
            Start,
            new("", "timeout precommit 1", "", "0 propose"),
            new("", "timeout propose 1", "", "0 propose"),
            new("", "prevote 2 nil by 0 1", "round 2 v2, timer propose 2", "2 propose"));
        foreach (var kind in new[] { "propose", "prevote", "precommit" })
            foreach (var round in new[] { 0, 1, 3 })
                script.Check(new Row("", $"timeout {kind} {round}", "", "2 propose"));
    }
}
