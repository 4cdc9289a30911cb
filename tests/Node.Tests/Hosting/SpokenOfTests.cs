using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class SpokenOfTests
{
    private static readonly Address One = TrainedChain.Key(1).Address, Other = TrainedChain.Key(2).Address;

    [Fact]
    public void EachIsSpokenOfOnceInThePause()
    {
        var time = new Time();
        var spoken = new SpokenOf(TimeSpan.FromMinutes(1), time);
        Assert.True(spoken.IsNew(One));
        Assert.False(spoken.IsNew(One));
        Assert.True(spoken.IsNew(Other));
        time.Now += TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1);
        Assert.False(spoken.IsNew(One));
        time.Now += TimeSpan.FromTicks(1);
        Assert.True(spoken.IsNew(One));
        Assert.True(spoken.IsNew(Other));
        Assert.False(spoken.IsNew(Other));
    }

    /// <summary>A thousand frames of a kind that this version does not know: one line, and no ban.</summary>
    [Fact]
    public async Task OfUnknownKindsTheLogHasOneLine()
    {
        var log = new LogLines();
        var relay = new PeerRelay(new ChainStore(new MemoryStore(ChainStore.Columns)), null!, new Time(), log);
        for (var i = 0; i < 1_000; i++) await relay.OnMessageAsync(One, P2P.PeerLane.Gossip, new byte[] { 250, (byte)(i % 256) });
        Assert.Equal(1, log.Count("that are no message"));
    }

    private sealed class Time : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
