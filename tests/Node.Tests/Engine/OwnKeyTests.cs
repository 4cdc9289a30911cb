using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

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

    /// <summary>A signer elsewhere that does not answer may serve another node by now, and what that one says is no reason to stop.</summary>
    [Fact]
    public void WhereTheSignerMayServeAnotherNodeItsMessagesAreNoSignOfASecondKey()
    {
        var lost = false;
        using var node = Started(signer => new Lent(signer, () => !lost));
        var prevote = new Prevote(Height.First, Round.Zero, null, null);
        lost = true;
        node.Tell(new PeerMessage.VoteMessage(node.SignAsSelf(prevote)), 1_010);
        Assert.Empty(Told(node));
        lost = false;
        node.Tell(new PeerMessage.VoteMessage(node.SignAsSelf(prevote with { Round = new Round(1) })), 1_020);
        Assert.Single(Told(node));
    }

    /// <summary>The node that had the signer died before anybody heard what it signed: who follows it says that, for it can say nothing else there.</summary>
    [Fact]
    public void WhatWasSignedAndNeverHeardIsSaidByWhoFollows()
    {
        using var node = Started();
        var block = OneOfFour.BlockOf(node.Engine.State, 900, null).Block;
        node.Tell(node.ProposalOf(block), 1_010);
        var said = Votes(node).Single();
        Assert.Equal(block.Hash, said.Vote.BlockHash);
        LoseLog(node, 20_000);
        node.Tell(node.ProposalOf(block), 20_200); // too late for a vote of its own, which would be nil
        Assert.Equal(said, Votes(node).Single());
        Assert.Contains(Wal.Read(node.Log.Copy(), Height.First).Records, record => record is WalRecord.SilenceRecord); // which tells a replay
    }

    [Fact]
    public void SoIsAPrecommit()
    {
        using var node = Started();
        var block = OneOfFour.BlockOf(node.Engine.State, 900, null).Block;
        node.Tell(node.ProposalOf(block), 1_010);
        node.Tell(new PeerMessage.PolkaMessage(node.PolkaOf(block)), 1_020);
        var said = Votes(node).Single(vote => vote.Vote is Precommit);
        LoseLog(node, 20_000);
        node.Tell(node.ProposalOf(block), 20_200);
        node.Tell(Enumerable.Range(0, 3).Select(other => new PeerMessage.VoteMessage(node.Sign(new Prevote(Height.First, Round.Zero, null, null), other))));
        Assert.Equal(said, Votes(node).Single(vote => vote.Vote is Precommit)); // and not the nil one that this node would have given
    }

    /// <summary>A lock that the signer remembers and the node does not: there is nothing to say for the block, and nil is something to say.</summary>
    [Fact]
    public void AgainstALockThatOnlyTheSignerRemembersNilIsSaid()
    {
        using var node = Started();
        var state = node.Engine.State;
        var block = OneOfFour.BlockOf(state, 900, null).Block;
        node.Tell(node.ProposalOf(block), 1_010);
        node.Tell(new PeerMessage.PolkaMessage(node.PolkaOf(block)), 1_020);
        Assert.Equal(2, Votes(node).Count);
        LoseLog(node, 20_000);
        var round = new Round(Enumerable.Range(1, 3).Select(number => (uint)number).First(number => state.Next.Schedule.Leader(new Round(number)) != node.Self));
        node.Tell(new PeerMessage.RoundMessage(new RoundCertificate([.. node.Others.Take(2).OrderBy(key => key.Address).Select(key => node.Sign(new Prevote(Height.First, round, null, null), key))])));
        Assert.Equal(round, node.Engine.Round);
        var template = new BlockTemplate { Author = state.Next.Schedule.Leader(round), BuiltRound = round, Time = OneOfFour.TimeOf(20_050), LastCommit = null };
        node.Tell(node.ProposalOf(BlockBuilder.Build(state, template, []).Block), 20_200);
        // With the two of the others that is a polka for nil, and the round ends.
        Assert.Equal([new Prevote(Height.First, round, null, null), new Precommit(Height.First, round, null)], Votes(node).Select(vote => vote.Vote));
    }

    private static void LoseLog(OneOfFour node, long at)
    {
        node.Dispose();
        foreach (var file in node.Log.List()) node.Log.Delete(file);
        node.Start(at);
        node.Elapse(new EngineTimer.StartHeight(Height.First), at + 100);
    }

    private static OneOfFour Started(Func<ISigner, ISigner>? signer = null)
    {
        var node = new OneOfFour(leads: false);
        if (signer is not null) node.Signer = signer;
        node.Start(0);
        node.Elapse(new EngineTimer.StartHeight(Height.First), 1_000);
        return node;
    }

    private static void TimeOut(OneOfFour node) =>
        node.Elapse(new EngineTimer.Consensus(new NeuroChain.Consensus.Timeout(TimeoutKind.Propose, Height.First, Round.Zero)), 3_000);

    private static IReadOnlyList<EngineOutput> Told(OneOfFour node) => node.TakeOutputs(output => output is EngineOutput.OwnKeyElsewhere);

    private static IReadOnlyList<SignedVote> Votes(OneOfFour node) =>
        [.. node.TakeOutputs(output => output is EngineOutput.Send { Message: PeerMessage.VoteMessage }).Select(output => ((PeerMessage.VoteMessage)((EngineOutput.Send)output).Message).Vote)];

    private sealed class Lent(ISigner signer, Func<bool> isServed) : ISigner
    {
        public Address Address => signer.Address;

        public SignerState State => signer.State;

        public bool IsServed => isServed();

        public Signature? TrySign(SignRequest request, out SignRefusal refusal) => signer.TrySign(request, out refusal);

        public Signature SignTagged(TaggedContent content) => signer.SignTagged(content);
    }
}
