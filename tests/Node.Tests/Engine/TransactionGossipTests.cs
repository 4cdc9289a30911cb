using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class TransactionGossipTests : IDisposable
{
    private readonly EngineNetwork _network = new(4);

    public void Dispose() => _network.Dispose();

    [Fact]
    public void InAFullMeshEachTransactionReachesEachNodeOnce()
    {
        _network.ConnectAll();
        var all = SubmitEverywhere(200);
        AssertAllHave(all);
        Assert.InRange(CopiesOf(all), 0.99, 1.01);
        for (var i = 0; i < 5; i++) _network.Tick(); // still no block: what waits is announced, and nobody lacks it
        Assert.InRange(CopiesOf(all), 0.99, 1.01);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 3)]
    [InlineData(2, 3)]
    public void WithALinkCutEachStillReachesEachOnceAndAtOnce(int a, int b)
    {
        _network.ConnectAll();
        _network.Cut(a, b);
        var all = SubmitEverywhere(200);
        AssertAllHave(all);
        Assert.InRange(CopiesOf(all), 0.99, 1.1);
    }

    [Fact]
    public void AlongAChainOfNodesEveryOneSendsOn()
    {
        _network.Connect(2, 0);
        _network.Connect(0, 3);
        _network.Connect(3, 1);
        var all = SubmitEverywhere(40);
        for (var i = 0; i < 3; i++) _network.Flush();
        AssertAllHave(all);
        Assert.InRange(CopiesOf(all), 0.99, 1.01);
    }

    [Fact]
    public void WhatALinkLosesUnnoticedIsAnnouncedAndAskedFor()
    {
        _network.ConnectAll();
        _network.Cut(1, 2, noticed: false);
        var all = SubmitEverywhere(40);
        Assert.Contains(all, transaction => !_network.Nodes[2].Engine.Mempool.Contains(transaction.Hash));
        for (var i = 0; i < 4; i++) _network.Tick();
        AssertAllHave(all);
        Assert.InRange(CopiesOf(all), 0.99, 1.1);
    }

    [Fact]
    public void WhatWasLostOnceComesAgain()
    {
        _network.ConnectAll();
        _network.LoseNext(1);
        var transaction = _network.Transfer(0);
        _network.Submit(3, transaction);
        _network.Flush();
        Assert.Equal(3, _network.Nodes.Count(node => node.Engine.Mempool.Contains(transaction.Hash)));
        for (var i = 0; i < 4; i++) _network.Tick();
        AssertAllHave([transaction]);
    }

    /// <summary>The first that announces it is asked first; where it says nothing the next one is asked, although that one announces it once only.</summary>
    [Fact]
    public void WhoAnnouncesAndIsSilentIsInNobodysWay()
    {
        _network.Connect(0, 3);
        _network.Connect(1, 3);
        _network.Connect(2, 3);
        var transaction = _network.Transfer(0);
        foreach (var silent in new[] { 0, 1 }) _network.Deliver(_network.Nodes[silent].Address, _network.Nodes[3], new PeerMessage.AnnouncementMessage([transaction.Hash]));
        _network.Cut(2, 3, noticed: false);
        _network.Submit(2, transaction); // what it sends at once is lost
        _network.Flush();
        _network.Heal(2, 3);
        _network.Deliver(_network.Nodes[2].Address, _network.Nodes[3], new PeerMessage.AnnouncementMessage([transaction.Hash]));
        for (var i = 0; i < 4; i++) _network.TickOf(3);
        Assert.True(_network.Nodes[3].Engine.Mempool.Contains(transaction.Hash));
    }

    /// <summary>Who announces what there is not uses up its own share of what is asked for at a time, and no more.</summary>
    [Fact]
    public void ALiarsAnnouncementsLeaveRoomForTheOthers()
    {
        _network.ConnectAll();
        var (liar, node) = (_network.Nodes[0].Address, _network.Nodes[3]);
        var stream = new SeededStream(1);
        for (var i = 0; i < 32; i++)
            _network.Deliver(liar, node, new PeerMessage.AnnouncementMessage([.. Enumerable.Range(0, PeerMessage.HashesMax).Select(_ => new TransactionHash(stream.NextHash()))]));
        _network.Cut(1, 3, noticed: false);
        var transaction = _network.Transfer(0);
        _network.Cut(2, 3, noticed: false);
        _network.Submit(1, transaction);
        _network.Flush();
        Assert.False(node.Engine.Mempool.Contains(transaction.Hash));
        _network.Heal(1, 3);
        _network.Deliver(_network.Nodes[1].Address, node, new PeerMessage.AnnouncementMessage([transaction.Hash]));
        _network.Flush();
        Assert.True(node.Engine.Mempool.Contains(transaction.Hash));
    }

    /// <summary>Who was told is taken to have it; where it was not told after all, it is told again, later.</summary>
    [Fact]
    public void WhatWaitsForLongIsAnnouncedAnew()
    {
        _network.Connect(0, 1);
        _network.Cut(0, 1, noticed: false);
        var transaction = _network.Transfer(0);
        _network.Submit(0, transaction);
        _network.Flush();
        _network.Heal(0, 1);
        for (var i = 0; i < 60; i++) _network.Tick();
        Assert.False(_network.Nodes[1].Engine.Mempool.Contains(transaction.Hash));
        for (var i = 0; i < 8; i++) _network.Tick();
        Assert.True(_network.Nodes[1].Engine.Mempool.Contains(transaction.Hash));
    }

    /// <summary>What the mempool does not take is not fetched from everybody that has it.</summary>
    [Fact]
    public void WhatCameAndWasNotTakenIsNotAskedOfTheNextOne()
    {
        var (mempool, peers) = (new Mempool(), _network.Nodes.Take(2).Select(node => node.Address).ToArray());
        var gossip = new TransactionGossip(mempool, _network.Nodes[3].Address);
        foreach (var peer in peers) gossip.Connected(peer);
        gossip.Flush();
        var hash = _network.Transfer(0).Hash;
        int Asked(int peer)
        {
            gossip.Announced(peers[peer], [hash]);
            return gossip.Flush().Count(told => told.Message is PeerMessage.WantedMessage);
        }

        Assert.Equal(1, Asked(0));
        gossip.Has(peers[0], hash);
        Assert.Equal(0, Asked(1));
        gossip.Tick();
        Assert.Equal(0, Asked(1));
        gossip.Tick();
        gossip.Flush();
        Assert.Equal(1, Asked(1));
    }

    /// <summary>What is more than a peer is given between two ticks is not lost: it is announced to it again.</summary>
    [Fact]
    public void WhoIsNotAnsweredIsToldAgain()
    {
        var (mempool, peer) = (_network.Nodes[0].Engine.Mempool, _network.Nodes[1].Address);
        var gossip = new TransactionGossip(mempool, _network.Nodes[0].Address);
        var transaction = _network.Transfer(0);
        _network.Submit(0, transaction);
        gossip.Admitted(transaction, null);
        gossip.Connected(peer); // told of it
        int Told<T>() => gossip.Flush().Count(told => told.Message is T);
        Assert.Equal(1, Told<PeerMessage.AnnouncementMessage>());
        for (var i = 0; i < 40_000; i++) gossip.Wanted(peer, [transaction.Hash]); // more than 4 MiB
        Assert.NotEqual(0, Told<PeerMessage.TransactionsMessage>());
        gossip.Tick();
        Assert.Equal(0, Told<PeerMessage.AnnouncementMessage>());
        gossip.Tick();
        Assert.Equal(1, Told<PeerMessage.AnnouncementMessage>());
    }

    [Fact]
    public void WhoConnectsLaterIsToldWhatWaits()
    {
        _network.Connect(0, 1);
        var all = Enumerable.Range(0, 60).Select(_network.Transfer).ToArray();
        foreach (var transaction in all) _network.Submit(0, transaction);
        _network.Flush();
        _network.Connect(1, 2);
        _network.Connect(0, 3);
        _network.Flush();
        AssertAllHave(all);
        Assert.InRange(CopiesOf(all), 0.99, 1.01);
    }

    [Fact]
    public void WhatComesTogetherGoesInOneMessage()
    {
        _network.ConnectAll();
        for (var i = 0; i < 100; i++) _network.Submit(0, _network.Transfer(i));
        Assert.All(_network.Nodes, node => Assert.Equal(0, node.Messages));
        _network.Flush();
        Assert.Equal([0, 1, 1, 1], _network.Nodes.Select(node => node.Messages));
    }

    [Fact]
    public void ARepeatCostsNoSignatureCheckAndABadOneIsNeverTakenForGood()
    {
        _network.Connect(0, 1);
        var (sender, node) = (_network.Nodes[0].Address, _network.Nodes[1]);
        var good = _network.Transfer(0);
        byte[] bad = [.. good.Bytes.Span[..^1], (byte)(good.Bytes.Span[^1] ^ 1)];
        for (var i = 0; i < 5; i++)
        {
            _network.Deliver(sender, node, new PeerMessage.TransactionsMessage([bad]));
            Assert.Equal(0, node.Engine.Mempool.Count);
        }

        Assert.Equal(1, node.Intake.Checks);
        Assert.Equal(Enumerable.Repeat("transaction: WrongSignature", 5), node.Refused);
        for (var i = 0; i < 5; i++) _network.Deliver(sender, node, new PeerMessage.TransactionsMessage([good.Bytes]));
        Assert.Equal((2L, 1), (node.Intake.Checks, node.Engine.Mempool.Count));
        _network.Deliver(sender, node, new PeerMessage.TransactionsMessage([bad]));
        Assert.Equal((2L, 6), (node.Intake.Checks, node.Refused.Count));
    }

    [Fact]
    public void ABadTransactionDoesNotTakeTheGoodOnesOfItsMessageWithIt()
    {
        _network.Connect(0, 1);
        ReadOnlyMemory<byte>[] bytes = [.. Enumerable.Range(0, 50).Select(i => _network.Transfer(i).Bytes)];
        bytes[49] = new byte[] { 0xff }; // nobody's nonce waits for it
        _network.Deliver(_network.Nodes[0].Address, _network.Nodes[1], new PeerMessage.TransactionsMessage([.. bytes]));
        Assert.Equal(["transaction: NotCanonical"], _network.Nodes[1].Refused);
        Assert.Equal(49, _network.Nodes[1].Engine.Mempool.Count);
    }

    private Transaction[] SubmitEverywhere(int count)
    {
        var all = Enumerable.Range(0, count).Select(_network.Transfer).ToArray();
        for (var i = 0; i < count; i++)
        {
            _network.Submit(i % 4, all[i]);
            if (i % 7 == 0) _network.Flush();
        }

        _network.Flush();
        _network.Flush();
        return all;
    }

    private void AssertAllHave(IReadOnlyCollection<Transaction> all) => Assert.All(
        _network.Nodes, node => Assert.Equal(all.Count, all.Count(transaction => node.Engine.Mempool.Contains(transaction.Hash))));

    // Each node but the one that it came in at needs one copy.
    private double CopiesOf(IReadOnlyCollection<Transaction> all) =>
        _network.Nodes.Sum(node => node.ReceivedBytes) / (double)(all.Sum(transaction => transaction.Bytes.Length) * (_network.Nodes.Count - 1));
}
