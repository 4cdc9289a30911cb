using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>What the engine makes of the time of a proposal: when it came, what the log keeps of it, and when a leader builds.</summary>
public sealed class ProposalTimeTests
{
    private static readonly EngineTimer Begin = new EngineTimer.StartHeight(Height.First);

    private static readonly LedgerState Genesis = GenesisState();

    [Theory]
    [InlineData(500, 1_000, true)]
    [InlineData(1_500, 1_000, true)]
    [InlineData(1_501, 1_000, false)] // from the future
    [InlineData(1_000, 4_500, true)]
    [InlineData(1_000, 4_501, false)] // too old
    public void AFreshBlockIsPrevotedWhereItsTimeFitsToTheClock(long built, long received, bool isTimely)
    {
        using var node = new OneOfFour(leads: false);
        var block = OneOfFour.BlockOf(Genesis, built, null).Block;
        node.Start(0);
        node.Elapse(Begin, received);
        node.Tell(node.ProposalOf(block), received);
        var outputs = node.TakeOutputs();
        Assert.Equal([isTimely ? block.Hash : null], Prevotes(outputs));
        Assert.Equal(isTimely ? 0 : 1, outputs.OfType<EngineOutput.UntimelyProposal>().Count());
        Assert.DoesNotContain(outputs, output => output is EngineOutput.Refused); // a wrong clock is no wrong message
    }

    [Fact]
    public void WhatWaitedInALineKeepsTheTimeWhenItCame()
    {
        using var node = new OneOfFour(leads: false);
        var block = OneOfFour.BlockOf(Genesis, 900, null).Block;
        node.Start(0);
        node.Elapse(Begin, 900);
        node.Tell(new EngineInput.MessageArrived(block.Header.Author, node.ProposalOf(block), OneOfFour.TimeOf(1_000)), 60_000);
        Assert.Equal([block.Hash], Prevotes(node.TakeOutputs()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AnEarlyProposalKeepsTheTimeWhenItCame(bool cameEarly)
    {
        using var node = new OneOfFour(leads: false);
        var first = OneOfFour.BlockOf(Genesis, 900, null);
        var second = OneOfFour.BlockOf(first.Result.Next, 1_900, node.CertificateOf(first.Block)).Block;
        node.Start(0);
        node.Elapse(Begin, 900);
        node.Tell(node.ProposalOf(first.Block), 1_000);
        if (cameEarly) node.Tell(node.ProposalOf(second), 2_000);
        node.TakeOutputs();

        // The precommits of height 1 take their time.
        foreach (var vote in node.PrecommitsOf(first.Block)) node.Tell(new PeerMessage.VoteMessage(vote), 60_000);
        Assert.Equal(Height.First, node.Engine.State.Height);
        node.Elapse(new EngineTimer.StartHeight(new Height(2)), 60_000);
        node.Tell(node.ProposalOf(second), 60_010); // again, or for the first time
        Assert.Equal([cameEarly ? second.Hash : null], Prevotes(node.TakeOutputs()));
    }

    [Theory]
    [InlineData(1_000, 60_000, true)]
    [InlineData(60_000, 1_000, false)]
    public void AReplayGoesByTheTimeInTheLog(long received, long restarted, bool isTimely)
    {
        using var node = new OneOfFour(leads: false);
        var block = OneOfFour.BlockOf(Genesis, 900, null).Block;
        using (var wal = new Wal(node.Log))
        {
            Assert.Empty(wal.Open(Height.First));
            wal.Append(new WalRecord.StartRecord(OneOfFour.TimeOf(900)));
            wal.Append(new WalRecord.ProposalRecord(OneOfFour.TimeOf(received), node.Propose(block), true, block.Bytes));
            wal.Flush();
        }

        node.Start(restarted);
        Assert.Equal([isTimely ? block.Hash : null], Prevotes(node.TakeOutputs()));
    }

    [Fact]
    public void AfterACrashTheLogLeadsToTheSamePrevote()
    {
        using var node = new OneOfFour(leads: false);
        var block = OneOfFour.BlockOf(Genesis, 900, null).Block;
        node.Start(0);
        node.Elapse(Begin, 60_000);
        node.Tell(node.ProposalOf(block), 60_000);
        Assert.Equal([null], Prevotes(node.TakeOutputs()));
        node.Dispose();
        node.Start(1_000); // the clock was set meanwhile: now the block would be timely
        var outputs = node.TakeOutputs();
        Assert.Empty(Prevotes(outputs));
        Assert.DoesNotContain(outputs, output => output is EngineOutput.SignerRefused);
    }

    [Theory]
    [InlineData(0, 0)] // its own clock is good enough
    [InlineData(-499, 0)]
    [InlineData(-500, 1)]
    [InlineData(-501, 2)]
    [InlineData(-1_499, 1_000)]
    [InlineData(-10_000, 1_000)] // and again, and again
    public void ALeaderWaitsWhereItsParentIsAheadByMoreThanThePrecision(long clock, long waits)
    {
        using var node = new OneOfFour(leads: true);
        node.Start(clock);
        node.Elapse(Begin, clock);
        var outputs = node.TakeOutputs();
        Assert.Equal(waits == 0 ? [] : [(new EngineTimer.Build(Height.First, Round.Zero), TimeSpan.FromMilliseconds(waits))], Waits(outputs));
        Assert.Equal(waits == 0 ? [Later(1, clock)] : [], ProposedTimes(outputs));
        if (waits == 0) return;

        node.Elapse(new EngineTimer.Build(Height.First, Round.Zero), -499);
        Assert.Equal([OneOfFour.TimeOf(1)], ProposedTimes(node.TakeOutputs()));
    }

    [Fact]
    public void AWaitThatOutlivesItsRoundBuildsNothing()
    {
        using var node = new OneOfFour(leads: true);
        node.Start(-10_000);
        node.Elapse(Begin, -10_000);
        node.Elapse(new EngineTimer.Consensus(new NeuroChain.Consensus.Timeout(TimeoutKind.Propose, Height.First, Round.Zero)), -8_000);
        Assert.Equal([null], Prevotes(node.TakeOutputs()));
        node.Elapse(new EngineTimer.Build(Height.First, Round.Zero), 5_000);
        node.Elapse(new EngineTimer.Build(new Height(2), Round.Zero), 5_000);
        var outputs = node.TakeOutputs();
        Assert.Empty(ProposedTimes(outputs));
        Assert.Empty(Waits(outputs));
    }

    [Fact]
    public void ALeaderThatCrashedWhileItWaitedWaitsOn()
    {
        using var node = new OneOfFour(leads: true);
        node.Start(-10_000);
        node.Elapse(Begin, -10_000);
        node.TakeOutputs();
        node.Dispose();
        node.Start(-9_000);
        var outputs = node.TakeOutputs();
        Assert.Single(Waits(outputs));
        node.Elapse(new EngineTimer.Build(Height.First, Round.Zero), 100);
        Assert.Equal([OneOfFour.TimeOf(100)], ProposedTimes(node.TakeOutputs()));
    }

    private static Timestamp Later(long a, long b) => OneOfFour.TimeOf(Math.Max(a, b));

    private static IEnumerable<BlockHash?> Prevotes(IEnumerable<EngineOutput> outputs) =>
        outputs.OfType<EngineOutput.Send>().Select(send => send.Message).OfType<PeerMessage.VoteMessage>().Select(m => m.Vote.Vote).OfType<Prevote>().Select(p => p.Block);

    private static IEnumerable<(EngineTimer.Build Timer, TimeSpan After)> Waits(IEnumerable<EngineOutput> outputs)
    {
        foreach (var set in outputs.OfType<EngineOutput.SetTimer>())
            if (set.Timer is EngineTimer.Build build)
                yield return (build, set.After);
    }

    private static IEnumerable<Timestamp> ProposedTimes(IEnumerable<EngineOutput> outputs)
    {
        foreach (var send in outputs.OfType<EngineOutput.Send>())
            if (send.Message is PeerMessage.ProposalMessage proposal)
                yield return proposal.Block.Header.Time;
    }

    private static LedgerState GenesisState()
    {
        using var node = new OneOfFour(leads: false);
        return node.Make().State;
    }
}
