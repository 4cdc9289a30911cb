using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class SeedChainDraftTests
{
    private readonly SeedChainDraft _draft;
    private byte _drawn;

    public SeedChainDraftTests() => _draft = new SeedChainDraft(length => new SeedChain(Hash256.Sha256([++_drawn]), length));

    [Fact]
    public void ItSaysTheSameUntilItComesTooLate()
    {
        var first = _draft.For(Due(0, 5));
        Assert.Equal((5UL, 64u), (first.Base, first.Length));
        Assert.Equal(first, _draft.For(Due(0, 7)));
        Assert.Equal(first, _draft.For(Due(5, 13)));
        var second = _draft.For(Due(6, 14));
        Assert.Equal(14UL, second.Base);
        Assert.NotEqual(first.Tip, second.Tip);
    }

    [Fact]
    public void AnotherIsDrawnOnceItIsRegistered()
    {
        var first = _draft.For(Due(0, 5));
        _draft.Note(null);
        Assert.Equal(first, _draft.For(Due(0, 5)));
        _draft.Note(new SeedChainRecord(RegisteredSeedChain.Fresh(Hash256.FromBytes(first.Tip.Span), 64, 5, Height.First), null));
        Assert.NotEqual(first.Tip, _draft.For(Due(0, 5)).Tip);
    }

    /// <summary>It was registered and retired before anybody looked.</summary>
    [Fact]
    public void WhatIsRetiredIsNotSaidAgain()
    {
        var first = _draft.For(Due(0, 5));
        Assert.NotEqual(first.Tip, _draft.For(Due(5, 5, Hash256.FromBytes(first.Tip.Span))).Tip);
    }

    private static TrainingDuty.RegisterSeedChain Due(ulong oldest, ulong newest, Hash256? retired = null) =>
        new(64, SeedChainReason.Missing, new SeedChainBeginning(oldest, newest, retired));
}
