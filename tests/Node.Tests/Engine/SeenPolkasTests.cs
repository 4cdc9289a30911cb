using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>Whoever makes polkas without end pushes out none of those that explain the decision.</summary>
public sealed class SeenPolkasTests
{
    [Fact]
    public void BeyondTheBoundThoseOfTheLowestRoundGo()
    {
        var seen = new SeenPolkas(3);
        foreach (var round in new uint[] { 5, 2, 9, 2, 7 }) seen.Add(PolkaOf(round));
        Assert.Equal([5u, 7u, 9u], seen.All.Select(polka => polka.Round.Value));
        seen.Add(PolkaOf(1));
        Assert.Equal([5u, 7u, 9u], seen.All.Select(polka => polka.Round.Value));
        Assert.Equal(3, seen.Count);
        seen.Clear();
        Assert.Empty(seen.All);
        Assert.Equal(0, seen.Count);
    }

    /// <summary>In one round there may be several, where many lie: which of them is needed is not known before the height is decided.</summary>
    [Fact]
    public void OfOneRoundAllStay()
    {
        var seen = new SeenPolkas();
        for (byte block = 1; block <= 34; block++) seen.Add(PolkaOf(3, block));
        Assert.Equal(Enumerable.Range(1, 34).Select(block => BlockOf((byte)block)), seen.All.Select(polka => polka.Block));
    }

    [Fact]
    public void WhatANodeKeepsFitsIntoTheFileOfAHeight()
    {
        var seen = new SeenPolkas();
        for (uint round = 0; round <= HeightCertificates.PolkasMax; round++) seen.Add(PolkaOf(round));
        Assert.Equal(HeightCertificates.PolkasMax, seen.Count);
        Assert.Equal(Enumerable.Range(1, HeightCertificates.PolkasMax).Select(round => (uint)round), seen.All.Select(polka => polka.Round.Value));
    }

    private static PolkaCertificate PolkaOf(uint round, byte block = 1) => new(Height.First, new Round(round), null, BlockOf(block), []);

    private static BlockHash BlockOf(byte block) => new(Hash256.Sha256([block]));
}
