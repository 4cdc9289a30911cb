using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>What came too early is kept within bounds, and the next block never goes.</summary>
public sealed class SyncBufferTests
{
    private static readonly Address Alice = TrainedChain.Key(1).Address;
    private static readonly Address Bob = TrainedChain.Key(2).Address;

    private readonly SyncBuffer _buffer = new();

    [Fact]
    public void ItKeepsTheLowestOfMany()
    {
        for (var height = 300UL; height > 0; height--) _buffer.Add(Alice, new Height(height), BlockOf(10));
        Assert.Equal(SyncBuffer.BlocksMax, Kept(300));
        Assert.True(_buffer.Has(new Height(SyncBuffer.BlocksMax)));
        Assert.False(_buffer.Has(new Height(SyncBuffer.BlocksMax + 1)));
    }

    [Fact]
    public void ItKeepsTheLowestOfLargeOnes()
    {
        for (var height = 1UL; height <= 20; height++) _buffer.Add(Alice, new Height(height), BlockOf(Limits.BlockBytesMax));
        Assert.Equal(SyncBuffer.BytesMax / Limits.BlockBytesMax, (long)Kept(20));
        for (var height = 1UL; height <= 4; height++) Assert.True(_buffer.Has(new Height(height)));
    }

    [Fact]
    public void OneBlockIsKeptHoweverLarge()
    {
        _buffer.Add(Alice, new Height(9), BlockOf((int)SyncBuffer.BytesMax + 1));
        Assert.True(_buffer.Has(new Height(9)));
    }

    [Fact]
    public void TheWindowFollowsTheSizeOfBlocks()
    {
        Assert.Equal(SyncBuffer.BlocksMax, _buffer.Window);
        _buffer.Add(Alice, new Height(1), BlockOf(2 * 1024 * 1024));
        Assert.Equal(8UL, _buffer.Window);
        _buffer.Add(Alice, new Height(2), BlockOf((int)SyncBuffer.BytesMax));
        Assert.Equal(2UL, _buffer.Window);
        for (var height = 3UL; height < 100; height++) _buffer.Add(Alice, new Height(height), BlockOf(500));
        Assert.Equal(SyncBuffer.BlocksMax, _buffer.Window);
    }

    [Fact]
    public void WhatALiarSentGoesAndTheRestStays()
    {
        for (var height = 1UL; height <= 10; height++) _buffer.Add(height % 2 == 0 ? Alice : Bob, new Height(height), BlockOf(10));
        _buffer.Drop(Alice);
        Assert.Equal(5UL, Kept(10));
        Assert.False(_buffer.Has(new Height(2)));
        _buffer.DropBelow(new Height(6));
        Assert.Equal(2UL, Kept(10)); // 7 and 9
    }

    [Fact]
    public void TheFirstBlockOfAHeightStays()
    {
        var first = BlockOf(10);
        _buffer.Add(Alice, new Height(1), first);
        _buffer.Add(Bob, new Height(1), BlockOf(20));
        Assert.Equal((Alice, first), _buffer.Take(new Height(1)));
        Assert.False(_buffer.Has(new Height(1)));
    }

    private static FetchedBlock BlockOf(int bytes) => new(new byte[bytes], default);

    private ulong Kept(ulong last)
    {
        var kept = 0UL;
        for (var height = 1UL; height <= last; height++) if (_buffer.Has(new Height(height))) kept++;
        return kept;
    }
}
