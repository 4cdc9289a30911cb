namespace NeuroChain.Consensus.Tests;

/// <summary>Paper L22-33, with prevotes that carry the validRound and without "or lockedValue = v".</summary>
public sealed class PrevoteRuleTests
{
    private static readonly Row Start = new("start", "start", "round 0 v0, timer propose 0", "0 propose");

    /// <summary>Validator 3 locks A in round 0 and goes on to round 1.</summary>
    private static readonly Row[] LockedOnA =
    [
        Start,
        new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("", "prevote 0 A by 0 1", "precommit 0 A", "0 precommit lock 0 valid 0"),
        new("", "precommit 0 nil by 0 1", "timer precommit 0", "0 precommit lock 0 valid 0"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose lock 0 valid 0"),
    ];

    /// <summary>And then B in round 1, on a polka of the others.</summary>
    private static readonly Row[] RelockedOnB =
    [
        .. LockedOnA,
        new("", "proposal 1 B", "prevote 1 nil", "1 prevote lock 0 valid 0"),
        new("a polka of the others", "prevote 1 B by 0 1 2", "timer prevote 1, precommit 1 B", "1 precommit lock 1 valid 1"),
        new("", "precommit 1 nil by 0 1", "timer precommit 1", "1 precommit lock 1 valid 1"),
        new("", "timeout precommit 1", "round 2 v2, timer propose 2", "2 propose lock 1 valid 1"),
    ];

    /// <summary>Validator 3 goes through round 0 without a proposal.</summary>
    private static readonly Row[] InRound1 =
    [
        Start,
        new("", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
    ];

    [Fact]
    public void AValidFreshProposalIsPrevotedOnce() => new Script(self: 3).Check(
        Start,
        new("L22-24", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("the same again", "proposal 0 A", "", "0 prevote"));

    [Fact]
    public void AnInvalidFreshProposalIsPrevotedNil() => new Script(self: 3).Check(
        Start,
        new("L25-26", "proposal 0 A invalid", "prevote 0 nil", "0 prevote"));

    [Fact]
    public void AFreshProposalOfAnUntimelyBlockIsPrevotedNil() => new Script(self: 3).Check(
        Start,
        new("timely(v) in L22", "proposal 0 A late", "prevote 0 nil", "0 prevote"),
        new("the first copy counts", "proposal 0 A", "", "0 prevote"));

    [Fact]
    public void AnUntimelyProposalThatWaitsForItsRoundStaysUntimely() => new Script(self: 3).Check(
        Start,
        new("", "proposal 1 A late", "", "0 propose"),
        new("", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1, prevote 1 nil", "1 prevote"));

    [Fact]
    public void AReproposalIsNotAskedForItsTime() => new Script(self: 3).Check(
    [
        .. InRound1,
        new("", "prevote 0 A by 0 1 2", "", "1 propose"),
        new("L28: the time was judged in the round of the polka", "proposal 1 A vr 0 late", "prevote 1 A vr 0", "1 prevote"),
    ]);

    [Fact]
    public void AProposalOfAnotherThanTheLeaderIsNothing() => new Script(self: 3).Check(
        Start,
        new("", "proposal 0 A by 1", "", "0 propose"),
        new("", "proposal 1 A by 0", "", "0 propose"),
        new("the leader's still counts", "proposal 0 B", "prevote 0 B", "0 prevote"));

    [Fact]
    public void AnEarlyProposalIsKeptForItsRound() => new Script(self: 3).Check(
        Start,
        new("", "proposal 1 A", "", "0 propose"),
        new("", "precommit 0 nil by 0 1 2", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1, prevote 1 A", "1 prevote"));

    [Fact]
    public void AProposalAfterThePrevoteChangesNoPrevote() => new Script(self: 3).Check(
        Start,
        new("", "timeout propose 0", "prevote 0 nil", "0 prevote"),
        new("", "proposal 0 A", "", "0 prevote"));

    [Fact]
    public void ALockedValidatorPrevotesNilOnAnyFreshProposal()
    {
        new Script(self: 3).Check([.. LockedOnA, new("L23: another block", "proposal 1 B", "prevote 1 nil", "1 prevote lock 0 valid 0")]);
        new Script(self: 3).Check([.. LockedOnA, new("the deviation: even its own", "proposal 1 A", "prevote 1 nil", "1 prevote lock 0 valid 0")]);
    }

    [Fact]
    public void TheFramingAttackGetsNilPrevotes()
    {
        // Locked on A in 0, relocked on B in 1. A prevote for either without a validRound of at least 0 would be a proof of amnesia
        // against precommit A in 0: with the paper's clause the honest validator would sign it.
        new Script(self: 3).Check([.. RelockedOnB, new("the relocked block afresh", "proposal 2 B", "prevote 2 nil", "2 prevote lock 1 valid 1")]);
        new Script(self: 3).Check([.. RelockedOnB, new("the first block afresh", "proposal 2 A", "prevote 2 nil", "2 prevote lock 1 valid 1")]);
        new Script(self: 3).Check([.. RelockedOnB, new("an older polka", "proposal 2 A vr 0", "prevote 2 nil", "2 prevote lock 1 valid 1")]);
        new Script(self: 3).Check([.. RelockedOnB, new("the polka of its lock", "proposal 2 B vr 1", "prevote 2 B vr 1", "2 prevote lock 1 valid 1")]);
    }

    [Fact]
    public void ALockedBlockWithAnOlderPolkaIsPrevotedNil() => new Script(self: 3).Check(
    [
        .. InRound1,
        new("a polka for A in 0, never acted on", "prevote 0 A by 0 1 2", "", "1 propose"),
        new("", "proposal 1 A", "prevote 1 A", "1 prevote"),
        new("", "prevote 1 A by 0 1", "precommit 1 A", "1 precommit lock 1 valid 1"),
        new("", "precommit 1 nil by 0 1", "timer precommit 1", "1 precommit lock 1 valid 1"),
        new("", "timeout precommit 1", "round 2 v2, timer propose 2", "2 propose lock 1 valid 1"),
        new("the deviation in L29: A itself, of before the lock", "proposal 2 A vr 0", "prevote 2 nil", "2 prevote lock 1 valid 1"),
    ]);

    [Fact]
    public void AReproposalWaitsForItsPolka() => new Script(self: 3).Check(
    [
        .. InRound1,
        new("L28: it waits, it does not refuse", "proposal 1 A vr 0", "", "1 propose"),
        new("two of four are no polka", "prevote 0 A by 0 1", "", "1 propose"),
        new("nor is a vote for another", "prevote 0 B by 2", "", "1 propose"),
        new("the third", "prevote 0 A by 3", "prevote 1 A vr 0", "1 prevote"),
    ]);

    [Fact]
    public void AReproposalWithoutItsPolkaEndsWithTheTimer() => new Script(self: 3).Check(
    [
        .. InRound1,
        new("", "proposal 1 A vr 0", "", "1 propose"),
        new("L57", "timeout propose 1", "prevote 1 nil", "1 prevote"),
        new("too late for a prevote", "prevote 0 A by 0 1 2", "", "1 prevote"),
    ]);

    [Fact]
    public void APolkaForAnotherBlockOrOfAnotherRoundDoesNotAnswer() => new Script(self: 3).Check(
    [
        .. InRound1,
        new("", "proposal 1 A vr 0", "", "1 propose"),
        new("another block", "prevote 0 B by 0 1 2", "", "1 propose"),
        new("another round", "prevote 1 A vr 0 by 0 1 2", "", "1 propose"),
    ]);

    [Fact]
    public void AReproposalOfAnInvalidBlockIsPrevotedNil() => new Script(self: 3).Check(
    [
        .. InRound1,
        new("", "prevote 0 A by 0 1 2", "", "1 propose"),
        new("L32", "proposal 1 A vr 0 invalid", "prevote 1 nil", "1 prevote"),
    ]);

    [Fact]
    public void ALaterPolkaFreesFromAnEarlierLock() => new Script(self: 3).Check(
    [
        .. LockedOnA,
        new("", "timeout propose 1", "prevote 1 nil", "1 prevote lock 0 valid 0"),
        new("a polka for B, whose proposal is unknown", "prevote 1 B by 0 1 2", "timer prevote 1", "1 prevote lock 0 valid 0"),
        new("", "precommit 1 nil by 0 1 2", "timer precommit 1", "1 prevote lock 0 valid 0"),
        new("", "timeout precommit 1", "round 2 v2, timer propose 2", "2 propose lock 0 valid 0"),
        new("L29: lockedRound <= vr", "proposal 2 B vr 1", "prevote 2 B vr 1", "2 prevote lock 0 valid 0"),
    ]);

    [Fact]
    public void APolkaOfTheLocksOwnRoundIsFollowed() => new Script(self: 3).Check(
        [.. LockedOnA, new("L29: equal rounds", "proposal 1 A vr 0", "prevote 1 A vr 0", "1 prevote lock 0 valid 0")]);

    [Fact]
    public void PrevotesWithDifferentValidRoundsAreNoPolka() => new Script(self: 3).Check(
    [
        .. InRound1,
        new("", "precommit 1 nil by 0 1 2", "timer precommit 1", "1 propose"),
        new("", "timeout precommit 1", "round 2 v2, timer propose 2", "2 propose"),
        new("", "proposal 2 A vr 1", "", "2 propose"),
        new("two answer a re-proposal", "prevote 1 A vr 0 by 0 1", "", "2 propose"),
        new("one a fresh proposal", "prevote 1 A by 2", "", "2 propose"),
        new("three with the same", "prevote 1 A vr 0 by 3", "prevote 2 A vr 1", "2 prevote"),
    ]);

    [Fact]
    public void ALatePolkaOfAnEarlierRoundAnswersInAnyLaterRound() => new Script(self: 3).Check(
    [
        .. InRound1,
        new("", "precommit 1 nil by 0 1 2", "timer precommit 1", "1 propose"),
        new("", "timeout precommit 1", "round 2 v2, timer propose 2", "2 propose"),
        new("", "prevote 0 A by 0 1", "", "2 propose"),
        new("", "proposal 2 A vr 0", "", "2 propose"),
        new("a polka two rounds back", "prevote 0 A by 2", "prevote 2 A vr 0", "2 prevote"),
    ]);
}
