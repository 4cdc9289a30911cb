using System.Collections.Immutable;

namespace NeuroChain.Chain.Tests;

public sealed class LeaderScheduleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(8)]
    public void EverybodyLeadsEquallyOftenInRotationAndInCaretakerHeights(int validators)
    {
        var set = SetOf(validators);
        var heights = Enumerable.Range(1, 400 * validators).Select(h => new Height((ulong)h)).ToList();
        foreach (var isRotation in new[] { true, false })
        {
            var leaders = heights.Where(h => LeaderSchedule.IsRotationHeight(h) == isRotation).Select(h => Leader(set, h)).ToList();
            var counts = leaders.CountBy(leader => leader).ToDictionary();
            Assert.Equal(validators, counts.Count);
            Assert.True(counts.Values.Max() - counts.Values.Min() <= 1, string.Join(' ', counts.Values));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public void InFourHundredHeightsNobodyIsMoreThanOneTurnAhead(int validators)
    {
        var set = SetOf(validators);
        foreach (var isRotation in new[] { true, false })
        {
            var counts = Enumerable.Range(1, 400).Select(h => new Height((ulong)h)).Where(h => LeaderSchedule.IsRotationHeight(h) == isRotation)
                .CountBy(h => Leader(set, h)).ToDictionary();
            Assert.Equal(validators, counts.Count);
            Assert.True(counts.Values.Max() - counts.Values.Min() <= 1, string.Join(' ', counts.Values));
        }
    }

    [Fact]
    public void EveryFourthHeightIsARotationHeight() =>
        Assert.Equal([4, 8, 12], Enumerable.Range(1, 12).Where(h => LeaderSchedule.IsRotationHeight(new Height((ulong)h))));

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public void LaterRoundsGoToEverybodyInTurn(int validators)
    {
        var set = SetOf(validators);
        for (ulong height = 1; height <= 40; height++)
        {
            var schedule = new LeaderSchedule(new Height(height), set, null, []);
            var leaders = Enumerable.Range(0, validators).Select(r => schedule.Leader(new Round((uint)r))).ToList();
            Assert.Equal(validators, leaders.Distinct().Count());
            Assert.Equal(leaders, Enumerable.Range(validators, validators).Select(r => schedule.Leader(new Round((uint)r))));
        }
    }

    [Fact]
    public void AbsentOnesArePassedOverInRoundZeroOnly()
    {
        var set = SetOf(4);
        for (ulong height = 1; height <= 40; height++)
        {
            var all = new LeaderSchedule(new Height(height), set, null, []);
            var first = all.Leader(Round.Zero);
            var without = all with { Absent = [first] };
            Assert.Equal(all.Leader(new Round(1)), without.Leader(Round.Zero)); // the next in turn
            for (uint round = 1; round < 9; round++) Assert.Equal(all.Leader(new Round(round)), without.Leader(new Round(round)));
            var only = all with { Absent = [.. set.Validators.Select(v => v.Address).Where(a => a != first)] };
            Assert.Equal(first, only.Leader(Round.Zero));
        }
    }

    [Fact]
    public void WhereAllAreAbsentNobodyIsPassedOver()
    {
        var set = SetOf(4);
        var everybody = set.Validators.Select(v => v.Address).ToImmutableArray();
        for (ulong height = 1; height <= 12; height++)
            Assert.Equal(Leader(set, new Height(height)), new LeaderSchedule(new Height(height), set, null, everybody).Leader(Round.Zero));
    }

    [Fact]
    public void ATermLeadsRoundZeroOnly()
    {
        var set = SetOf(4);
        var plain = new LeaderSchedule(new Height(5), set, null, []);
        var holder = set.Validators.Select(v => v.Address).First(a => a != plain.Leader(Round.Zero));
        var term = new TermAssignment(3, holder, Hash256.Sha256([1]));
        var led = plain with { Term = term };
        Assert.Equal(holder, led.Leader(Round.Zero));
        for (uint round = 1; round < 9; round++) Assert.Equal(plain.Leader(new Round(round)), led.Leader(new Round(round)));
        Assert.Equal(term, led.TermOf(Round.Zero));
        Assert.Null(led.TermOf(new Round(1)));
        Assert.Null(plain.TermOf(Round.Zero));
    }

    [Fact]
    public void TheLastRoundHasALeader() => Assert.True(SetOf(7).Contains(new LeaderSchedule(new Height(ulong.MaxValue), SetOf(7), null, []).Leader(new Round(uint.MaxValue - 1))));

    private static Address Leader(ValidatorSet set, Height height) => new LeaderSchedule(height, set, null, []).Leader(Round.Zero);

    private static ValidatorSet SetOf(int validators)
    {
        var stream = new SeededStream(1);
        Assert.True(ValidatorSet.TryCreate(Enumerable.Range(0, validators).Select(_ => new Validator(ChainFormats.AnyAddress(stream), 1)), out var set));
        return set;
    }
}
