namespace NeuroChain.Consensus.Tests;

/// <summary>
/// Thresholds are over power, and exact: of 9, six are no quorum and three are no honest third. The node is outside the set, so that no
/// power is its own.
/// </summary>
public sealed class WeightTests
{
    private static readonly Row Start = new("start", "start", "round 0 v0, timer propose 0", "0 propose");

    private static Script Weighted() => new(self: -1, 1, 2, 3, 3);

    [Fact]
    public void ExactlyTwoThirdsOfThePrevotesAreNoPolka() => Weighted().Check(
        Start,
        new("", "proposal 0 A", "", "0 prevote"),
        new("6 of 9", "prevote 0 A by 2 3", "", "0 prevote"),
        new("7 of 9", "prevote 0 A by 0", "", "0 precommit lock 0 valid 0"));

    [Fact]
    public void ExactlyTwoThirdsOfAnyPrevotesArmNoTimer() => Weighted().Check(
        Start,
        new("", "proposal 0 A", "", "0 prevote"),
        new("6 of 9", "prevote 0 A by 0 1 2", "", "0 prevote"),
        new("9 of 9", "prevote 0 nil by 3", "timer prevote 0", "0 prevote"));

    [Fact]
    public void ExactlyTwoThirdsOfNilAreNoNilPolka() => Weighted().Check(
        Start,
        new("", "proposal 0 A", "", "0 prevote"),
        new("6 of 9", "prevote 0 nil by 2 3", "", "0 prevote"),
        new("8 of 9", "prevote 0 nil by 1", "", "0 precommit"));

    [Fact]
    public void ExactlyTwoThirdsOfThePrecommitsAreNeitherCommitNorTimer() => Weighted().Check(
        Start,
        new("", "proposal 0 A", "", "0 prevote"),
        new("6 of 9", "precommit 0 A by 2 3", "", "0 prevote"),
        new("7 of 9 of any kind", "precommit 0 nil by 0", "timer precommit 0", "0 prevote"),
        new("8 of 9 for the block", "precommit 0 A by 1", "decide 0 A by 1 2 3", "0 prevote decided"));

    [Fact]
    public void TwoOfThreeEqualOnesAreNoQuorum() => new Script(self: -1, 1, 1, 1).Check(
        Start,
        new("", "proposal 0 A", "", "0 prevote"),
        new("2 of 3", "prevote 0 A by 0 1", "", "0 prevote"),
        new("2 of 3", "precommit 0 A by 0 1", "", "0 prevote"),
        new("all", "precommit 0 A by 2", "decide 0 A by 0 1 2", "0 prevote decided"));

    [Fact]
    public void ExactlyAThirdDoesNotSkip() => Weighted().Check(
        Start,
        new("3 of 9", "prevote 5 nil by 2", "", "0 propose"),
        new("4 of 9", "prevote 5 nil by 0", "round 5 v1, timer propose 5", "5 propose"));

    [Fact]
    public void ManyWithLittlePowerAreNotMoreThanOneWithMuch() => new Script(self: -1, 1, 1, 1, 10).Check(
        Start,
        new("", "proposal 0 A", "", "0 prevote"),
        new("3 of 4 heads, 3 of 13 power", "precommit 0 A by 0 1 2", "", "0 prevote"),
        new("they do not skip either", "prevote 3 nil by 0 1 2", "", "0 prevote"));

    [Fact]
    public void AReproposalNeedsMoreThanTwoThirdsOfThePower() => Weighted().Check(
        Start,
        new("", "precommit 0 nil by 1 2 3", "timer precommit 0", "0 propose"),
        new("", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"),
        new("", "proposal 1 A vr 0", "", "1 propose"),
        new("6 of 9", "prevote 0 A by 2 3", "", "1 propose"),
        new("7 of 9", "prevote 0 A by 0", "", "1 prevote"));

    [Fact]
    public void OneValidatorDecidesAlone() => new Script(self: 0, 5).Check(
        new("", "start", "round 0 v0, timer propose 0, get 0", "0 propose"),
        new("", "value 0 A", "propose 0 A, prevote 0 A, precommit 0 A, decide 0 A by 0", "0 precommit lock 0 valid 0 decided"));
}
