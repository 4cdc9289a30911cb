using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>What is brought first, and what is not brought and why.</summary>
public sealed class RelayPlanTests
{
    private const ulong Now = 1_000_000, Far = Now + 1_000;

    private static readonly VaultView Vault = new(Now, 0, 3, 0, 0, 0, Amount.FromNtk(100), Amount.FromNtk(500), Amount.FromNtk(1), []);
    private static readonly RelayItem.Release Small = new(Words.Of(1), Amount.FromNtk(10), 20, Far), Older = new(Words.Of(2), Amount.FromNtk(20), 10, Far);
    private static readonly RelayItem.Order First = new(1, "Unpause", 5, Far), Second = new(2, "SetLimits", 7, Far);
    private static readonly RelayItem.Fork Fork = new(3, new byte[] { 1 });

    [Fact]
    public void AForkGoesBeforeTheNextSetThenOrdersThenWhatIsDueThenTheOldestRelease()
    {
        var vault = Vault with { UnpauseDue = Now, LimitsDue = Now - 1, RetireDue = 1 };
        var agenda = RelayPlan.Next(new RelayOffers(5, [Second, First], [Small, Older]), vault, [Fork], RelayScope.Everything);
        Assert.Equal(
            ["fork of set 3", "set 4", "order 1", "order 2", $"Unpause of {Now}", $"Limits of {Now - 1}", "Retirement of 1", Older.Key, Small.Key],
            agenda.Due.Select(item => item.Key));
        Assert.Empty(agenda.Held);
    }

    [Fact]
    public void OfSeveralSetsTheNextOneIsBroughtAndNoneWhereTheVaultHasThemAll()
    {
        Assert.Equal("set 4", Assert.Single(RelayPlan.Next(new RelayOffers(9, [], []), Vault, [], RelayScope.Everything).Due).Key);
        Assert.Empty(RelayPlan.Next(new RelayOffers(3, [], []), Vault, [], RelayScope.Everything).Due);
        Assert.Empty(RelayPlan.Next(new RelayOffers(2, [], []), Vault, [], RelayScope.Everything).Due); // a node that is behind
    }

    [Fact]
    public void WhoBringsSetsBringsNothingElse()
    {
        var agenda = RelayPlan.Next(new RelayOffers(4, [First], [Small]), Vault with { UnpauseDue = 1 }, [], RelayScope.Sets);
        Assert.Equal("set 4", Assert.Single(agenda.Due).Key);
    }

    [Fact]
    public void NothingIsBroughtToAVaultThatIsForkedOrRetired()
    {
        foreach (var flags in new byte[] { 4, 16, 31 })
        {
            var agenda = RelayPlan.Next(new RelayOffers(4, [First], [Small]), Vault with { Flags = flags }, [Fork], RelayScope.Everything);
            Assert.Empty(agenda.Due);
            Assert.NotNull(agenda.Closed);
        }
    }

    [Fact]
    public void WhatIsDoneIsHeldAsDone()
    {
        var agenda = RelayPlan.Next(new RelayOffers(3, [First], [Small]), Vault with { Done = [First.Key, Small.Key] }, [], RelayScope.Everything);
        Assert.Empty(agenda.Due);
        Assert.Equal([First.Key, Small.Key], agenda.Held.Where(held => held.IsDone).Select(held => held.Item.Key));
    }

    [Fact]
    public void ADeadlineThatIsNearIsNotPaidFor()
    {
        var late = Small with { DeadlineSeconds = Now + 59 };
        var agenda = RelayPlan.Next(new RelayOffers(3, [First with { DeadlineSeconds = Now }], [late, Older with { DeadlineSeconds = Now + 60 }]), Vault, [], RelayScope.Everything);
        Assert.Equal(Older.Key, Assert.Single(agenda.Due).Key);
        Assert.Equal([First.Key, late.Key], agenda.Held.Select(held => held.Item.Key));
        Assert.All(agenda.Held, held => Assert.False(held.IsDone));
    }

    [Fact]
    public void APauseOfReleasesHoldsReleasesAndTheRetirementAndNoOrder()
    {
        var agenda = RelayPlan.Next(new RelayOffers(3, [First], [Small]), Vault with { Flags = 2, RetireDue = 1, UnpauseDue = 1 }, [], RelayScope.Everything);
        Assert.Equal([First.Key, "Unpause of 1"], agenda.Due.Select(item => item.Key));
        Assert.Equal("a guardian stopped releases", Assert.Single(agenda.Held).Why);

        // A pause of locks alone holds nothing up.
        Assert.Contains(Small, RelayPlan.Next(new RelayOffers(3, [], [Small]), Vault with { Flags = 1 }, [], RelayScope.Everything).Due);
    }

    [Fact]
    public void TheLimitHoldsWhatIsAboveItAndLetsTheOthersPass()
    {
        var large = new RelayItem.Release(Words.Of(3), Amount.FromNtk(160), 1, Far);
        var never = new RelayItem.Release(Words.Of(4), Amount.FromNtk(501), 2, Far);
        var agenda = RelayPlan.Next(new RelayOffers(3, [], [large, never, Small]), Vault, [], RelayScope.Everything);
        Assert.Equal(Small, Assert.Single(agenda.Due));
        Assert.Equal("for the vault's limit, until about 1970-01-12 13:47 UTC", agenda.Held[0].Why); // a minute after Now
        Assert.Equal("it is above the vault's limit of 500 NTK", agenda.Held[1].Why);
        Assert.Contains(large, RelayPlan.Next(new RelayOffers(3, [], [large]), Vault with { Available = Amount.FromNtk(160) }, [], RelayScope.Everything).Due);
    }

    [Fact]
    public void ALimitThatDoesNotFillIsSaid()
    {
        var agenda = RelayPlan.Next(new RelayOffers(3, [], [Small]), Vault with { Available = Amount.Zero, PerSecond = Amount.Zero }, [], RelayScope.Everything);
        Assert.Equal("the vault's limit is used up and does not fill", Assert.Single(agenda.Held).Why);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(6UL)]
    [InlineData(ulong.MaxValue)]
    public void EachHasATurnOfItsOwnAndTheFirstOneGoesAround(ulong number)
    {
        var item = new RelayItem.Follow(number);
        var delays = Enumerable.Range(0, 4).Select(place => new RelayerTurns(place, 4, TimeSpan.FromMinutes(2)).DelayOf(item)).ToArray();
        Assert.Equal([0, 2, 4, 6], delays.Select(delay => (int)delay.TotalMinutes).Order());
        Assert.Equal(TimeSpan.Zero, delays[(int)(number % 4)]);
        Assert.Equal(TimeSpan.Zero, RelayerTurns.Alone.DelayOf(item));
    }

    [Fact]
    public void AFailureRestsTwiceAsLongEachTimeAndIsForgottenWithItsItem()
    {
        var (memory, item, now) = (new RelayMemory(), new RelayItem.Follow(1), DateTimeOffset.UnixEpoch);
        Assert.True(memory.IsReady(item, now, RelayerTurns.Alone));
        foreach (var minutes in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            memory.Failed(item, now);
            Assert.False(memory.IsReady(item, now.AddMinutes(minutes).AddSeconds(-1), RelayerTurns.Alone));
            Assert.True(memory.IsReady(item, now = now.AddMinutes(minutes), RelayerTurns.Alone));
        }

        memory.Failed(item, now);
        memory.Keep(ImmutableArray<RelayItem>.Empty);
        Assert.True(memory.IsReady(item, now, RelayerTurns.Alone));
    }

    [Fact]
    public void ATurnBeginsWhenTheItemIsFirstSeenDue()
    {
        var (memory, turns, now) = (new RelayMemory(), new RelayerTurns(2, 4, TimeSpan.FromMinutes(2)), DateTimeOffset.UnixEpoch);
        var item = new RelayItem.Follow(4); // the first in turn is place 0
        Assert.False(memory.IsReady(item, now, turns));
        Assert.False(memory.IsReady(item, now.AddMinutes(4).AddSeconds(-1), turns));
        Assert.True(memory.IsReady(item, now.AddMinutes(4), turns));
    }
}
