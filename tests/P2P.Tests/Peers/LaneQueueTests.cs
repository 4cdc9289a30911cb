using System.Text;

namespace NeuroChain.P2P.Tests;

public sealed class LaneQueueTests
{
    private static readonly LaneOptions Small = new() { MaxMessageBytes = 10, QueueMessages = 3, QueueBytes = 10 };

    [Fact]
    public void AFullConsensusLaneDropsItsOldest()
    {
        var queue = Open(PeerLane.Consensus);
        foreach (var text in (string[])["a", "b", "c", "d"]) Assert.True(queue.TryAdd(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(["b", "c", "d"], TakeAll(queue));
        Assert.Equal(new LaneStatus(0, 3, 0, 1), queue.Status);
    }

    [Fact]
    public void AFullGossipLaneTakesNoMore()
    {
        var queue = Open(PeerLane.Gossip);
        foreach (var text in (string[])["a", "b", "c"]) Assert.True(queue.TryAdd(Encoding.UTF8.GetBytes(text)));
        Assert.False(queue.TryAdd("d"u8.ToArray()));
        Assert.Equal(["a", "b", "c"], TakeAll(queue));
        Assert.Equal(new LaneStatus(0, 3, 0, 1), queue.Status);
    }

    [Fact]
    public void BytesAreBoundedAsWellAsMessages()
    {
        var consensus = Open(PeerLane.Consensus);
        Assert.True(consensus.TryAdd("123456"u8.ToArray()));
        Assert.True(consensus.TryAdd("abcdef"u8.ToArray()));
        Assert.Equal(["abcdef"], TakeAll(consensus));

        var gossip = Open(PeerLane.Gossip);
        Assert.True(gossip.TryAdd("123456"u8.ToArray()));
        Assert.False(gossip.TryAdd("abcdef"u8.ToArray()));
        Assert.True(gossip.TryAdd("abcd"u8.ToArray()));
        Assert.Equal(["123456", "abcd"], TakeAll(gossip));
        Assert.True(gossip.TryAdd("abcdefghij"u8.ToArray()));
    }

    [Fact]
    public void AClosedQueueIsEmptyAndStaysSo()
    {
        var queue = Open(PeerLane.Consensus);
        Assert.True(queue.TryAdd("old"u8.ToArray()));
        queue.Close();
        Assert.False(queue.TryAdd("later"u8.ToArray()));
        queue.Open();
        Assert.Empty(TakeAll(queue));
        Assert.Equal(1, queue.Status.Dropped);
    }

    [Fact]
    public async Task AWaitingReaderIsWokenByAMessage()
    {
        var queue = Open(PeerLane.Gossip);
        var waiting = queue.WaitAsync(Eventually.Deadline);
        Assert.False(waiting.IsCompleted);
        Assert.True(queue.TryAdd("a"u8.ToArray()));
        await waiting;
        Assert.Equal(["a"], TakeAll(queue));
    }

    private static LaneQueue Open(PeerLane lane)
    {
        var queue = new LaneQueue(lane, Small);
        queue.Open();
        return queue;
    }

    private static List<string> TakeAll(LaneQueue queue)
    {
        var texts = new List<string>();
        while (queue.TryTake(out var message)) texts.Add(Encoding.UTF8.GetString(message.Span));
        return texts;
    }
}
