using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>Paper L47-54: what precommits lead to.</summary>
public sealed class CommitRuleTests
{
    private static readonly Row Start = new("start", "start", "round 0 v0, timer propose 0", "0 propose");

    private static readonly Row[] InRound1 =
    [
        Start,
        new("", "precommit 0 nil by 0 1", "", "0 propose"),
        new("L47 in propose", "precommit 0 A by 2", "timer precommit 0", "0 propose"),
        new("L65 in propose", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
    ];

    [Fact]
    public void PrecommitsOfAnyKindArmTheTimerOnceInAnyStep()
    {
        new Script(self: 3).Check(
        [
            .. InRound1,
            new("armed anew in the next round", "precommit 1 nil by 0 1 2", "timer precommit 1", "1 propose"),
            new("once", "precommit 1 nil by 3", "", "1 propose"),
        ]);
        new Script(self: 3).Check(
            Start,
            new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
            new("L47 in prevote", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 prevote"),
            new("L65 in prevote", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"));
        new Script(self: 3).Check(
            Start,
            new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
            new("", "prevote 0 A by 0 1", "precommit 0 A", "0 precommit lock 0 valid 0"),
            new("two of four", "precommit 0 nil by 0", "", "0 precommit lock 0 valid 0"),
            new("L47 in precommit", "precommit 0 nil by 1", "timer precommit 0", "0 precommit lock 0 valid 0"),
            new("L65", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose lock 0 valid 0"));
    }

    [Fact]
    public void TheTimerIsArmedAlsoWhereAPolkaOfTheSameVotesFires() => new Script(self: 3).Check(
        Start,
        new("", "precommit 0 nil by 0 1", "", "0 propose"),
        new("", "prevote 0 A by 0 1 2", "", "0 propose"),
        new("lock, precommit, and its own precommit is the third", "proposal 0 A", "prevote 0 A, precommit 0 A, timer precommit 0", "0 precommit lock 0 valid 0"));

    [Fact]
    public void ThePrecommitsOfAnUnknownBlockArmTheTimer() => new Script(self: 3).Check(
        Start,
        new("nothing to decide on yet", "precommit 0 A by 0 1 2", "timer precommit 0", "0 propose"),
        new("L49 on a late proposal: no prevote any more", "proposal 0 A", "decide 0 A by 0 1 2", "0 propose decided"));

    [Fact]
    public void TheLastPrecommitDecides() => new Script(self: 3).Check(
        Start,
        new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("", "prevote 0 A by 0 1", "precommit 0 A", "0 precommit lock 0 valid 0"),
        new("two of four", "precommit 0 A by 0", "", "0 precommit lock 0 valid 0"),
        new("L49", "precommit 0 A by 2", "decide 0 A by 0 2 3", "0 precommit lock 0 valid 0 decided"));

    [Fact]
    public void ABlockThatIsUntimelyHereIsDecidedAllTheSame() => new Script(self: 3).Check(
        Start,
        new("L22", "proposal 0 A late", "prevote 0 nil", "0 prevote"),
        new("L49 asks nobody's clock", "precommit 0 A by 0 1 2", "decide 0 A by 0 1 2", "0 prevote decided"));

    [Fact]
    public void NobodyNeedsToHaveTakenPartToDecide() => new Script(self: 3).Check(
        Start,
        new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("no prevote was seen", "precommit 0 A by 0 1 2", "decide 0 A by 0 1 2", "0 prevote decided"));

    [Fact]
    public void ALatePrecommitOfAnEarlierRoundDecides() => new Script(self: -1).Check(
        Start,
        new("", "proposal 0 A", "", "0 prevote"),
        new("", "precommit 0 A by 0 1", "", "0 prevote"),
        new("", "precommit 0 nil by 2", "timer precommit 0", "0 prevote"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("", "precommit 1 nil by 0 1 2", "timer precommit 1", "1 propose"),
        new("", "timeout precommit 1", "round 2 v2, timer propose 2", "2 propose"),
        new("L49: any round", "precommit 0 A by 3", "decide 0 A by 0 1 3", "2 propose decided"));

    [Fact]
    public void ALateProposalOfAnEarlierRoundDecides() => new Script(self: 3).Check(
        Start,
        new("", "precommit 0 A by 0 1 2", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("L49: any round", "proposal 0 A", "decide 0 A by 0 1 2", "1 propose decided"));

    [Fact]
    public void ALaterRoundIsFollowedAndDecided() => new Script(self: 3).Check(
        Start,
        new("", "proposal 2 A", "", "0 propose"),
        new("one alone does not skip, with the proposer it does", "precommit 2 A by 0", "round 2 v2, timer propose 2, prevote 2 A", "2 prevote"),
        new("", "precommit 2 A by 1 2", "decide 2 A by 0 1 2", "2 prevote decided"));

    [Fact]
    public void ABlockKnownFromAnotherRoundIsDecided() => new Script(self: -1).Check(
        Start,
        new("the proposal of round 0 is lost", "precommit 0 A by 0 1", "", "0 propose"),
        new("", "precommit 0 nil by 2", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("the block comes with its re-proposal", "proposal 1 A vr 0", "", "1 propose"),
        new("what matters is the block, not which proposal brought it", "precommit 0 A by 3", "decide 0 A by 0 1 3", "1 propose decided"));

    [Fact]
    public void ACommittedRoundWithoutItsProposalDoesNotHideALaterOne() => new Script(self: 3).Check(
        Start,
        new("more than two thirds, and the block never arrives", "precommit 0 A by 0 1 2", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("in a later round it does", "proposal 1 A vr 0", "decide 0 A by 0 1 2", "1 propose decided"));

    [Fact]
    public void ACommitOfABlockThatNeverArrivesHidesNoOther() => new Script(self: -1).Check(
        Start,
        new("what only more than a third of liars can bring about", "precommit 0 B by 0 1 2", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("", "proposal 1 A", "", "1 prevote"),
        new("the rule is one of single rounds", "precommit 1 A by 0 1 3", "decide 1 A by 0 1 3", "1 prevote decided"));

    [Fact]
    public void TheSecondProposalOfAnEquivocatingLeaderIsDecided() => new Script(self: 3).Check(
        Start,
        new("what it was shown first", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("what the others were shown", "proposal 0 B", "evidence v0 proposal 0", "0 prevote"),
        new("L36 holds for it", "prevote 0 B by 0 1 2", "timer prevote 0, precommit 0 B", "0 precommit lock 0 valid 0"),
        new("L49 too", "precommit 0 B by 0 1", "decide 0 B by 0 1 3", "0 precommit lock 0 valid 0 decided"));

    [Fact]
    public void PrecommitsWithOtherFieldsThanTheHeaderNeverCountForTheBlock() => new Script(self: -1).Check(
        Start,
        new("", "proposal 0 A", "", "0 prevote"),
        new("", "precommit 0 A by 0 1", "", "0 prevote"),
        new("the same hash with another bridge root", "precommit 0 A* by 2", "timer precommit 0", "0 prevote"),
        new("", "precommit 0 A by 3", "decide 0 A by 0 1 3", "0 prevote decided"));

    [Fact]
    public void NilPrecommitsDecideNothing() => new Script(self: 3).Check(
        Start,
        new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 prevote"),
        new("", "precommit 0 nil by 3", "", "0 prevote"));

    [Fact]
    public void PrecommitsOfTwoRoundsAreNoCommit() => new Script(self: 3).Check(
    [
        .. InRound1,
        new("", "proposal 1 A", "prevote 1 A", "1 prevote"),
        new("one in round 0, two in round 1", "precommit 1 A by 0 1", "", "1 prevote"),
    ]);

    [Fact]
    public void AfterTheDecisionNothingHappens()
    {
        var script = new Script(self: 3).Check(
            Start,
            new("", "precommit 0 A by 0 1 2", "timer precommit 0", "0 propose"),
            new("", "proposal 0 A", "decide 0 A by 0 1 2", "0 propose decided"));
        foreach (var input in new[] { "timeout propose 0", "timeout precommit 0", "proposal 0 B", "prevote 0 A by 0 1 2", "precommit 0 B by 0", "prevote 3 A by 0 1", "value 0 A" })
            script.Check(new Row("decided", input, "", "0 propose decided"));
        Assert.Null(script.Driver.Liveness);
    }

    [Fact]
    public void ACommitOfABlockFoundInvalidIsNotDecidedHere() => new Script(self: 3).Check(
        Start,
        new("", "proposal 0 A invalid", "prevote 0 nil", "0 prevote"),
        new("whoever applies it with its certificate finds the fault", "precommit 0 A by 0 1 2", "timer precommit 0", "0 prevote"));

    // The block is the one that the others were shown, in a form that is refused: a check on "the" proposal of the round would stop the node,
    // and stop it again whenever it replays its log.
    [Fact]
    public void ALeaderCannotStopANodeWithAFalseFormOfTheDecidedBlock()
    {
        Row[] shown =
        [
            Start,
            new("", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 propose"),
            new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
            new("a fresh block with a validRound", "proposal 1 A vr 0 invalid", "", "1 propose"),
            new("what the others were shown leads there", "precommit 1 A by 0 1 2", "timer precommit 1", "1 propose"),
        ];
        new Script(self: 3).Check(shown);
        new Script(self: 3).Check([.. shown, new("and decides once it is here", "proposal 1 A", "evidence v1 proposal 1, decide 1 A by 0 1 2", "1 propose decided")]);
    }
}
