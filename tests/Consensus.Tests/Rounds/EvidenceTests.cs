using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>Whoever says two things in one place is found, counts once, and is not found again and again.</summary>
public sealed class EvidenceTests
{
    private static readonly Row Start = new("start", "start", "round 0 v0, timer propose 0", "0 propose");

    [Theory]
    [InlineData("prevote 0 A by 1", "prevote 0 B by 1", "evidence v1 prevote 0")]
    [InlineData("prevote 0 A by 1", "prevote 0 nil by 1", "evidence v1 prevote 0")]
    [InlineData("prevote 1 A by 1", "prevote 1 A vr 0 by 1", "evidence v1 prevote 1")]
    [InlineData("precommit 0 A by 1", "precommit 0 B by 1", "evidence v1 precommit 0")]
    [InlineData("precommit 0 nil by 1", "precommit 0 A by 1", "evidence v1 precommit 0")]
    [InlineData("precommit 0 A by 1", "precommit 0 A* by 1", "evidence v1 precommit 0")]
    public void TwoVotesInOnePlaceAreEvidenceOnce(string first, string second, string evidence)
    {
        var script = new Script(self: 3).Check(
            Start,
            new("", first, "", "0 propose"),
            new("a re-broadcast is none", first, "", "0 propose"),
            new("", second, evidence, "0 propose"),
            new("a re-broadcast of the second is no news", second, "", "0 propose"),
            new("nor is the first", first, "", "0 propose"));
        Assert.All(new[] { first, second }, text => Assert.True(script.Driver.Knows(((Input.VoteReceived)script.Parse(text).Single()).Vote.Signed)));
    }

    [Fact]
    public void TheEvidenceHoldsBothVotesAsSigned()
    {
        var script = new Script(self: 3);
        script.Tell("start");
        script.Tell("precommit 0 A by 1");
        var found = Assert.IsType<Effect.FoundEvidence>(Assert.Single(script.Tell("precommit 0 B by 1")));
        var evidence = Assert.IsType<DuplicateVoteProof>(found.Evidence);
        Assert.Equal((script.Committee.Set[1].Address, script.Committee.Height), (evidence.Guilty, evidence.Height));
        Assert.Equal(new[] { Committee.Block("A").Hash, Committee.Block("B").Hash }.Order(), new[] { evidence.First.Vote.BlockHash!.Value, evidence.Second.Vote.BlockHash!.Value }.Order());
        Assert.Equal(EvidenceFault.None, evidence.Check(Committee.Genesis));
    }

    [Fact]
    public void VotesOfDifferentRoundsOrKindsAreNoEvidence() => new Script(self: 3).Check(
        Start,
        new("", "prevote 0 A by 1", "", "0 propose"),
        new("", "precommit 0 B by 1", "", "0 propose"),
        new("", "prevote 1 B by 2", "", "0 propose"),
        new("", "precommit 0 A by 2", "evidence v2 amnesia 0 1", "0 propose"));

    [Fact]
    public void ADoubleVoterCountsOnceAsAVoterAndForEachOfItsBlocks() => new Script(self: 3).Check(
        Start,
        new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("", "prevote 0 B by 1", "", "0 prevote"),
        new("two have voted, not three", "prevote 0 A by 1", "evidence v1 prevote 0", "0 prevote"),
        new("now three", "prevote 0 nil by 2", "timer prevote 0", "0 prevote"),
        new("0, 1 and itself for A", "prevote 0 A by 0", "precommit 0 A", "0 precommit lock 0 valid 0"),
        new("", "precommit 0 nil by 1", "", "0 precommit lock 0 valid 0"),
        new("two have precommitted, not three; who is convicted is not convicted again", "precommit 0 A by 1", "", "0 precommit lock 0 valid 0"),
        new("0, 1 and itself for A", "precommit 0 A by 0", "decide 0 A by 0 1 3", "0 precommit lock 0 valid 0 decided"));

    // The attack that ends liveness for good where only first votes count: the liar shows B to some and completes the polka for A with one
    // honest validator, which locks A. Those who saw B first would refuse the polka behind every re-proposal of A, the locked one every
    // other block, and the liar never votes again.
    [Fact]
    public void APolkaWithTheSecondVoteOfADoubleVoterAnswersAReproposal() => new Script(self: 2).Check(
        Start,
        new("what the liar told this one", "prevote 0 B by 1", "", "0 propose"),
        new("", "precommit 3 nil by 0 3", "round 3 v3, timer propose 3", "3 propose"),
        new("", "proposal 3 A vr 0", "", "3 propose"),
        new("the votes of the polka", "prevote 0 A by 0 1 3", "evidence v1 prevote 0, prevote 3 A vr 0", "3 prevote"));

    [Fact]
    public void ASecondVoteThatCameTooEarlyIsHeardWhenItIsSaidAgain()
    {
        var script = new Script(self: 2).Check(
            Start,
            new("", "prevote 0 B by 0", "", "0 propose"),
            new("nobody else says A yet", "prevote 0 A by 0", "evidence v0 prevote 0", "0 propose"),
            new("", "precommit 3 nil by 0 3", "round 3 v3, timer propose 3", "3 propose"),
            new("", "proposal 3 A vr 0", "", "3 propose"));
        var again = ((Input.VoteReceived)script.Parse("prevote 0 A by 0").Single()).Vote.Signed;
        Assert.True(script.Driver.Knows(again));
        script.Check(new Row("two say A", "prevote 0 A by 1 3", "", "3 propose"));
        Assert.False(script.Driver.Knows(again));
        script.Check(new Row("", "prevote 0 A by 0", "prevote 3 A vr 0", "3 prevote"));
        Assert.True(script.Driver.Knows(again));
        var liveness = script.Driver.Liveness!;
        Assert.Equal(CertificateFault.None, liveness.CurrentRound!.Check(Committee.Genesis, script.Committee.Set, out _));
    }

    [Fact]
    public void ACommitWithTheSecondVoteOfADoubleVoterHoldsThatVote()
    {
        var script = new Script(self: 3);
        foreach (var input in new[] { "start", "proposal 0 A", "precommit 0 B by 1", "precommit 0 A by 0" }) script.Tell(input);
        var decided = Assert.Single(script.Tell("precommit 0 A by 1 2").OfType<Effect.Decide>());
        Assert.Equal(CertificateFault.None, decided.Certificate.Check(Committee.Genesis, script.Committee.Set));
    }

    [Fact]
    public void AnotherSignatureUnderAKnownVoteIsNoNews()
    {
        var script = new Script(self: 3);
        script.Tell("start");
        script.Tell("prevote 0 A by 1");
        var known = ((Input.VoteReceived)script.Parse("prevote 0 A by 1").Single()).Vote.Signed;
        Assert.True(script.Driver.Knows(known with { Signature = script.Committee.Keys[1].Sign(Hash256.Zero) }));
    }

    [Fact]
    public void TwoProposalsInOneRoundAreEvidenceOnce() => new Script(self: 3).Check(
        Start,
        new("", "proposal 0 A", "prevote 0 A", "0 prevote"),
        new("", "proposal 0 A", "", "0 prevote"),
        new("", "proposal 0 B", "evidence v0 proposal 0", "0 prevote"),
        new("no news", "proposal 0 B", "", "0 prevote"),
        new("a third tells nothing more", "proposal 0 C", "", "0 prevote"));

    [Fact]
    public void OneBlockWithTwoValidRoundsIsAnEquivocation() => new Script(self: 3).Check(
        Start,
        new("", "proposal 1 A", "", "0 propose"),
        new("", "proposal 1 A vr 0", "evidence v1 proposal 1", "0 propose"));

    [Fact]
    public void AFloodOfVotesInOnePlaceIsKnownAfterTheSecond()
    {
        var script = new Script(self: 3);
        script.Tell("start");
        script.Tell("prevote 0 A by 1");
        script.Tell("prevote 0 B by 1");
        var third = script.Committee.Sign(new Prevote(script.Committee.Height, Round.Zero, Committee.Block("C").Hash, null), 1);
        Assert.True(script.Driver.Knows(third.Signed)); // so that it is neither checked nor logged
        Assert.Empty(script.Tell(new Input.VoteReceived(third)));
        var elsewhere = script.Committee.Sign(new Prevote(script.Committee.Height, Round.Zero, Committee.Block("C").Hash, null), 2);
        Assert.False(script.Driver.Knows(elsewhere.Signed));
    }

    [Fact]
    public void AStrangersVoteIsNothing()
    {
        var script = new Script(self: 3).Check(Start, new("", "proposal 0 A", "prevote 0 A", "0 prevote"), new("", "prevote 0 A by 0", "", "0 prevote"));
        var stranger = PrivateKey.FromSeed(Hash256.Sha256("stranger"u8));
        foreach (var block in new[] { "A", "B" })
        {
            Vote vote = new Prevote(script.Committee.Height, Round.Zero, Committee.Block(block).Hash, null);
            Assert.Empty(script.Tell(new Input.VoteReceived(Committee.Sign(vote, stranger))));
            vote = new Precommit(script.Committee.Height, new Round(3), Committee.Block(block));
            Assert.Empty(script.Tell(new Input.VoteReceived(Committee.Sign(vote, stranger))));
        }

        script.Check(new Row("the third of the set", "prevote 0 A by 1", "precommit 0 A", "0 precommit lock 0 valid 0"));
    }
}
