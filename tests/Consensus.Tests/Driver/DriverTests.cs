using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

public sealed class DriverTests
{
    [Fact]
    public void WhatIsOfAnotherHeightIsNothing()
    {
        var script = new Script(self: 3);
        script.Tell("start");
        var here = script.Committee.Height;
        foreach (var height in new[] { here.MinusOrGenesis(1), here.Next() })
        {
            var block = Committee.Block("A");
            for (var validator = 0; validator < 3; validator++)
            {
                Assert.Empty(script.Driver.Step(new Input.VoteReceived(script.Committee.Sign(new Prevote(height, new Round(4), block.Hash, null), validator))));
                Assert.Empty(script.Driver.Step(new Input.VoteReceived(script.Committee.Sign(new Precommit(height, Round.Zero, block), validator))));
                var proposal = script.Committee.Sign(new Proposal(height, Round.Zero, block.Hash, null), validator);
                Assert.Empty(script.Driver.Step(new Input.ProposalReceived(proposal, block, true, true)));
            }

            Assert.Empty(script.Driver.Step(new Input.ValueBuilt(height, Round.Zero, block)));
            foreach (var kind in Enum.GetValues<TimeoutKind>())
                Assert.Empty(script.Driver.Step(new Input.TimeoutElapsed(new Timeout(kind, height, Round.Zero))));
        }

        script.Check(new Row("as if nothing had been", "proposal 0 A", "prevote 0 A", "0 prevote"));
    }

    [Fact]
    public void BeforeItsFirstHeightItHasNothingToSay()
    {
        var script = new Script(self: 3);
        Assert.Empty(script.Tell("prevote 0 A by 0 1 2"));
        Assert.Empty(script.Tell("timeout propose 0"));
        Assert.True(script.Driver.IsDecided);
        Assert.Null(script.Driver.Liveness);
        Assert.Equal(Height.Genesis, script.Driver.Height);
    }

    [Fact]
    public void ANewHeightBeginsAfresh()
    {
        var script = new Script(self: 3);
        foreach (var input in new[] { "start", "proposal 0 A", "prevote 0 A by 0 1", "precommit 2 nil by 0 1" }) script.Tell(input);
        Assert.Equal(Round.Zero, script.Driver.LockedRound);
        var next = script.Committee.Height.Next();
        var effects = script.Driver.Step(new Input.StartHeight(next, script.Committee.ScheduleAt(next)));
        Assert.Contains(effects, e => e is Effect.RoundStarted { Round.Value: 0 } started && started.Height == next);
        Assert.Equal((next, Round.Zero, Step.Propose, false), (script.Driver.Height, script.Driver.Round, script.Driver.CurrentStep, script.Driver.IsDecided));
        Assert.Null(script.Driver.LockedRound);
        Assert.Null(script.Driver.ValidRound);
    }

    [Fact]
    public void HeightsOnlyGoUpAndTheScheduleIsOfTheHeight()
    {
        var script = new Script(self: 3);
        var height = script.Committee.Height;
        Assert.Throws<InvariantException>(() => script.Driver.Step(new Input.StartHeight(height, script.Committee.ScheduleAt(height.Next()))));
        script.Tell("start");
        Assert.Throws<InvariantException>(() => script.Tell("start"));
        var before = height.MinusOrGenesis(1);
        Assert.Throws<InvariantException>(() => script.Driver.Step(new Input.StartHeight(before, script.Committee.ScheduleAt(before))));
    }

    [Fact]
    public void ItKnowsWhatItHasTakenAndNothingElse()
    {
        var script = new Script(self: 3);
        script.Tell("start");
        var vote = ((Input.VoteReceived)script.Parse("prevote 0 A by 0").Single()).Vote.Signed;
        var proposal = ((Input.ProposalReceived)script.Parse("proposal 0 A").Single()).Proposal.Proposal;
        Assert.False(script.Driver.Knows(vote));
        Assert.False(script.Driver.Knows(proposal));
        script.Tell("prevote 0 A by 0");
        script.Tell("proposal 0 A");
        Assert.True(script.Driver.Knows(vote));
        Assert.True(script.Driver.Knows(proposal));
        Assert.False(script.Driver.Knows(((Input.VoteReceived)script.Parse("prevote 0 B by 0").Single()).Vote.Signed));
        Assert.False(script.Driver.Knows(((Input.VoteReceived)script.Parse("precommit 0 A by 0").Single()).Vote.Signed));
        Assert.False(script.Driver.Knows(((Input.VoteReceived)script.Parse("prevote 0 A by 1").Single()).Vote.Signed));
        Assert.False(script.Driver.Knows(((Input.ProposalReceived)script.Parse("proposal 0 B").Single()).Proposal.Proposal));
        Assert.False(script.Driver.Knows(proposal with { Height = proposal.Height.Next() }));
    }

    [Fact]
    public void WhatLetsOthersFollowIsTheOwnVotesTheRoundAndThePolka()
    {
        var script = new Script(self: 3);
        foreach (var input in new[] { "start", "proposal 0 A", "prevote 0 A by 0 1", "precommit 0 nil by 0 1", "timeout precommit 0", "proposal 1 B", "prevote 1 nil by 2" })
            script.Tell(input);
        var liveness = script.Driver.Liveness;
        Assert.NotNull(liveness);
        var (genesis, set) = (Committee.Genesis, script.Committee.Set);
        Assert.Equal([new Prevote(script.Committee.Height, new Round(1), null, null)], liveness.OwnVotes.Select(v => v.Vote));
        Assert.Equal(["B", "A"], liveness.Proposals.Select(p => p.Proposal.Block == Committee.Block("A").Hash ? "A" : "B"));
        Assert.NotNull(liveness.ValidPolka);
        Assert.Equal((Round.Zero, Committee.Block("A").Hash, null), (liveness.ValidPolka.Round, liveness.ValidPolka.Block, liveness.ValidPolka.ValidRound));
        Assert.Equal(CertificateFault.None, liveness.ValidPolka.Check(genesis, set));
        Assert.NotNull(liveness.CurrentRound);
        Assert.Equal(CertificateFault.None, liveness.CurrentRound.Check(genesis, set, out var power));
        Assert.Equal((new Round(1), 2UL), (liveness.CurrentRound.Round, power));
        Assert.NotNull(liveness.PreviousRound);
        Assert.Equal(CertificateFault.None, liveness.PreviousRound.Check(genesis, set, out power));
        Assert.Equal((Round.Zero, 3UL), (liveness.PreviousRound.Round, power));
        Assert.All(liveness.PreviousRound.Votes, vote => Assert.IsType<Precommit>(vote.Vote)); // these ended the round
        Assert.True(RoundCertificate.TryDecode(liveness.PreviousRound.Encode(), out _));
    }

    [Fact]
    public void BothOwnVotesOfTheRoundAreSaidAgain()
    {
        var script = new Script(self: 3);
        foreach (var input in new[] { "start", "proposal 0 A", "prevote 0 A by 0 1" }) script.Tell(input);
        var (height, block) = (script.Committee.Height, Committee.Block("A"));
        Assert.Equal<Vote>([new Prevote(height, Round.Zero, block.Hash, null), new Precommit(height, Round.Zero, block)], script.Driver.Liveness!.OwnVotes.Select(v => v.Vote));
    }

    [Fact]
    public void AnInvalidProposalIsNotSaidAgain()
    {
        var script = new Script(self: 3);
        foreach (var input in new[] { "start", "proposal 0 A invalid" }) script.Tell(input);
        Assert.Empty(script.Driver.Liveness!.Proposals); // whoever says it is refused for it
    }

    [Fact]
    public void AVoteAheadOfWhichALaterOneCameIsKnownAndTakenAsNewsAgainInItsRound()
    {
        var script = new Script(self: 3);
        foreach (var input in new[] { "start", "prevote 9 nil by 0", "prevote 5 nil by 0" }) script.Tell(input);
        var dropped = ((Input.VoteReceived)script.Parse("prevote 5 nil by 0").Single()).Vote.Signed;
        Assert.True(script.Driver.Knows(dropped)); // or anybody could have it logged without end
        Assert.False(script.Driver.Knows(((Input.VoteReceived)script.Parse("prevote 5 nil by 1").Single()).Vote.Signed));
        script.Tell("precommit 5 nil by 1 2");
        Assert.False(script.Driver.Knows(dropped));
    }

    [Fact]
    public void ASingleVoteIsNoReasonToBeInARound()
    {
        var script = new Script(self: 3);
        script.Tell("start");
        script.Tell("prevote 0 A by 0");
        Assert.Null(script.Driver.Liveness!.CurrentRound);
        Assert.Null(script.Driver.Liveness!.PreviousRound);
        Assert.Null(script.Driver.Liveness!.ValidPolka);
    }

    [Fact]
    public void AStaleNodeFollowsFromWhatIsRebroadcast()
    {
        var ahead = new Script(self: 3);
        foreach (var input in new[] { "start", "proposal 0 A", "prevote 0 A by 0 1", "precommit 0 nil by 0 1", "timeout precommit 0" }) ahead.Tell(input);
        var stale = new Script(self: 2);
        stale.Tell("start");
        stale.Tell("timeout propose 0");
        Assert.NotNull(ahead.Driver.Liveness);
        foreach (var vote in ahead.Driver.Liveness.PreviousRound!.Votes) stale.Tell(new Input.VoteReceived(vote.Verify(Committee.Genesis)!));
        stale.Check(new Row("the certificate armed the timer", "timeout precommit 0", "round 1 v1, timer propose 1", "1 propose"));
        stale.Check(new Row("it has not seen the polka", "proposal 1 A vr 0", "", "1 propose"));
        foreach (var vote in ahead.Driver.Liveness.ValidPolka!.Verify(Committee.Genesis, ahead.Committee.Set)!) stale.Tell(new Input.VoteReceived(vote));
        Assert.Equal(Step.Prevote, stale.Driver.CurrentStep);
        Assert.Contains(stale.Driver.Liveness!.OwnVotes, v => v.Vote is Prevote { ValidRound.Value: 0, Round.Value: 1 } p && p.Block == Committee.Block("A").Hash);
    }
}
