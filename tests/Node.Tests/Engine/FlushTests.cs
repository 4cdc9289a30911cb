using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node.Tests;

/// <summary>A flush of the log costs milliseconds: a turn has one for all of its inputs, and one more before each thing that is signed.</summary>
public sealed class FlushTests : IDisposable
{
    private readonly OneOfFour _node = new(leads: false);
    private readonly Block _block;

    public FlushTests()
    {
        _node.Start(0);
        _node.Elapse(new EngineTimer.StartHeight(Height.First), 1_000);
        _block = OneOfFour.BlockOf(_node.Engine.State, 900, null).Block;
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void AllInputsOfATurnAreFlushedTogether()
    {
        Assert.Equal(1, FlushesOf(() => Vote(0), () => Vote(1), () => Handle(new EngineInput.TimerElapsed(new EngineTimer.Rebroadcast()))));
        Assert.Equal(0, FlushesOf());
    }

    [Fact]
    public void WhatIsSignedFollowsFromWhatIsOnTheDisk()
    {
        Assert.Equal(2, FlushesOf(() => Handle(Message(_node.ProposalOf(_block))))); // the proposal, then the own prevote
        Assert.Single(_node.TakeOutputs(output => output is EngineOutput.Send { Message: PeerMessage.VoteMessage }));
    }

    // The polka that they complete is precommitted in the same turn as the own prevote that it takes.
    [Fact]
    public void EachSignatureHasOne()
    {
        Assert.Equal(3, FlushesOf(() => Vote(0), () => Vote(1), () => Handle(Message(_node.ProposalOf(_block)))));
        Assert.Equal(2, _node.TakeOutputs(output => output is EngineOutput.Send { Message: PeerMessage.VoteMessage }).Count);
    }

    private void Vote(int other) => Handle(Message(new PeerMessage.VoteMessage(_node.Sign(new Prevote(Height.First, Round.Zero, _block.Hash, null), other))));

    private EngineInput.MessageArrived Message(PeerMessage message) => new(_node.Others[0].Address, message);

    private void Handle(EngineInput input) => _node.Engine.Handle(input, OneOfFour.TimeOf(1_010));

    // Of one turn.
    private long FlushesOf(params Action[] inputs)
    {
        var before = _node.Log.Flushes;
        foreach (var input in inputs) input();
        _node.EndTurn();
        return _node.Log.Flushes - before;
    }
}
