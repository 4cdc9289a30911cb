using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node.Tests;

/// <summary>Messages with a validator's own signature that come from outside: they are its own of before, or another process has its key.</summary>
public sealed class OwnKeyTests
{
    [Fact]
    public void AVoteThatTheSignerNeverGaveMeansThatAnotherProcessHasTheKey()
    {
        using var node = Started();
        var prevote = new Prevote(Height.First, Round.Zero, null, null);
        node.Tell(new PeerMessage.VoteMessage(node.SignAsSelf(prevote)), 1_010);
        var seen = Assert.IsType<EngineOutput.OwnKeyElsewhere>(Assert.Single(Told(node))).Seen;
        Assert.Equal((Height.First, Round.Zero, Step.Prevote), (seen.Height, seen.Round, seen.Step));
        TimeOut(node);
        Assert.Empty(Votes(node)); // it may have voted: this one never says anything again
        node.Tell(new PeerMessage.VoteMessage(node.SignAsSelf(prevote)), 4_000);
        Assert.Empty(Told(node));
    }

    [Fact]
    public void SoDoesAnotherVoteThanTheSignerGave()
    {
        using var node = Started();
        TimeOut(node);
        Assert.Single(Votes(node));
        var block = OneOfFour.BlockOf(node.Engine.State, 900, null).Block;
        node.Tell(new PeerMessage.VoteMessage(node.SignAsSelf(new Prevote(Height.First, Round.Zero, block.Hash, null))), 4_000);
        Assert.Single(Told(node));
    }

    [Fact]
    public void SoDoesOneInACertificate()
    {
        using var node = Started();
        var precommit = new Precommit(Height.First, new Round(1), null);
        node.Tell(new PeerMessage.RoundMessage(new RoundCertificate([node.Sign(precommit, 0), node.SignAsSelf(precommit), node.Sign(precommit, 1)])), 1_010);
        Assert.Single(Told(node));
        Assert.Equal(Round.Zero, node.Engine.Round);
    }

    [Fact]
    public void SoDoesAProposal()
    {
        using var node = new OneOfFour(leads: true);
        node.Start(0);
        node.Elapse(new EngineTimer.StartHeight(Height.First), 1_000);
        var own = Assert.Single(node.TakeOutputs(output => output is EngineOutput.Send { Message: PeerMessage.ProposalMessage }));
        var other = OneOfFour.BlockOf(node.Engine.State, 1_500, null).Block;
        node.Tell(((EngineOutput.Send)own).Message, 1_600);
        Assert.Empty(Told(node));
        node.Tell(node.ProposalOf(other), 1_600);
        Assert.Single(Told(node));
    }

    /// <summary>The signer's memory was on the disk and the log was not: what comes back from the others is what it said, and it counts.</summary>
    [Fact]
    public void WhatItSaidBeforeACrashIsItsOwn()
    {
        using var node = Started();
        TimeOut(node);
        var said = Votes(node).Single();
        node.Dispose();
        foreach (var file in node.Log.List()) node.Log.Delete(file);
        node.Start(5_000);
        node.Elapse(new EngineTimer.StartHeight(Height.First), 5_100);
        node.Tell(new PeerMessage.VoteMessage(said), 5_200);
        TimeOut(node);
        Assert.Empty(Told(node));
        Assert.Equal(said, Votes(node).Single());
    }

    /// <summary>Anybody can write our name under a vote.</summary>
    [Fact]
    public void AForgedOneMeansNothing()
    {
        using var node = Started();
        var prevote = new Prevote(Height.First, Round.Zero, null, null);
        node.Tell(new PeerMessage.VoteMessage(node.Sign(prevote, 0) with { Validator = node.Self }), 1_010);
        Assert.Empty(Told(node));
        TimeOut(node);
        Assert.Single(Votes(node));
    }

    private static OneOfFour Started()
    {
        var node = new OneOfFour(leads: false);
        node.Start(0);
        node.Elapse(new EngineTimer.StartHeight(Height.First), 1_000);
        return node;
    }

    private static void TimeOut(OneOfFour node) =>
        node.Elapse(new EngineTimer.Consensus(new NeuroChain.Consensus.Timeout(TimeoutKind.Propose, Height.First, Round.Zero)), 3_000);

    private static IReadOnlyList<EngineOutput> Told(OneOfFour node) => node.TakeOutputs(output => output is EngineOutput.OwnKeyElsewhere);

    private static IReadOnlyList<SignedVote> Votes(OneOfFour node) =>
        [.. node.TakeOutputs(output => output is EngineOutput.Send { Message: PeerMessage.VoteMessage }).Select(output => ((PeerMessage.VoteMessage)((EngineOutput.Send)output).Message).Vote)];
}
