namespace NeuroChain.Chain.Tests;

/// <summary>Faults are found in whatever order statements come, once for each validator, in bounded memory.</summary>
public sealed class FaultFinderTests
{
    private static readonly Committee Four = new(4);

    [Fact]
    public void ADoubleVoteIsFoundOnce()
    {
        var finder = Finder();
        Assert.Null(Add(finder, Four.Prevote(1, 0, 'a')));
        Assert.Null(Add(finder, Four.Prevote(1, 0, 'a')));
        Assert.Null(Add(finder, Four.Prevote(2, 0, 'b')));
        FaultProofTests.Proves(Add(finder, Four.Prevote(1, 0, 'b'))!, FaultKind.DuplicateVote, 1);
        Assert.Null(Add(finder, Four.Prevote(1, 0, 'c')));
        Assert.Null(Add(finder, Four.Precommit(1, 0, 'a')));
        Assert.Null(Add(finder, Four.Precommit(1, 0, 'b')));
        Assert.Null(finder.Add(Four.Propose(1, 0, 'a')));
        Assert.Null(finder.Add(Four.Propose(1, 0, 'b')));
    }

    [Fact]
    public void ADoubleProposalIsFound()
    {
        var finder = Finder();
        Assert.Null(finder.Add(Four.Propose(1, 0, 'a')));
        Assert.Null(finder.Add(Four.Propose(1, 0, 'a')));
        Assert.Null(finder.Add(Four.Propose(1, 4, 'b')));
        FaultProofTests.Proves(finder.Add(Four.Propose(1, 0, 'b'))!, FaultKind.DuplicateProposal, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AmnesiaIsFoundInBothOrders(bool lockFirst)
    {
        var finder = Finder();
        SignedVote[] votes = [Four.Precommit(3, 1, 'a'), Four.Prevote(3, 4, 'b', 0)];
        Assert.Null(Add(finder, votes[lockFirst ? 0 : 1]));
        FaultProofTests.Proves(Add(finder, votes[lockFirst ? 1 : 0])!, FaultKind.Amnesia, 3);
    }

    [Fact]
    public void WhoRelocksAndFollowsPolkasIsNotNamed()
    {
        var finder = Finder();
        SignedVote[] honest =
        [
            Four.Prevote(0, 0, 'a'), Four.Precommit(0, 0, 'a'), Four.Prevote(0, 1, null), Four.Precommit(0, 1, null),
            Four.Prevote(0, 2, 'b', 1), Four.Precommit(0, 2, 'b'), Four.Prevote(0, 3, 'b', 2), Four.Prevote(0, 4, 'a', 3), Four.Precommit(0, 4, 'a'),
        ];
        Assert.All(honest.Concat(honest.Reverse()), vote => Assert.Null(Add(finder, vote)));
        // An answer to round 3 was right after the lock of round 2, and is not after that of round 4.
        FaultProofTests.Proves(Add(finder, Four.Prevote(0, 5, 'a', 3))!, FaultKind.Amnesia, 0);
    }

    [Fact]
    public void StrangersAndOtherHeightsTellNothing()
    {
        var stranger = new Committee(5);
        var outside = Enumerable.Range(0, 5).Single(i => !Four.Set.Contains(stranger.Keys[i].Address));
        var finder = Finder();
        Assert.Null(Add(finder, stranger.Prevote(outside, 0, 'a')));
        Assert.Null(Add(finder, stranger.Prevote(outside, 0, 'b')));
        Assert.Null(finder.Add(stranger.Propose(outside, 0, 'a')));
        Assert.Null(finder.Add(stranger.Propose(outside, 0, 'b')));
        var (a, b) = (Four.Prevote(1, 0, 'a').Vote with { Height = new Height(8) }, Four.Prevote(1, 0, 'b').Vote with { Height = new Height(8) });
        Assert.Null(Add(finder, Four.Sign(1, a)));
        Assert.Null(Add(finder, Four.Sign(1, b)));
        var proposal = Four.Propose(1, 0, 'a').Proposal with { Height = new Height(8) };
        Assert.Null(finder.Add(Four.Sign(1, proposal)));
        Assert.Null(finder.Add(Four.Sign(1, proposal with { ValidRound = null, Block = Committee.Block('b').Hash })));
    }

    [Fact]
    public void ALongHeightIsFollowedToItsEnd()
    {
        var finder = new FaultFinder(Committee.Here, Four.Set, 4);
        Assert.Null(Add(finder, Four.Precommit(1, 2, 'a'))); // the lock
        for (var round = 3; round < 40; round++)
        {
            Assert.Null(Add(finder, Four.Prevote(1, round, null)));
            Assert.Null(Add(finder, Four.Precommit(1, round, null)));
        }

        FaultProofTests.Proves(Add(finder, Four.Prevote(1, 40, 'b', 1))!, FaultKind.Amnesia, 1);
    }

    [Fact]
    public void NobodyHidesALockBehindLaterRounds()
    {
        var finder = new FaultFinder(Committee.Here, Four.Set, 4);
        for (var round = 100; round < 110; round++) Assert.Null(Add(finder, Four.Prevote(1, round, 'a', 99)));
        Assert.Null(Add(finder, Four.Precommit(1, 2, 'a')));
        FaultProofTests.Proves(Add(finder, Four.Prevote(1, 3, 'b'))!, FaultKind.Amnesia, 1);
    }

    /// <summary>A prevote that answers the polka of the round right before jumps over no lock: who fills the finder with such hides nothing.</summary>
    [Fact]
    public void WhatCanBeNoAmnesiaGoesFirst()
    {
        var finder = new FaultFinder(Committee.Here, Four.Set, 4);
        for (var round = 0; round < 10; round++) Assert.Null(Add(finder, Four.Prevote(1, round, 'a', round - 1)));
        Assert.Null(Add(finder, Four.Precommit(1, 20, 'b')));
        FaultProofTests.Proves(Add(finder, Four.Prevote(1, 21, 'a', 9))!, FaultKind.Amnesia, 1);
    }

    /// <summary>Seventy prevotes each of which jumps over a round, in which there might have been a lock: they all stay, and so do those that come then.</summary>
    [Fact]
    public void AForkAfterManyRoundsIsFound()
    {
        var finder = Finder();
        for (var round = 0; round < 140; round += 2) Assert.Null(Add(finder, Four.Prevote(1, round, 'a', round - 2)));
        Assert.Null(Add(finder, Four.Precommit(1, 140, 'b')));
        FaultProofTests.Proves(Add(finder, Four.Prevote(1, 141, 'a', 138))!, FaultKind.Amnesia, 1);
    }

    [Fact]
    public void ValidatorsShareWhatANodeCanBear()
    {
        Assert.Equal([4_096, 4_096, 3_657, 256], new[] { 1, 4, 7, Limits.ValidatorsMax }.Select(FaultFinder.RoundsKept));
        Assert.All(Enumerable.Range(1, Limits.ValidatorsMax), validators => Assert.InRange(validators * FaultFinder.RoundsKept(validators), 1, 25_600));
    }

    private static FaultFinder Finder() => new(Committee.Here, Four.Set);

    private static FaultProof? Add(FaultFinder finder, SignedVote vote) => finder.Add(Committee.Verified(vote));
}
