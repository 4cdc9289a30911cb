using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>A certificate convicts whoever attested something else.</summary>
public sealed class ConvictionTests
{
    private static readonly Amount Bond = Amount.FromNtk(100);

    private readonly TrainingWorld _world = new();

    [Fact]
    public void TheFirstTimeCostsAPartOfTheBondAndTheSecondAllOfItAndThePlace()
    {
        _world.Bond(1, Bond);
        Lie(1, [1]);
        Assert.Equal(Amount.FromNtk(95), _world.BondOf(1));
        Assert.False(ValidatorRecord.IsJailedAt(_world, _world.Keys[1].Address));
        Lie(2, [1]);
        Assert.Equal(Amount.Zero, _world.BondOf(1));
        Assert.True(ValidatorRecord.IsJailedAt(_world, _world.Keys[1].Address));
        Assert.Equal(["no", "yes"], _world.Of("training.false_attestation").Select(e => TrainingWorld.Attribute(e, "again")));
        Assert.Equal("false_attestation", TrainingWorld.Attribute(_world.Of("validators.jailed").Single(), "cause"));
        Assert.All(Enumerable.Range(0, 4).Where(i => i != 1), i => Assert.False(ValidatorRecord.IsJailedAt(_world, _world.Keys[i].Address)));
        Assert.DoesNotContain(_world.KeysInState, key => key.Bytes[0] == (byte)StateModule.Training && key.Bytes[1] == 15);
    }

    /// <summary>
    /// One broken machine attests in two rounds at a time, and both end: what was committed before the first conviction is no second time. What is
    /// committed after it is, also where others came between.
    /// </summary>
    [Fact]
    public void WhatWasCommittedBeforeTheFirstConvictionIsNoSecondTime()
    {
        _world.Bond(1, Bond);
        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        _world.RunToAttestation(candidate);
        var right = _world.Statement(candidate);
        var wrong = right with { IncumbentLossesRoot = Hash256.Sha256([77]) };
        // The other task's round ends in the block that takes the commitments.
        _world.Block(
            Enumerable.Range(0, 4).Select(i => _world.AttestCommit(i, i == 1 ? wrong : right)),
            after: context => context.State.Set(TrainingKeys.FalseAttestation(_world.Keys[1].Address), new ByteWriter().Height(context.Height).ToArray()));
        var first = _world.Height;
        _world.RunTo(TrainingPhase.AttestReveal);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.AttestReveal(i, i == 1 ? wrong : right))]);
        _world.RunTo(null);
        Assert.Equal("no", TrainingWorld.Attribute(_world.Of("training.false_attestation").Single(), "again"));
        Assert.Equal((Amount.FromNtk(95), false), (_world.BondOf(1), ValidatorRecord.IsJailedAt(_world, _world.Keys[1].Address)));
        Assert.Equal(new ByteWriter().Height(first).ToArray(), _world.Get(TrainingKeys.FalseAttestation(_world.Keys[1].Address)));
        Lie(2, [1]);
        Assert.True(ValidatorRecord.IsJailedAt(_world, _world.Keys[1].Address));
    }

    [Fact]
    public void WhatHasExpiredIsForgotten()
    {
        _world.Bond(1, Bond);
        Lie(1, [1]);
        // Evidence counts for blocks and for milliseconds; here time stands still, so the record is made older than the floor of evidence.
        _world.Block([], after: context => context.State.Set(StateKey.Of(StateModule.Evidence, 2), new ByteWriter().Height(context.Height).ToArray()));
        Lie(2, [1]);
        Assert.False(ValidatorRecord.IsJailedAt(_world, _world.Keys[1].Address));
        Assert.Equal(Amount.FromNtk(95) - Part(Amount.FromNtk(95), 5), _world.BondOf(1));
    }

    [Fact]
    public void WithoutACertificateNobodyIsConvicted()
    {
        _world.Bond(1, Bond);
        Lie(1, [1, 2]);
        Assert.Equal(RoundOutcome.NotAttested, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
        Assert.Equal(Bond, _world.BondOf(1));
        Assert.Empty(_world.Of("training.false_attestation"));
    }

    [Fact]
    public void ANewKeyAnswersForTheOldOne()
    {
        var fresh = TrainingWorld.Key("fresh", 1).Address;
        Lie(1, [1]);
        _world.Block([], after: context => Convictions.Move(context.State, _world.Keys[1].Address, fresh));
        Assert.Null(_world.Get(TrainingKeys.FalseAttestation(_world.Keys[1].Address)));
        Assert.NotNull(_world.Get(TrainingKeys.FalseAttestation(fresh)));
    }

    /// <summary>Jail ends pay and attestation rights at once, also for what was sent before.</summary>
    [Fact]
    public void TheJailedNeitherCountNorArePaid()
    {
        var candidate = TestCandidate.Make(_world, 1, producer: 3, gain: 20);
        _world.RunToAttestation(candidate);
        var statement = _world.Statement(candidate);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.AttestCommit(i, statement))]);
        _world.RunTo(TrainingPhase.AttestReveal);
        _world.Block(Enumerable.Range(0, 4).Select(i => _world.AttestReveal(i, statement)), after: context => Jail.Commit(context, _world.Keys[3].Address, "vote"));
        _world.RunTo(null);
        Assert.Equal([0, 1, 2], TrainingQueries.Certificate(_world, _world.Task, 1)!.Certificate.Signatures.Select(s => (int)s.Index));
        Assert.DoesNotContain(_world.Of("rewards.paid"), e => TrainingWorld.AddressIn(e, "to") == _world.Keys[3].Address);
        Assert.Contains(_world.Of("rewards.paid"), e => TrainingWorld.Attribute(e, "role") == "trainer");
        Assert.Empty(TrainingQueries.Terms(_world));
    }

    [Fact]
    public void WithoutTheJailedThereMayBeNoQuorum()
    {
        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        _world.RunToAttestation(candidate);
        var statement = _world.Statement(candidate);
        _world.Take([.. Enumerable.Range(0, 3).Select(i => _world.AttestCommit(i, statement))]);
        _world.RunTo(TrainingPhase.AttestReveal);
        _world.Block(Enumerable.Range(0, 3).Select(i => _world.AttestReveal(i, statement)), after: context => Jail.Commit(context, _world.Keys[2].Address, "vote"));
        _world.RunTo(null, most: 100);
        Assert.Equal(RoundOutcome.NotAttested, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
    }

    // A round in which some attest what is not so.
    private void Lie(int number, int[] liars)
    {
        var candidate = TestCandidate.Make(_world, number, gain: 20);
        _world.RunToAttestation(candidate);
        var right = _world.Statement(candidate);
        var wrong = right with { IncumbentLossesRoot = Hash256.Sha256([77]) };
        _world.Attest(Enumerable.Range(0, 4).Select(i => (i, liars.Contains(i) ? wrong : right)));
    }

    private static Amount Part(Amount whole, ulong percent) => Amount.DivRem(whole * percent, 100).Quotient;
}
