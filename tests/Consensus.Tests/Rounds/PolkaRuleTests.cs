namespace NeuroChain.Consensus.Tests;

/// <summary>Paper L34-46: what prevotes lead to.</summary>
public sealed class PolkaRuleTests
{
    private static readonly Row Start = new("start", "start", "round 0 v0, timer propose 0", "0 propose");

    private static readonly Row[] Prevoted = [Start, new("", "proposal 0 A", "prevote 0 A", "0 prevote")];

    private static readonly Row[] LockedInRound1 =
    [
        .. Prevoted,
        new("", "prevote 0 A by 0 1", "precommit 0 A", "0 precommit lock 0 valid 0"),
        new("", "precommit 0 nil by 0 1", "timer precommit 0", "0 precommit lock 0 valid 0"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose lock 0 valid 0"),
    ];

    [Fact]
    public void PrevotesOfAnyKindArmTheTimerOnce() => new Script(self: 3).Check(
    [
        .. Prevoted,
        new("two of four are not more than two thirds", "prevote 0 nil by 0", "", "0 prevote"),
        new("L34", "prevote 0 B by 1", "timer prevote 0", "0 prevote"),
        new("once", "prevote 0 nil by 2", "", "0 prevote"),
    ]);

    [Fact]
    public void ThePrevoteTimerWaitsForThePrevoteStepAndIsThenArmed() => new Script(self: 3).Check(
        Start,
        new("in propose the timer is not due", "prevote 0 nil by 0", "", "0 propose"),
        new("", "prevote 0 B by 1", "", "0 propose"),
        new("", "prevote 0 A by 2", "", "0 propose"),
        new("L34 at once in prevote", "timeout propose 0", "prevote 0 nil, timer prevote 0", "0 prevote"));

    [Fact]
    public void ThePrevoteTimerIsArmedAnewInEachRound() => new Script(self: 3).Check(
    [
        .. Prevoted,
        new("", "prevote 0 nil by 0 1", "timer prevote 0", "0 prevote"),
        new("", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 prevote"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("", "proposal 1 B", "prevote 1 B", "1 prevote"),
        new("", "prevote 1 nil by 0 1", "timer prevote 1", "1 prevote"),
    ]);

    [Fact]
    public void APolkaLocksPrecommitsAndIsValid() => new Script(self: 3).Check(
    [
        .. Prevoted,
        new("two of four are no polka", "prevote 0 A by 0", "", "0 prevote"),
        new("L36-43", "prevote 0 A by 1", "precommit 0 A", "0 precommit lock 0 valid 0"),
        new("once", "prevote 0 A by 2", "", "0 precommit lock 0 valid 0"),
    ]);

    [Fact]
    public void APolkaBeforeItsProposalCountsOnceTheProposalIsThere() => new Script(self: 3).Check(
        Start,
        new("", "prevote 0 A by 0 1 2", "", "0 propose"),
        new("prevote, then the polka", "proposal 0 A", "prevote 0 A, precommit 0 A", "0 precommit lock 0 valid 0"));

    [Fact]
    public void APolkaWhoseProposalComesAfterANilPrevoteStillLocks() => new Script(self: 3).Check(
        Start,
        new("", "timeout propose 0", "prevote 0 nil", "0 prevote"),
        new("no proposal: only the timer", "prevote 0 A by 0 1 2", "timer prevote 0", "0 prevote"),
        new("L36 asks for the step, not for the own prevote", "proposal 0 A", "precommit 0 A", "0 precommit lock 0 valid 0"));

    [Fact]
    public void AHiddenLockIsLearnedInPrecommit() => new Script(self: 3).Check(
    [
        .. Prevoted,
        new("", "prevote 0 nil by 2", "", "0 prevote"),
        new("", "prevote 0 A by 0", "timer prevote 0", "0 prevote"),
        new("L61", "timeout prevote 0", "precommit 0 nil", "0 precommit"),
        new("L42-43: valid without a lock and without a second precommit", "prevote 0 A by 1", "", "0 precommit valid 0"),
    ]);

    [Fact]
    public void AnInvalidBlockIsNeverLockedNorValid() => new Script(self: 3).Check(
        Start,
        new("", "proposal 0 A invalid", "prevote 0 nil", "0 prevote"),
        new("L36 asks for valid(v)", "prevote 0 A by 0 1 2", "timer prevote 0", "0 prevote"));

    [Fact]
    public void PrevotesThatAnswerAnotherProposalAreNoPolka() => new Script(self: 3).Check(
    [
        Start,
        new("", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("", "prevote 0 A by 0 1 2", "", "1 propose"),
        new("", "proposal 1 A vr 0", "prevote 1 A vr 0", "1 prevote"),
        new("without the proposal's validRound", "prevote 1 A by 0 1", "timer prevote 1", "1 prevote"),
        new("two of four with it", "prevote 1 A vr 0 by 2", "", "1 prevote"),
    ]);

    [Fact]
    public void APolkaOfPrevotesThatAnswerAnotherProposalLocksNothing() => new Script(self: 3).Check(
    [
        Start,
        new("", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("", "prevote 0 A by 0 1 2", "", "1 propose"),
        new("", "proposal 1 A vr 0", "prevote 1 A vr 0", "1 prevote"),
        new("three of four, to a proposal that this one was not shown", "prevote 1 A by 0 1 2", "timer prevote 1", "1 prevote"),
        new("and when it is shown, L36 holds", "proposal 1 A", "evidence v1 proposal 1, precommit 1 A", "1 precommit lock 1 valid 1"),
    ]);

    [Fact]
    public void APolkaIsNotActedOnInPropose() => new Script(self: 3).Check(
    [
        Start,
        new("", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("", "proposal 1 A vr 0", "", "1 propose"),
        new("the polka of this round, while that of round 0 is missing", "prevote 1 A vr 0 by 0 1 2", "", "1 propose"),
        new("L57, and now L36", "timeout propose 1", "prevote 1 nil, precommit 1 A", "1 precommit lock 1 valid 1"),
    ]);

    [Fact]
    public void APolkaOfAnEarlierRoundLocksNothing() => new Script(self: 3).Check(
    [
        .. Prevoted,
        new("", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 prevote"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("", "prevote 0 A by 0 1", "", "1 propose"),
        new("", "timeout propose 1", "prevote 1 nil", "1 prevote"),
    ]);

    [Fact]
    public void ALockMovesToALaterPolka() => new Script(self: 3).Check(
    [
        .. LockedInRound1,
        new("", "proposal 1 B", "prevote 1 nil", "1 prevote lock 0 valid 0"),
        new("L38: the others' polka", "prevote 1 B by 0 1 2", "timer prevote 1, precommit 1 B", "1 precommit lock 1 valid 1"),
    ]);

    [Fact]
    public void ANilPolkaPrecommitsNil() => new Script(self: 3).Check(
    [
        .. Prevoted,
        new("", "prevote 0 nil by 0 1", "timer prevote 0", "0 prevote"),
        new("L44", "prevote 0 nil by 2", "precommit 0 nil", "0 precommit"),
        new("", "timeout prevote 0", "", "0 precommit"),
    ]);

    [Fact]
    public void ANilPolkaIsNotActedOnInPropose() => new Script(self: 3).Check(
        Start,
        new("", "prevote 0 nil by 0 1 2", "", "0 propose"),
        new("", "proposal 0 A", "prevote 0 A, precommit 0 nil", "0 precommit"));

    [Fact]
    public void APolkaForABlockThatIsUntimelyHereLocksItAllTheSame() => new Script(self: 3).Check(
        Start,
        new("L22", "proposal 0 A late", "prevote 0 nil", "0 prevote"),
        new("L36 asks nobody's clock", "prevote 0 A by 0 1 2", "timer prevote 0, precommit 0 A", "0 precommit lock 0 valid 0"));

    [Fact]
    public void ANilPolkaNeverUnlocks() => new Script(self: 3).Check(
    [
        .. LockedInRound1,
        new("", "timeout propose 1", "prevote 1 nil", "1 prevote lock 0 valid 0"),
        new("L44: the lock stays", "prevote 1 nil by 0 1", "precommit 1 nil", "1 precommit lock 0 valid 0"),
        new("", "precommit 1 nil by 0 1", "timer precommit 1", "1 precommit lock 0 valid 0"),
        new("", "timeout precommit 1", "round 2 v2, timer propose 2", "2 propose lock 0 valid 0"),
        new("and shows in the next prevote", "proposal 2 B", "prevote 2 nil", "2 prevote lock 0 valid 0"),
    ]);

    [Fact]
    public void NilVotesAndVotesForABlockTogetherAreNoNilPolka() => new Script(self: 3).Check(
    [
        .. Prevoted,
        new("two nil of four", "prevote 0 nil by 0 1", "timer prevote 0", "0 prevote"),
    ]);
}
