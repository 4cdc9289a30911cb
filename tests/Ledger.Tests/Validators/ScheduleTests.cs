using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class ScheduleTests
{
    private readonly LedgerFixture _chain = new();

    [Fact]
    public void GenesisRulesTheFirstTwoHeights()
    {
        var set = _chain.Genesis.ValidatorSet();
        Assert.Equal(set, _chain.State.ContextOf(new Height(1)).Validators);
        Assert.Equal(set, _chain.State.ContextOf(new Height(1)).NextValidators);
        Assert.Equal(set, _chain.State.ContextOf(new Height(2)).Validators);
        Assert.Null(_chain.State.ContextOf(new Height(2)).NextValidators);
        Assert.Throws<InvariantException>(() => _chain.State.ContextOf(new Height(3)));
    }

    [Fact]
    public void ASetChangeTakesEffectTwoHeightsAfterTheBlockThatMadeIt()
    {
        _chain.StepTo(3);
        var old = _chain.State.Next.Validators;
        Assert.True(ValidatorSet.TryCreate(old.Validators.Skip(1), out var smaller));
        _chain.State = _chain.State.With(state => ValidatorsModule.SetMembers(state, smaller)); // as if block 4 began with it
        _chain.Step();

        Assert.Equal(old, _chain.State.ContextOf(new Height(5)).Validators);
        Assert.Equal(smaller, _chain.State.ContextOf(new Height(5)).NextValidators);
        Assert.Equal(smaller, _chain.State.ContextOf(new Height(6)).Validators);
        _chain.StepTo(20);
        Assert.Equal(3, _chain.LastCommit!.Signatures.Length);
        Assert.Equal(smaller.Root, _chain.LastBlock.Block.Header.ValidatorsRoot);
    }

    [Fact]
    public void WhatNoBlockAsksForIsForgotten()
    {
        _chain.StepTo(10);
        var records = _chain.State.Records.Count();
        _chain.StepTo(40);
        Assert.Equal(records, _chain.State.Records.Count());
    }

    [Fact]
    public void AFormerSetIsForgottenWithItsAbsentees()
    {
        _chain.StepTo(10);
        var records = _chain.State.Records.Count();
        var old = _chain.State.Next.Validators;
        Assert.True(ValidatorSet.TryCreate(old.Validators.Skip(1), out var smaller));
        for (var i = 0; i < 4; i++) _chain.Step([1, 2, 3], [], 0);
        _chain.State = _chain.State.With(state => ValidatorsModule.SetMembers(state, smaller));
        for (var i = 0; i < 2; i++) _chain.Step([1, 2, 3], [], 0);
        _chain.StepTo(40);
        Assert.Equal(records, _chain.State.Records.Count());
        Assert.Null(_chain.State.Get(AbsenceRecord.Key(old[0].Address)));
    }

    [Fact]
    public void EveryValidatorLeadsInTurn()
    {
        _chain.StepTo(32);
        var led = _chain.Blocks.CountBy(block => block.Block.Header.Author).ToDictionary();
        Assert.Equal(4, led.Count);
        Assert.All(led.Values, count => Assert.InRange(count, 7, 9));
    }

    [Fact]
    public void ALaterRoundHasTheNextLeader()
    {
        _chain.Step(null, [], 2);
        Assert.Equal(_chain.Genesis.ValidatorSet()[3].Address, _chain.LastBlock.Block.Header.Author);
        Assert.Equal(new Round(2), _chain.LastBlock.Block.Header.BuiltRound);
    }

    [Fact]
    public void QueriesShowTheNodeOfEachValidator()
    {
        var shown = ValidatorStatus.ReadAll(_chain.State);
        Assert.Equal(
            _chain.Genesis.Validators.OrderBy(v => v.Address).Select(v => new ValidatorStatus(v.Address, v.Node, v.Power, false)),
            shown);
    }
}
