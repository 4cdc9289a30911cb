namespace NeuroChain.P2P.Tests;

public sealed class RateLimitTests
{
    private readonly StoppedTime _time = new();

    [Fact]
    public void ABurstIsFreeAndWhatIsBeyondWaits()
    {
        var limit = new RateLimit(perSecond: 10, burst: 20, _time);
        Assert.Equal(TimeSpan.Zero, limit.Take(20));
        Assert.Equal(TimeSpan.FromSeconds(0.5), limit.Take(5));
        _time.Now += TimeSpan.FromSeconds(0.5);
        Assert.Equal(TimeSpan.Zero, limit.Take(0));
        Assert.Equal(TimeSpan.FromSeconds(0.1), limit.Take(1));
    }

    [Fact]
    public void WhoRestsHasOneBurstAndNoMore()
    {
        var limit = new RateLimit(perSecond: 10, burst: 20, _time);
        _ = limit.Take(20);
        _time.Now += TimeSpan.FromHours(1);
        Assert.Equal(TimeSpan.Zero, limit.Take(20));
        Assert.Equal(TimeSpan.FromSeconds(0.1), limit.Take(1));
    }

    [Fact]
    public void WhoWaitsAsToldKeepsTheRateWhateverTheSizes()
    {
        var limit = new RateLimit(perSecond: 1000, burst: 1000, _time);
        var taken = 0;
        for (var i = 0; i < 2000; i++)
        {
            var amount = (i * 37 % 500) + 1;
            taken += amount;
            _time.Now += limit.Take(amount);
        }

        Assert.InRange(taken / _time.Now.TotalSeconds, 999, 1003); // the first burst on top
    }

    [Fact]
    public void ALaneBoundsMessagesAndBytesAndIgnoresShortWaits()
    {
        var options = new LaneOptions { MaxMessageBytes = 100, QueueMessages = 1, QueueBytes = 100, MessagesPerSecond = 10, BytesPerSecond = 1000 };
        var small = new LaneRate(options, _time);
        for (var i = 0; i < 10; i++) Assert.Equal(TimeSpan.Zero, small.Read(1));
        Assert.Equal(TimeSpan.FromSeconds(0.1), small.Read(1));
        var slow = new LaneRate(options with { BytesPerSecond = 10 }, _time);
        Assert.Equal(TimeSpan.Zero, slow.Read(100));
        Assert.Equal(TimeSpan.Zero, slow.Read(100)); // two of the greatest, at any rate
        Assert.Equal(TimeSpan.FromSeconds(10), slow.Read(100));
        var brief = new LaneRate(options with { MessagesPerSecond = 1000 }, _time);
        for (var i = 0; i < 10; i++) _ = brief.Read(100);
        Assert.Equal(TimeSpan.Zero, brief.Read(9));
        Assert.Equal(TimeSpan.FromMilliseconds(10), brief.Read(1));
    }
}
