using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Tasks that nobody improves are given up, and votes close and open them.</summary>
public sealed class TaskClosingTests
{
    private readonly TrainingWorld _world = new(new TrainingParameters { EvaluationSamples = 64, PrivateSamples = 3, DeadRounds = 2, DeadBlocks = 200 });

    [Fact]
    public void RoundsWithoutAGainOneAfterTheOtherCloseATask()
    {
        Fail(1);
        _world.RunRound(TestCandidate.Make(_world, 2, gain: 20));
        Assert.Equal(0u, _world.TaskRecord.RoundsWithoutGain);
        Fail(3);
        Assert.False(_world.TaskRecord.IsClosed);
        Fail(4);
        Assert.True(_world.TaskRecord.IsClosed);
        Assert.Equal("rounds", TrainingWorld.Attribute(_world.Of("training.task_closed").Single(), "cause"));
        Assert.Equal(TransactionRejection.TaskClosed, _world.One(_world.Commit(TestCandidate.Make(_world, 5))));
    }

    [Fact]
    public void AVoidRoundSaysNothingAboutTheTask()
    {
        for (var i = 1; i < 4; i++)
        {
            _world.Take(_world.Commit(TestCandidate.Make(_world, i)));
            _world.RunTo(null);
        }

        Assert.Equal((0u, false), (_world.TaskRecord.RoundsWithoutGain, _world.TaskRecord.IsClosed));
    }

    [Fact]
    public void BlocksWithoutAGainCloseATaskThatWasTriedOftenEnough()
    {
        var world = Patient();
        for (var i = 0; i < 250; i++) world.Block(); // before the first round no time passes for it
        world.RunRound(TestCandidate.Make(world, 1));
        Assert.False(world.TaskRecord.IsClosed);
        var began = world.TaskRecord.LastGain;
        for (var i = 2; i < TaskClosing.RoundsTried; i++) world.RunRound(TestCandidate.Make(world, i));
        while (world.Height < began.Plus(500)) world.Block();
        Assert.False(world.TaskRecord.IsClosed);
        Assert.Equal(TaskClosing.RoundsTried - 1, world.TaskRecord.RoundsWithoutGain);
        world.RunRound(TestCandidate.Make(world, 50));
        Assert.True(world.TaskRecord.IsClosed);
        Assert.Equal("blocks", TrainingWorld.Attribute(world.Of("training.task_closed").Single(), "cause"));
    }

    /// <summary>Whoever waits for a pause cannot close a task with one try, and a round that says nothing closes none at all.</summary>
    [Fact]
    public void APauseClosesNoTask()
    {
        var world = Patient();
        world.RunRound(TestCandidate.Make(world, 1));
        for (var i = 0; i < 600; i++) world.Block();
        world.RunRound(TestCandidate.Make(world, 2));
        Assert.Equal((2u, false), (world.TaskRecord.RoundsWithoutGain, world.TaskRecord.IsClosed));
        for (var i = 3; i < TaskClosing.RoundsTried; i++) world.RunRound(TestCandidate.Make(world, i));
        world.Take(world.Commit(TestCandidate.Make(world, 40))); // never revealed
        world.RunTo(null);
        Assert.Equal((RoundOutcome.NothingRevealed, false), (TrainingQueries.Outcome(world, world.Task, world.TaskRecord.NextRound - 1)!.Outcome, world.TaskRecord.IsClosed));
    }

    /// <summary>Enough was tried, and long enough ago: a void round is no try, so it closes nothing.</summary>
    [Fact]
    public void AVoidRoundClosesNothing()
    {
        var world = Patient();
        for (var i = 1; i <= TaskClosing.RoundsTried; i++) world.RunRound(TestCandidate.Make(world, i));
        Assert.True(world.Height < world.TaskRecord.LastGain.Plus(500));
        Assert.False(world.TaskRecord.IsClosed);
        for (var i = 0; i < 600; i++) world.Block();
        world.Take(world.Commit(TestCandidate.Make(world, 40)));
        world.RunTo(null);
        Assert.False(world.TaskRecord.IsClosed);
    }

    [Fact]
    public void AVoteOpensATaskAgainAndTimeHasStoodStillForIt()
    {
        Fail(1);
        Fail(2);
        var gain = _world.TaskRecord.Anchor!.Value.GainMillionths;
        Assert.Equal(gain, TrainingQueries.RequiredGain(_world, _world.TaskRecord, null, _world.Height.Plus(1_000_000)));
        for (var i = 0; i < 100; i++) _world.Block();
        Assert.Equal(TransactionRejection.TaskAlreadyClosed, Vote(Act.CloseTask(_world.Task)));
        Assert.Equal(TransactionRejection.None, Vote(Act.ReopenTask(_world.Task)));
        Assert.Equal(TransactionRejection.TaskNotClosed, Vote(Act.ReopenTask(_world.Task)));
        Assert.Equal((false, 0u, gain), (_world.TaskRecord.IsClosed, _world.TaskRecord.RoundsWithoutGain, _world.TaskRecord.Anchor!.Value.GainMillionths));
        Fail(3);
        Assert.False(_world.TaskRecord.IsClosed);
        Assert.Single(_world.Of("training.task_reopened"));
    }

    [Fact]
    public void AVoteClosesATaskAndTheRoundInProgressEnds()
    {
        var candidate = TestCandidate.Make(_world, 1, gain: 20);
        _world.RunToAttestation(candidate);
        Assert.Equal(TransactionRejection.UnknownTask, Vote(Act.CloseTask(Hash256.Sha256([1]))));
        Assert.Equal(TransactionRejection.None, Vote(Act.CloseTask(_world.Task)));
        var statement = _world.Statement(candidate);
        _world.Attest(Enumerable.Range(0, 4).Select(i => (i, statement)));
        Assert.Equal(candidate.Model, _world.TaskRecord.BestModel);
        Assert.True(_world.TaskRecord.IsClosed);
        Assert.Equal(TransactionRejection.TaskClosed, _world.One(_world.Commit(TestCandidate.Make(_world, 2))));
        Assert.Equal(TransactionRejection.None, _world.One(_world.Commit(TestCandidate.Make(_world, 3).With(m =>
        {
            m.Task = TrainingWorld.Bytes(_world.OtherTask);
            m.Parent = TrainingWorld.Bytes(_world.Genesis.Tasks[1].InitialModel);
        }) with
        { Task = _world.OtherTask, Round = 1 }))); // the others go on
    }

    // Long enough for sixteen rounds.
    private static TrainingWorld Patient() => new(new TrainingParameters { EvaluationSamples = 64, PrivateSamples = 3, DeadBlocks = 500 });

    private void Fail(int number) => _world.RunRound(TestCandidate.Make(_world, number));

    private TransactionRejection Vote(NeuroChain.Types.V1.GovernanceAction action)
    {
        var rejection = TransactionRejection.None;
        _world.Block([], after: context => rejection = context.Try(() => GovernanceActions.Carry(context, action)));
        return rejection;
    }
}
