namespace NeuroChain.Node.Tests;

public sealed class OffsetTimeTests
{
    [Theory]
    [InlineData(10_000)]
    [InlineData(-10_000)]
    public void OnlyTheTimeOfDayIsWrong(int offsetMs)
    {
        var right = new StoppedTime();
        var wrong = new OffsetTime(right, TimeSpan.FromMilliseconds(offsetMs));
        Assert.Equal(right.GetUtcNow().AddMilliseconds(offsetMs), wrong.GetUtcNow());
        Assert.Equal(right.GetTimestamp(), wrong.GetTimestamp());
        Assert.Equal(right.TimestampFrequency, wrong.TimestampFrequency);
    }

    private sealed class StoppedTime : TimeProvider
    {
        public override long TimestampFrequency => 1000;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50);

        public override long GetTimestamp() => 12_345;
    }
}
