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
    public void BlocksWithoutAGainCloseATaskAtTheEndOfARound()
    {
        for (var i = 0; i < 250; i++) _world.Block(); // before the first round no time passes for it
        Fail(1);
        Assert.False(_world.TaskRecord.IsClosed);
        var began = _world.TaskRecord.LastGain;
        while (_world.Height < began.Plus(200)) _world.Block();
        Assert.False(_world.TaskRecord.IsClosed);
        _world.Take(_world.Commit(TestCandidate.Make(_world, 2)));
        _world.RunTo(null);
        Assert.True(_world.TaskRecord.IsClosed);
        Assert.Equal("blocks", TrainingWorld.Attribute(_world.Of("training.task_closed").Single(), "cause"));
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

    private void Fail(int number) => _world.RunRound(TestCandidate.Make(_world, number));

    private TransactionRejection Vote(NeuroChain.Types.V1.GovernanceAction action)
    {
        var rejection = TransactionRejection.None;
        _world.Block([], after: context => rejection = context.Try(() => GovernanceActions.Carry(context, action)));
        return rejection;
    }
}
