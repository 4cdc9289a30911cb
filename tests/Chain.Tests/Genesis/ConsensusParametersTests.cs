namespace NeuroChain.Chain.Tests;

/// <summary>Which times of a fresh block fit to the clock of who receives it.</summary>
public sealed class ConsensusParametersTests
{
    private const ulong Now = 1_700_000_000_000;

    private static readonly ConsensusParameters Defaults = new();

    [Theory]
    [InlineData(0, -3_501, false)] // older than delay and precision together
    [InlineData(0, -3_500, true)]
    [InlineData(0, 0, true)]
    [InlineData(0, 500, true)]
    [InlineData(0, 501, false)] // further ahead than clocks may be apart
    [InlineData(1, -6_501, false)]
    [InlineData(1, -6_500, true)]
    [InlineData(1, 501, false)]
    [InlineData(99, -300_501, false)]
    [InlineData(99, -300_500, true)]
    [InlineData(99, 501, false)]
    public void ABlockIsTimelyWithinThePrecisionAheadAndTheDelayOfItsRoundBehind(uint round, long offset, bool isTimely) =>
        Assert.Equal(isTimely, Defaults.IsTimely(new Timestamp((ulong)((long)Now + offset)), new Timestamp(Now), new Round(round)));

    [Fact]
    public void TheEndsOfTheNumbersAreTimesLikeOthers()
    {
        var end = new Timestamp(ulong.MaxValue);
        Assert.True(Defaults.IsTimely(end, end, Round.Zero));
        Assert.True(Defaults.IsTimely(end, new Timestamp(ulong.MaxValue - 500), Round.Zero));
        Assert.False(Defaults.IsTimely(end, new Timestamp(ulong.MaxValue - 501), Round.Zero));
        Assert.True(Defaults.IsTimely(new Timestamp(ulong.MaxValue - 3_500), end, Round.Zero));
        Assert.False(Defaults.IsTimely(new Timestamp(ulong.MaxValue - 3_501), end, Round.Zero));
        Assert.True(Defaults.IsTimely(default, default, new Round(uint.MaxValue)));
        Assert.False(Defaults.IsTimely(default, end, new Round(uint.MaxValue)));
        Assert.False(Defaults.IsTimely(end, default, new Round(uint.MaxValue)));
        var widest = new ConsensusParameters { PrecisionMs = 60_000, MessageDelayMs = 600_000 };
        Assert.Null(widest.Fault());
        Assert.True(widest.IsTimely(end, end, new Round(uint.MaxValue)));
    }

    [Fact]
    public void HowFarABlockIsAheadIsCountedFromThePrecision()
    {
        Assert.Equal(0UL, Defaults.MillisecondsAhead(new Timestamp(Now + 500), new Timestamp(Now)));
        Assert.Equal(1UL, Defaults.MillisecondsAhead(new Timestamp(Now + 501), new Timestamp(Now)));
        Assert.Equal(0UL, Defaults.MillisecondsAhead(new Timestamp(0), new Timestamp(ulong.MaxValue)));
        Assert.Equal(ulong.MaxValue - 500, Defaults.MillisecondsAhead(new Timestamp(ulong.MaxValue), new Timestamp(0)));
    }
}
