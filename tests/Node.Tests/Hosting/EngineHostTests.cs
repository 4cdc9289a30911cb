using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node.Tests;

public sealed class EngineHostTests
{
    [Fact]
    public async Task AMessageThatWaitsForTheEngineKeepsTheTimeWhenItCame()
    {
        using var node = new OneOfFour(leads: false);
        var engine = node.Make();
        var block = OneOfFour.BlockOf(engine.State, 900, null).Block;
        var time = new SetTime { Now = 1_000 };
        var prevoted = new TaskCompletionSource<BlockHash?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = new EngineHost(engine, See, time, NullLogger.Instance);
        foreach (var other in node.Others.Take(2)) await host.TellAsync(new EngineInput.MessageArrived(other.Address, new PeerMessage.StatusMessage(Height.Genesis)));
        await host.TellAsync(new EngineInput.MessageArrived(block.Header.Author, node.ProposalOf(block)));
        time.Now = 60_000; // the engine was busy for a minute
        host.Start();
        Assert.Equal(block.Hash, await prevoted.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

        void See(EngineOutput output)
        {
            if (output is EngineOutput.Send { Message: PeerMessage.VoteMessage { Vote.Vote: Prevote prevote } }) prevoted.TrySetResult(prevote.Block);
        }
    }

    [Fact]
    public void WhatDecisionsWaitForIsUrgentAndEachPeerHasItsOwnQueue()
    {
        using var node = new OneOfFour(leads: false);
        var (one, other) = (TrainedChain.Key(1).Address, TrainedChain.Key(2).Address);
        Assert.Equal((InboxSource.Of(one), InboxClass.Urgent), Place(new EngineInput.MessageArrived(one, new PeerMessage.StatusMessage(Height.Genesis))));
        Assert.Equal((InboxSource.Of(one), InboxClass.Bulk), Place(new EngineInput.MessageArrived(one, new PeerMessage.WantedMessage([]))));
        Assert.Equal((InboxSource.Of(other), InboxClass.Bulk), Place(new EngineInput.TransactionsArrived(other, [], TransactionFault.None)));
        Assert.Equal((InboxSource.Node, InboxClass.Bulk), Place(new EngineInput.BlocksArrived(one, 1, [])));
        Assert.Equal((InboxSource.Node, InboxClass.Urgent), Place(new EngineInput.TimerElapsed(new EngineTimer.Rebroadcast())));
        Assert.Equal((InboxSource.Node, InboxClass.Urgent), Place(new EngineInput.PeerConnected(one)));

        static (InboxSource, InboxClass) Place(EngineInput input) => EngineHost.PlaceOf(input);
    }

    [Fact]
    public async Task QuestionsGoBeforeTransactionsThatCameBefore()
    {
        using var node = new OneOfFour(leads: false);
        await using var host = new EngineHost(node.Make(), _ => { }, TimeProvider.System, NullLogger.Instance);
        host.Start();
        using var busy = new ManualResetEventSlim();
        var before = host.AskAsync(_ => busy.Wait(TimeSpan.FromSeconds(20)));
        var order = new List<string>();
        var inputs = host.HandledAsync(new EngineInput.BlocksArrived(default, 1, []));
        var submitted = host.SubmitAsync(_ => Add("transaction"));
        var asked = host.AskAsync(_ => Add("question"));
        busy.Set();
        await Task.WhenAll(before, inputs, submitted, asked).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(["question", "transaction"], order);

        bool Add(string what)
        {
            order.Add(what); // in the engine's thread
            return true;
        }
    }

    [Fact]
    public async Task AnEngineThatFailedLetsNobodyWait()
    {
        using var node = new OneOfFour(leads: false);
        await using var host = new EngineHost(node.Make(), _ => throw new InvalidOperationException("the disk"), TimeProvider.System, NullLogger.Instance);
        host.Start();
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        for (var i = 0; i < 10_000; i++) Assert.True(host.TellAsync(new EngineInput.TransactionsArrived(default, [], TransactionFault.None)).IsCompleted);
    }

    private sealed class SetTime : TimeProvider
    {
        /// <summary>Milliseconds after genesis.</summary>
        public long Now { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds((long)OneOfFour.TimeOf(Now).Milliseconds);
    }
}
