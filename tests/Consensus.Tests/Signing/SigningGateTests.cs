using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

public sealed class SigningGateTests
{
    private static readonly Height Ten = new(10);

    [Fact]
    public void ALonelyValidatorSignsAtOnce()
    {
        var committee = new Committee(1);
        Assert.Equal(SignRefusal.None, new SigningGate(committee.Set[0].Address).Check(committee.Set, Height.First, Height.Genesis));
    }

    /// <summary>Two others of four make three quarters with its own; exactly two thirds are not more than two thirds.</summary>
    [Theory]
    [InlineData(new ulong[] { 1, 1, 1, 1 }, new int[] { }, false)]
    [InlineData(new ulong[] { 1, 1, 1, 1 }, new[] { 1 }, false)]
    [InlineData(new ulong[] { 1, 1, 1, 1 }, new[] { 1, 1, 1 }, false)] // the same again
    [InlineData(new ulong[] { 1, 1, 1, 1 }, new[] { 0, 1 }, false)] // itself
    [InlineData(new ulong[] { 1, 1, 1, 1 }, new[] { 1, 3 }, true)]
    [InlineData(new ulong[] { 1, 1, 1 }, new[] { 1 }, false)]
    [InlineData(new ulong[] { 1, 1, 1 }, new[] { 1, 2 }, true)]
    [InlineData(new ulong[] { 1, 9, 1, 1 }, new[] { 1 }, true)]
    [InlineData(new ulong[] { 1, 9, 1, 1 }, new[] { 2, 3 }, false)]
    public void ItSpeaksWhenItHasHeardFromMoreThanTwoThirds(ulong[] powers, int[] heard, bool isOpen)
    {
        var committee = new Committee(powers);
        var gate = new SigningGate(committee.Set[0].Address);
        foreach (var validator in heard) gate.Heard(committee.Set[validator].Address, Height.Genesis);
        Assert.Equal(isOpen ? SignRefusal.None : SignRefusal.Syncing, gate.Check(committee.Set, Ten, Height.Genesis));
    }

    [Fact]
    public void StrangersCountForNothing()
    {
        var committee = new Committee(1, 1, 1, 1);
        var gate = new SigningGate(committee.Set[0].Address);
        for (byte i = 0; i < 100; i++) gate.Heard(PrivateKey.FromSeed(Hash256.Sha256([i, 1])).Address, Height.Genesis);
        Assert.Equal(SignRefusal.Syncing, gate.Check(committee.Set, Ten, Height.Genesis));
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, true)] // decided elsewhere just now: its precommits are on their way, and ours may be among those that are waited for
    [InlineData(11, false)]
    [InlineData(ulong.MaxValue, false)]
    public void WhileItIsBehindItIsSilent(ulong best, bool isOpen)
    {
        var gate = Oriented(out var committee);
        Assert.Equal(isOpen ? SignRefusal.None : SignRefusal.Syncing, gate.Check(committee.Set, Ten, new Height(best)));
    }

    [Fact]
    public void ItClosesAndOpensWithWhatIsKnownAndNeedNotHearAgain()
    {
        var gate = Oriented(out var committee);
        Assert.Equal(SignRefusal.None, gate.Check(committee.Set, Ten, new Height(9)));
        Assert.Equal(SignRefusal.Syncing, gate.Check(committee.Set, Ten, new Height(20)));
        Assert.Equal(SignRefusal.None, gate.Check(committee.Set, new Height(20), new Height(20)));
        var strangers = new Committee(5, 5, 5, 5, 5);
        Assert.Equal(SignRefusal.None, gate.Check(strangers.Set, new Height(20), new Height(9))); // the set changed: it has its bearings all the same
    }

    /// <summary>One of the two is honest, whatever became of their connections; what one says alone may be a lie.</summary>
    [Fact]
    public void WhatMoreThanAThirdSaidIsBelieved()
    {
        var gate = Oriented(out var committee);
        gate.Heard(committee.Set[1].Address, new Height(ulong.MaxValue));
        Assert.Equal(SignRefusal.None, gate.Check(committee.Set, Ten, Height.Genesis));
        gate.Heard(committee.Set[2].Address, new Height(11));
        gate.Heard(committee.Set[2].Address, new Height(3)); // an old word that comes late
        Assert.Equal(SignRefusal.Syncing, gate.Check(committee.Set, Ten, Height.Genesis));
        Assert.Equal(SignRefusal.None, gate.Check(committee.Set, new Height(11), Height.Genesis));
    }

    /// <summary>
    /// Who comes back after a long time weighs what it hears by an old set, until newer blocks bring the new one. Those who are validators no more
    /// could silence it for good with one word, if it kept what it believed meanwhile.
    /// </summary>
    [Fact]
    public void WhatFormerValidatorsSaidCountsNoMoreWhenTheSetIsKnown()
    {
        var former = new Committee(1, 1, 1, 1, 1, 1, 1, 1);
        var gate = Oriented(out var present);
        foreach (var liar in former.Set.Validators.Where(validator => !present.Set.Contains(validator.Address)))
            gate.Heard(liar.Address, new Height(1UL << 60));
        Assert.Equal(SignRefusal.Syncing, gate.Check(former.Set, Ten, new Height(1UL << 60)));
        Assert.Equal(SignRefusal.None, gate.Check(present.Set, new Height(20), new Height(20)));
    }

    /// <summary>A newcomer with one peer would be silent for ever. While that one says that it is behind, it waits with good reason.</summary>
    [Fact]
    public void WhoHearsFromFewWaitsForAWhileAndThenSpeaks()
    {
        var committee = new Committee(1, 1, 1, 1);
        var gate = new SigningGate(committee.Set[0].Address);
        gate.Heard(committee.Set[1].Address, new Height(12));
        for (var i = 0; i < 2 * SigningGate.Patience; i++) gate.Waited(Ten, new Height(12));
        for (var i = 1; i < SigningGate.Patience; i++) gate.Waited(new Height(13), new Height(12));
        Assert.Equal(SignRefusal.Syncing, gate.Check(committee.Set, new Height(13), Height.Genesis));
        gate.Waited(new Height(13), new Height(13));
        Assert.Equal(SignRefusal.None, gate.Check(committee.Set, new Height(13), Height.Genesis));
        Assert.Equal(SignRefusal.Syncing, gate.Check(committee.Set, new Height(13), new Height(14)));
    }

    /// <summary>An observer's gate: it has no power, and no vote either, but may become a validator.</summary>
    [Fact]
    public void WhoIsNoValidatorYetHearsTheOthers()
    {
        var committee = new Committee(1, 1, 1, 1);
        var gate = new SigningGate(default);
        gate.Heard(committee.Set[0].Address, Height.Genesis);
        gate.Heard(committee.Set[1].Address, Height.Genesis);
        Assert.Equal(SignRefusal.Syncing, gate.Check(committee.Set, Ten, Height.Genesis));
        gate.Heard(committee.Set[2].Address, Height.Genesis);
        Assert.Equal(SignRefusal.None, gate.Check(committee.Set, Ten, Height.Genesis));
    }

    private static SigningGate Oriented(out Committee committee)
    {
        committee = new Committee(1, 1, 1, 1);
        var gate = new SigningGate(committee.Set[0].Address);
        gate.Heard(committee.Set[1].Address, Height.Genesis);
        gate.Heard(committee.Set[2].Address, Height.Genesis);
        return gate;
    }
}
