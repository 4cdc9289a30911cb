using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class WindowTests
{
    private readonly TrainingWorld _world = new();

    [Fact]
    public void AWindowClosesAfterItsBlocks()
    {
        _world.Take(_world.Commit(TestCandidate.Make(_world, 1)));
        var opened = _world.Height;
        Assert.Equal((TrainingPhase.Commit, opened), (_world.Round!.Phase, _world.Round.WindowOpened));
        _world.Block();
        Assert.Equal(TrainingPhase.Commit, _world.Round!.Phase);
        _world.Take(_world.Commit(TestCandidate.Make(_world, 2))); // the last block still takes it
        Assert.Equal((TrainingPhase.Reveal, opened.Plus(2)), (_world.Round!.Phase, _world.Round.WindowOpened));
    }

    /// <summary>A vote in the middle of a round changes the rounds after it.</summary>
    [Fact]
    public void TheWindowsOfARoundAreThoseOfItsOpening()
    {
        _world.Block([_world.Commit(TestCandidate.Make(_world, 1))], after: context =>
        {
            var changed = context.Parameters with { Training = context.Parameters.Training with { CommitBlocks = 9 } };
            context.State.Set(StateKey.Of(StateModule.Parameters, 0), changed.Encode());
        });
        Assert.Equal(new WindowLengths(2, 1, 1, 1, 1, 2, 2), _world.Round!.Windows);
        Assert.Equal(_world.Height.Plus(2), TrainingQueries.WindowEnd(_world.Round));
        _world.Block();
        _world.Block();
        Assert.Equal(TrainingPhase.Reveal, _world.Round!.Phase);
        _world.RunTo(null);
        _world.Take(_world.Commit(TestCandidate.Make(_world, 2)));
        Assert.Equal(9u, _world.Round!.Windows.Commit);
    }

    [Fact]
    public void OneAuthorAloneClosesNoWindow()
    {
        // Whoever leads block after block could leave everybody else's messages out.
        _world.Block([_world.Commit(TestCandidate.Make(_world, 1))], author: 1);
        for (var i = 0; i < 30; i++) _world.Block([], author: 2);
        Assert.Equal(TrainingPhase.Commit, _world.Round!.Phase);
        Assert.Equal([_world.Keys[2].Address], _world.Round.Authors);
        _world.Block([], author: 3);
        Assert.Equal(TrainingPhase.Reveal, _world.Round!.Phase);
        Assert.Empty(_world.Round.Authors);
    }

    [Fact]
    public void TheAuthorOfTheOpeningBlockDoesNotCountForIt()
    {
        _world.Block([_world.Commit(TestCandidate.Make(_world, 1))], author: 1);
        Assert.Empty(_world.Round!.Authors);
        _world.Block([], author: 2);
        _world.Block([], author: 2);
        Assert.Equal(TrainingPhase.Commit, _world.Round!.Phase);
    }

    /// <summary>What answers the opening cannot be in a block that was prepared before it: there nobody's silence is the sender's.</summary>
    [Fact]
    public void WhereSilenceCostsMoneyTheFirstBlockHasNoAuthor()
    {
        _world.RegisterChains();
        var candidate = TestCandidate.Make(_world, 1);
        _world.Take(_world.Commit(candidate));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Block([], author: 0);
        Assert.Empty(_world.Round!.Authors);
        _world.Block([_world.Reveal(candidate)], author: 1);
        Assert.Equal([_world.Keys[1].Address], _world.Round.Authors);
        Assert.Equal(TrainingPhase.Reveal, _world.Round.Phase);
        _world.Block([], author: 0);
        Assert.Equal(TrainingPhase.Availability, _world.Round.Phase);
        _world.Block([.. Enumerable.Range(0, 4).Select(i => _world.Vote(i, 1))], author: 0);
        Assert.Equal([_world.Keys[0].Address], _world.Round.Authors); // a vote that is late costs nothing by itself
        _world.RunTo(TrainingPhase.Seed);
        _world.Block([.. Enumerable.Range(0, 4).Select(_world.Share)], author: 0);
        _world.Block([], author: 1);
        Assert.Equal(TrainingPhase.Seed, _world.Round.Phase);
        _world.Block([], author: 2);
        Assert.Equal(TrainingPhase.AttestCommit, _world.Round.Phase);
    }

    /// <summary>Whoever leads, takes a new key and leads again is one validator.</summary>
    [Fact]
    public void TwoKeysOfOneValidatorAreOneAuthor()
    {
        _world.Block([_world.Commit(TestCandidate.Make(_world, 1))], author: 1);
        var fresh = TrainingWorld.Key("fresh", 1);
        Assert.Equal([TransactionRejection.None], _world.Block([_world.Rotate(2, fresh)], author: 2));
        _world.Block([], by: fresh.Address);
        Assert.Equal(TrainingPhase.Commit, _world.Round!.Phase);
        _world.Block([], author: 0);
        Assert.Equal(TrainingPhase.Reveal, _world.Round!.Phase);
    }

    [Fact]
    public void WithoutRevealsTheRoundIsVoidAndTheBondsBurn()
    {
        _world.Take(_world.Commit(TestCandidate.Make(_world, 1)), _world.Commit(TestCandidate.Make(_world, 2, trainer: 1)));
        _world.RunTo(null);
        Assert.Equal(Amount.FromNtk(20), _world.Supply.Burned);
        Assert.Equal(Amount.Zero, _world.Supply.Escrow);
        Assert.Equal(RoundOutcome.NothingRevealed, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
        Assert.All(_world.Of("training.bond_burned"), e => Assert.Equal("unrevealed", TrainingWorld.Attribute(e, "reason")));
        Assert.Equal(2, _world.Of("training.bond_burned").Count());
    }

    [Fact]
    public void ACandidateThatTooFewHoldIsVoidAndItsBondBurns()
    {
        var (held, lost) = (TestCandidate.Make(_world, 1, gain: 10), TestCandidate.Make(_world, 2, trainer: 1, gain: 20));
        ToAvailability(lost, held);
        _world.Take(_world.Vote(0, 0b11), _world.Vote(1, 0b11), _world.Vote(2, 0b10));
        _world.RunTo(TrainingPhase.Seed);
        Assert.Equal([CandidateStatus.Unavailable, CandidateStatus.Available], _world.Round!.Candidates.Select(c => c.Status));
        Assert.Equal(Amount.FromNtk(10), _world.Supply.Burned);
        Assert.Equal("unavailable", TrainingWorld.Attribute(_world.Of("training.bond_burned").Single(), "reason"));

        // The statement speaks of the other alone, and its proof is that of the right manifest.
        _world.Take([.. Enumerable.Range(0, 4).Select(_world.Share)]);
        _world.RunTo(TrainingPhase.AttestCommit);
        var statement = _world.Statement(held);
        Assert.Equal(held.Model, Assert.Single(statement.Candidates).Model);
        _world.Attest(Enumerable.Range(0, 4).Select(i => (i, statement)));
        Assert.Equal(held.Model, _world.TaskRecord.BestModel);
        var proof = TrainingModule.ProofOf(_world, TrainingQueries.Terms(_world)[0].ProofRoot)!;
        Assert.Equal(TrainingProofFault.None, proof.Check(_world.Hash, _world.Validators));
    }

    [Fact]
    public void WithoutAnAvailableCandidateTheRoundIsVoid()
    {
        ToAvailability(TestCandidate.Make(_world, 1));
        _world.Take(_world.Vote(0, 0), _world.Vote(1, 1), _world.Vote(2, 1));
        _world.RunTo(null);
        Assert.Equal(RoundOutcome.NothingAvailable, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
        Assert.Equal(Amount.FromNtk(10), _world.Supply.Burned);
        Assert.Equal(0UL, TrainingQueries.SeedCounter(_world));
    }

    [Fact]
    public void AvailabilityWaitsForSlowVotersButNotForEver()
    {
        ToAvailability(TestCandidate.Make(_world, 1));
        var opened = _world.Round!.WindowOpened;
        _world.Take(_world.Vote(0, 1), _world.Vote(1, 1));
        for (var i = 0; i < 3; i++) _world.Block();
        Assert.Equal(TrainingPhase.Availability, _world.Round!.Phase);
        _world.RunTo(null);
        Assert.Equal(opened.Plus(RoundWindows.PatienceFactor), _world.Height);
        Assert.Equal(RoundOutcome.NothingAvailable, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
    }

    [Fact]
    public void RoundsOfTwoTasksRunSideBySide()
    {
        _world.RunTwoTasksToSeed();
        Assert.Equal((1UL, 2UL), (_world.Round!.SeedIndex, TrainingQueries.Round(_world, _world.OtherTask)!.SeedIndex));
        // The later share first: the earlier one is then known to all, and still taken.
        _world.Take([.. Enumerable.Range(0, 3).SelectMany(i => new[] { _world.Share(i, _world.Chains[i].Share(2), _world.OtherTask), _world.Share(i) })]);
        _world.RunTo(TrainingPhase.AttestCommit);
        Assert.Equal(TrainingPhase.AttestCommit, TrainingQueries.Round(_world, _world.OtherTask)!.Phase);
        Assert.NotEqual(_world.Round!.Seed, TrainingQueries.Round(_world, _world.OtherTask)!.Seed);
    }

    private void ToAvailability(params TestCandidate[] candidates)
    {
        _world.RegisterChains();
        _world.Take([.. candidates.Select(_world.Commit)]);
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take([.. candidates.Select(_world.Reveal)]);
        _world.RunTo(TrainingPhase.Availability);
    }
}
