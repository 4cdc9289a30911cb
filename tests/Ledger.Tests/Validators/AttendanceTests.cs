using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>With four validators f is 1: two distinct authors must miss a validator before it is absent.</summary>
public sealed class AttendanceTests
{
    private static readonly int[] WithoutThird = [0, 1, 3];

    private readonly LedgerFixture _chain = new();

    private Address Third => _chain.ValidatorKeys[2].Address;

    [Fact]
    public void AValidatorIsAbsentOnceTwoAuthorsBroughtCertificatesWithoutIt()
    {
        Miss(1);
        Assert.False(IsAbsent()); // block 1 misses it, but no block has brought that certificate
        Miss(1);
        Assert.False(IsAbsent()); // one author
        Miss(1);
        Assert.True(IsAbsent());
    }

    [Fact]
    public void OneAuthorAloneMakesNobodyAbsent()
    {
        var author = _chain.ValidatorKeys[0].Address;
        for (var i = 0; i < 8; i++)
        {
            var round = Enumerable.Range(0, 8).First(r => _chain.State.Next.Schedule.Leader(new Round((uint)r)) == author);
            _chain.Step(WithoutThird, [], (uint)round);
        }

        Assert.False(IsAbsent());
    }

    /// <summary>Nor by two keys.</summary>
    [Fact]
    public void ANewKeyMakesNoSecondAuthor()
    {
        var chain = new LedgerFixture(LedgerFixture.Fast);
        var (old, fresh) = (chain.ValidatorKeys[0], LedgerFixture.Key(5_000));
        chain.Know(fresh);
        for (var i = 0; i < 8; i++)
        {
            var next = chain.State.Next;
            var author = next.Validators.Contains(old.Address) ? old.Address : fresh.Address;
            var round = Enumerable.Range(0, 8).First(r => next.Schedule.Leader(new Round((uint)r)) == author);
            var signers = Enumerable.Range(0, 4).Where(index => next.Validators[index].Address != Third).ToArray();
            chain.Step(signers, [], (uint)round, i == 2 ? [chain.Rotate(old, fresh)] : []);
        }

        Assert.Equal(fresh.Address, chain.LastBlock.Block.Header.Author);
        Assert.False(ValidatorStatus.ReadAll(chain.State).Single(v => v.Address == Third).IsAbsent);
    }

    [Fact]
    public void AnAbsentLeaderIsPassedOverTwoHeightsLaterInRoundZeroOnly()
    {
        Miss(3);
        var seen = _chain.State.Height;
        Assert.Empty(_chain.State.ContextOf(seen.Next()).Schedule.Absent);
        Assert.Equal([Third], _chain.State.ContextOf(seen.Plus(2)).Schedule.Absent);

        var leaders = new List<Address>();
        var later = new List<Address>();
        for (var i = 0; i < 12; i++)
        {
            Miss(1);
            if (i < 1) continue;
            leaders.Add(_chain.State.Next.Schedule.Leader(Round.Zero));
            later.AddRange(Enumerable.Range(1, 4).Select(round => _chain.State.Next.Schedule.Leader(new Round((uint)round))));
        }

        Assert.DoesNotContain(Third, leaders);
        Assert.Contains(Third, later);
    }

    [Fact]
    public void APrecommitInACertificateBringsAValidatorBack()
    {
        Miss(5);
        Assert.True(IsAbsent());
        _chain.Step(); // signed by all
        Assert.True(IsAbsent());
        _chain.Step(); // brings that certificate
        Assert.False(IsAbsent());
        Assert.Empty(_chain.State.ContextOf(_chain.State.Height.Plus(2)).Schedule.Absent);
    }

    [Fact]
    public void ALatePrecommitShowsPresence()
    {
        Miss(5);
        Assert.True(IsAbsent());
        _chain.Step(WithoutThird, [_chain.Late(4, 2)], 0);
        Assert.False(IsAbsent());
    }

    [Fact]
    public void AValidatorThatIsOnlyEverLateIsNeverAbsent()
    {
        Miss(2);
        for (var i = 0; i < 10; i++)
        {
            _chain.Step(WithoutThird, [_chain.Late(_chain.State.Height.Value - 1, 2)], 0);
            Assert.False(IsAbsent());
        }
    }

    private void Miss(int blocks)
    {
        for (var i = 0; i < blocks; i++) _chain.Step(WithoutThird, [], 0);
    }

    private bool IsAbsent() => ValidatorStatus.ReadAll(_chain.State).Single(v => v.Address == Third).IsAbsent;
}
