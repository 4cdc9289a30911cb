using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>Whom the planner asks for what. Peers are A, B, C and so on; the validators behind A to D have one of four votes each.</summary>
public sealed class SyncPlannerTests
{
    private readonly SyncPlanner _planner = new();
    private readonly HashSet<Height> _held = [];
    private Timestamp _now = new(1_000_000);

    public SyncPlannerTests() => _planner.Weigh(new[] { 'A', 'B', 'C', 'D' }.ToDictionary(AddressOf, _ => 1UL), 4);

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("A=1152921504606846976", 0, 1152921504606846976)] // 2^60, by one of four
    [InlineData("A=18446744073709551615", 0, 18446744073709551615)]
    [InlineData("A=900 B=7", 7, 900)] // one of these two is honest
    [InlineData("A=900 B=7 C=8", 8, 900)]
    [InlineData("A=900 B=900", 900, 900)]
    [InlineData("E=500 F=500 G=500 H=500", 0, 500)] // observers: as many as you like
    [InlineData("E=500 A=4 F=500 C=3", 3, 500)]
    [InlineData("A=9 A=4 B=9", 9, 9)] // what was said is said
    public void AHeightIsBelievedWhereMoreThanAThirdOfThePowerSaysSo(string claims, ulong best, ulong claimed)
    {
        Hear(claims);
        Assert.Equal((best, claimed), (_planner.Best.Value, _planner.Claimed.Value));
    }

    [Fact]
    public void AThirdExactlyIsNotEnough()
    {
        _planner.Weigh(new[] { 'A', 'B', 'C' }.ToDictionary(AddressOf, _ => 1UL), 3);
        Hear("A=50");
        Assert.Equal(Height.Genesis, _planner.Best);
        Hear("B=40");
        Assert.Equal(new Height(40), _planner.Best);
    }

    [Fact]
    public void PowerCountsAsItIsNow()
    {
        Hear("A=50 B=40");
        _planner.Weigh(new SortedDictionary<Address, ulong> { [AddressOf('A')] = 3, [AddressOf('B')] = 1 }, 4);
        Assert.Equal(new Height(50), _planner.Best);
        _planner.Weigh(new SortedDictionary<Address, ulong> { [AddressOf('C')] = 4 }, 4);
        Assert.Equal(Height.Genesis, _planner.Best);
    }

    [Fact]
    public void ACertificateProvesWhatNobodyElseSays()
    {
        Hear("A=50");
        _planner.Proved(new Height(30));
        _planner.Proved(new Height(20));
        Assert.Equal(new Height(30), _planner.Best);
        _planner.Forget(AddressOf('A'), _now);
        Assert.Equal((new Height(30), Height.Genesis), (_planner.Best, _planner.Claimed));
    }

    [Theory]
    [InlineData("A=1000 B=1000 C=1000 D=1000 E=1000", "A 1-50, B 51-100, C 101-150, D 151-200")]
    [InlineData("A=1000 B=1000", "A 1-50, B 51-100")]
    [InlineData("A=60 B=1000 C=1000", "A 1-50, B 51-100, C 101-150")] // A says what C says too
    [InlineData("A=1152921504606846976 B=60 C=60", "B 1-50, C 51-60, A 61-110")] // alone with its claim: the last one
    [InlineData("E=70", "E 1-50")]
    [InlineData("A=3 B=3", "A 1-3")]
    [InlineData("", "")]
    public void RangesGoToSeveralPeersLowestHeightsFirst(string claims, string asked)
    {
        Hear(claims);
        Assert.Equal(asked, Next());
    }

    [Theory]
    [InlineData(200, "A 1-50, B 51-100, C 101-150")]
    [InlineData(100, "A 1-25, B 26-50, C 51-75")]
    [InlineData(8, "A 1-2, B 3-4, C 5-6")]
    [InlineData(2, "A 1-1, B 2-2")]
    public void WhereThereIsLittleRoomLittleIsAskedFor(ulong window, string asked)
    {
        Hear("A=1000 B=1000 C=1000");
        Assert.Equal(asked, Next(window: window));
    }

    [Fact]
    public void NobodyIsAskedTwiceAtATimeAndNothingIsAskedForTwice()
    {
        Hear("A=1000 B=1000 C=70");
        Assert.Equal("A 1-50, B 51-100", Next());
        Assert.Equal("", Next());
        End(1, 50);
        Assert.Equal("A 101-150", Next(applied: 20)); // 21 to 50 came, 51 to 100 are asked for, C has no more
    }

    [Fact]
    public void WhatIsMissingBetweenWhatIsHeldIsAskedForFirst()
    {
        Hear("A=1000 B=1000 C=1000");
        for (ulong height = 1; height <= 40; height++) if (height is not (7 or 8 or 20)) _held.Add(new Height(height));
        Assert.Equal("A 7-8, B 20-20, C 41-90", Next());
    }

    [Fact]
    public void WhatDidNotComeIsAskedOfSomebodyElse()
    {
        Hear("A=30 B=30");
        Assert.Equal("A 1-30", Next());
        End(1, 12);
        Assert.Equal("B 13-30", Next()); // who was not tried yet comes before those that were
        Assert.Equal(12, _held.Count);
    }

    [Theory]
    [InlineData(1, SyncVerdict.Wanted)]
    [InlineData(2, SyncVerdict.Gap)]
    [InlineData(50, SyncVerdict.Gap)]
    [InlineData(51, SyncVerdict.Unasked)]
    [InlineData(0, SyncVerdict.Unasked)]
    [InlineData(ulong.MaxValue, SyncVerdict.Unasked)]
    public void OnlyTheNextBlockOfTheRangeIsWanted(ulong height, SyncVerdict verdict)
    {
        Hear("A=1000");
        Next();
        Assert.Equal(verdict, _planner.Received(1, new Height(height)));
        if (verdict == SyncVerdict.Wanted) Assert.Equal(SyncVerdict.Unasked, _planner.Received(1, new Height(height))); // a second time
    }

    [Fact]
    public void OldBlocksAreNoHelp()
    {
        Hear("A=1000");
        Assert.Equal("A 501-550", Next(applied: 500));
        Assert.True(_planner.IsComing(new Height(501)));
        for (ulong height = 451; height <= 500; height++) Assert.Equal(SyncVerdict.Unasked, _planner.Received(1, new Height(height)));
        _planner.Ended(1, _now);
        Assert.False(_planner.IsComing(new Height(501)));
        Assert.Equal("", Next(applied: 500)); // as if it had said nothing
    }

    [Fact]
    public void AnAnswerThatIsOverIsLate()
    {
        Hear("A=1000");
        Next();
        _planner.Ended(1, _now);
        Assert.Equal(SyncVerdict.Late, _planner.Received(1, new Height(1)));
        Assert.Equal(SyncVerdict.Late, _planner.Received(77, new Height(1)));
        _planner.Ended(1, _now);
        _planner.Ended(77, _now);
    }

    [Fact]
    public void WhoAnswersNothingPausesLongerEachTime()
    {
        Hear("A=1000");
        ulong attempt = 0;
        foreach (var pause in new ulong[] { 500, 1_000, 2_000, 4_000, 8_000, 8_000 })
        {
            Assert.Equal("A 1-50", Next());
            _planner.Ended(++attempt, _now);
            Pass(pause - 1);
            Assert.Equal("", Next());
            Pass(1);
        }

        Assert.Equal("A 1-50", Next());
        End(++attempt, 50);
        Assert.Equal("A 51-100", Next(applied: 50)); // one good answer, and all is forgotten
    }

    [Fact]
    public void AClockThatIsSetBackEndsAPause()
    {
        Hear("A=1000");
        Next();
        _planner.Ended(1, _now);
        Assert.Equal("", Next());
        _now = new Timestamp(5);
        Assert.Equal("A 1-50", Next());
    }

    [Fact]
    public void FasterPeersAreAskedFirst()
    {
        Hear("A=1000 B=1000 C=1000");
        Next(window: 3);
        Pass(10);
        End(2, 1);
        Pass(10);
        End(3, 1);
        Pass(10);
        End(1, 1);
        Assert.Equal("B 4-4, C 5-5, A 6-6", Next(applied: 3, window: 3));
    }

    [Fact]
    public void ASilentPeerHoldsARangeUpForOnePatience()
    {
        Hear("A=1000 B=1000");
        Next(window: 2);
        End(2, 1);
        Assert.Equal("", Next(window: 2));
        Assert.Equal(SyncWait.GivenUp, _planner.TimedOut(1, _now));
        Assert.Equal("B 1-1", Next(window: 2));
        Assert.Equal(SyncWait.Over, _planner.TimedOut(1, _now));
    }

    [Theory]
    [InlineData(false, SyncWait.GoesOn)]
    [InlineData(true, SyncWait.GivenUp)] // somebody else has the time
    public void WhoIsSlowGoesOnWhereNobodyElseIsThere(bool another, SyncWait wait)
    {
        Hear(another ? "A=1000 B=1000" : "A=1000");
        Next(window: 4);
        if (another) End(2, 1);
        _planner.Received(1, new Height(1));
        Assert.Equal(wait, _planner.TimedOut(1, _now));
        Assert.Equal(SyncWait.GivenUp == wait ? SyncWait.Over : SyncWait.GivenUp, _planner.TimedOut(1, _now)); // nothing came since
    }

    /// <summary>Full blocks take their receiver longer than patience has: what is checked already would be asked of another, and checked again.</summary>
    [Fact]
    public void WhoSendsMegabytesGoesOnThoughAnotherIsFree()
    {
        Hear("A=1000 B=1000");
        Next(window: 4);
        End(2, 1);
        _planner.Received(1, new Height(1), (int)SyncPlanner.SwiftBytes);
        Assert.Equal(SyncWait.GoesOn, _planner.TimedOut(1, _now));
        Assert.Equal(SyncWait.GivenUp, _planner.TimedOut(1, _now)); // those had been seen
    }

    [Fact]
    public void WhoLiedIsNotHeardForAWhileEvenWhereItConnectsAgain()
    {
        Hear("A=1000 B=1000");
        Next(window: 4);
        Assert.Equal(1UL, _planner.Ban(AddressOf('A'), _now)!.Attempt);
        Assert.Null(_planner.Ban(AddressOf('A'), _now));
        _planner.Forget(AddressOf('A'), _now);
        Hear("A=1000");
        Assert.Equal(Height.Genesis, _planner.Best);
        Assert.Equal(SyncVerdict.Late, _planner.Received(1, new Height(1)));
        End(2, 1);
        Assert.Equal("B 1-1", Next(window: 4));
        Pass(SyncPlanner.BanMs - 1);
        Hear("A=1000");
        Assert.Equal(Height.Genesis, _planner.Best);
        Pass(1);
        Hear("A=1000");
        Assert.Equal(new Height(1000), _planner.Best);
    }

    [Fact]
    public void WhoLeavesIsAskedNothing()
    {
        Hear("A=1000 B=1000");
        Next(window: 4);
        _planner.Forget(AddressOf('A'), _now);
        Assert.False(_planner.IsComing(new Height(1)));
        End(2, 1);
        Assert.Equal("B 1-1", Next(window: 4));
    }

    /// <summary>Or who leaves each time before its patience is over would be asked first each time, and hold everybody up.</summary>
    [Fact]
    public void WhoLeavesWithAQuestionOpenHasNotAnsweredIt()
    {
        Hear("A=1000 B=1000");
        Assert.Equal("A 1-1, B 2-2", Next(window: 4));
        _planner.Forget(AddressOf('A'), _now);
        Hear("A=1000");
        Assert.Equal("", Next(window: 4)); // it waits like everybody who answered nothing, and B is asked
        End(2, 1);
        Assert.Equal("B 1-1", Next(window: 4));
        Pass(60_000);
        End(3, 1);
        Assert.Equal("B 3-3, A 4-4", Next(window: 4));
    }

    /// <summary>A peer that claims what it cannot show is no reason to wait longer; one that was not asked yet, or answered since, is.</summary>
    [Fact]
    public void AClaimIsCredibleUntilNothingComesOfIt()
    {
        Hear("A=1000 E=9000");
        Assert.Equal(new Height(9000), _planner.Credible);
        Assert.Equal("A 1-1, E 2-2", Next(window: 4));
        _planner.Ended(2, _now);
        Assert.Equal((new Height(1000), new Height(9000)), (_planner.Credible, _planner.Claimed));
        _planner.Forget(AddressOf('E'), _now);
        Hear("E=9000");
        Assert.Equal(new Height(1000), _planner.Credible);
        Pass(60_000);
        End(1, 1);
        Assert.Equal("A 2-2, E 3-3", Next(window: 4));
        End(4, 1);
        Assert.Equal(new Height(9000), _planner.Credible);
    }

    internal static Address AddressOf(char name)
    {
        var bytes = new byte[Address.Size];
        bytes[0] = (byte)name;
        return Address.FromBytes(bytes);
    }

    private void Hear(string claims)
    {
        foreach (var claim in claims.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            _planner.Heard(AddressOf(claim[0]), new Height(ulong.Parse(claim[2..], CultureInfo.InvariantCulture)), _now);
    }

    private string Next(ulong applied = 0, ulong window = 200) => string.Join(", ", _planner.Next(new Height(applied), window, _held.Contains, _now)
        .Select(request => $"{(char)request.Peer.ToArray()[0]} {request.From}-{request.To}"));

    // The answer to a request: so many of its blocks, from the first on.
    private void End(ulong attempt, int blocks)
    {
        foreach (var height in Enumerable.Range(1, 1000).Select(height => new Height((ulong)height)))
        {
            if (blocks == 0) break;
            if (_planner.Received(attempt, height) != SyncVerdict.Wanted) continue;
            _held.Add(height);
            blocks--;
        }

        _planner.Ended(attempt, _now);
    }

    private void Pass(ulong milliseconds) => _now = _now.Plus(milliseconds);
}
