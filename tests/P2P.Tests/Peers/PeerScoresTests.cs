using NeuroChain.Chain;

namespace NeuroChain.P2P.Tests;

public sealed class PeerScoresTests
{
    private static readonly Address Peer = TestPeer.KeyOf(1).Address;
    private static readonly Address Other = TestPeer.KeyOf(2).Address;

    private readonly PeerScores _scores = new(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10));

    [Theory]
    [InlineData(PeerFault.Malformed, 1)]
    [InlineData(PeerFault.WrongSignature, 2)]
    [InlineData(PeerFault.BrokenRule, 2)]
    [InlineData(PeerFault.Stranger, 5)]
    [InlineData(PeerFault.UselessAnswer, 10)]
    public void SoManyAtOnceBan(PeerFault fault, int count)
    {
        for (var i = 1; i < count; i++) Assert.False(_scores.Report(Peer, fault, TimeSpan.Zero));
        Assert.Empty(_scores.Banned(TimeSpan.Zero));
        Assert.True(_scores.Report(Peer, fault, TimeSpan.Zero));
        Assert.Equal([Peer], _scores.Banned(TimeSpan.Zero));
    }

    [Fact]
    public void WhatIsLongAgoCountsLess()
    {
        Assert.False(_scores.Report(Peer, PeerFault.WrongSignature, TimeSpan.Zero));
        Assert.False(_scores.Report(Peer, PeerFault.WrongSignature, TimeSpan.FromMinutes(1))); // 60 / 2 + 60
        Assert.True(_scores.Report(Peer, PeerFault.WrongSignature, TimeSpan.FromMinutes(2))); // 90 / 2 + 60
    }

    [Fact]
    public void NobodyAnswersForAnother()
    {
        Assert.False(_scores.Report(Peer, PeerFault.WrongSignature, TimeSpan.Zero));
        Assert.False(_scores.Report(Other, PeerFault.WrongSignature, TimeSpan.Zero));
        Assert.Null(_scores.UntilNextEnd(TimeSpan.Zero));
    }

    [Fact]
    public void BansEndAndDoubleUpToTenMinutes()
    {
        var now = TimeSpan.FromDays(1);
        foreach (var seconds in new[] { 30, 60, 120, 240, 480, 600, 600 })
        {
            Assert.True(_scores.Report(Peer, PeerFault.Malformed, now));
            Assert.Equal(TimeSpan.FromSeconds(seconds), _scores.UntilNextEnd(now));
            now += TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1);
            Assert.Equal([Peer], _scores.Banned(now));
            Assert.False(_scores.Report(Peer, PeerFault.Malformed, now)); // still under way when it was cut off
            now += TimeSpan.FromTicks(1);
            Assert.Empty(_scores.Banned(now));
        }
    }

    [Fact]
    public void AnHourOfGoodBehaviourBeginsAnew()
    {
        Assert.True(_scores.Report(Peer, PeerFault.Malformed, TimeSpan.Zero));
        Assert.True(_scores.Report(Peer, PeerFault.Malformed, TimeSpan.FromSeconds(40)));
        var now = TimeSpan.FromSeconds(100) + TimeSpan.FromHours(1) + TimeSpan.FromTicks(1);
        Assert.True(_scores.Report(Peer, PeerFault.Malformed, now));
        Assert.Equal(TimeSpan.FromSeconds(30), _scores.UntilNextEnd(now));
    }

    [Fact]
    public void TheNextEndIsThatOfTheFirstOfSeveral()
    {
        Assert.True(_scores.Report(Peer, PeerFault.Malformed, TimeSpan.Zero));
        Assert.True(_scores.Report(Other, PeerFault.Malformed, TimeSpan.FromSeconds(10)));
        Assert.Equal(TimeSpan.FromSeconds(20), _scores.UntilNextEnd(TimeSpan.FromSeconds(10)));
        Assert.Equal(TimeSpan.FromSeconds(5), _scores.UntilNextEnd(TimeSpan.FromSeconds(35)));
        Assert.Equal([Other], _scores.Banned(TimeSpan.FromSeconds(35)));
    }
}
