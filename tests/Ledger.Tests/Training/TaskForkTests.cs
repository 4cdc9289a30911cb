using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Another model is a fork of the task: it goes on with data, stakeholders and the level of loss that was reached.</summary>
public sealed class TaskForkTests
{
    /// <summary>All of <see cref="EachRefusalHasItsName"/>.</summary>
    internal static readonly TransactionRejection[] Reasons =
    [
        TransactionRejection.ForkMalformed, TransactionRejection.ForkUncertifiedParent, TransactionRejection.ForkUnchangedModel,
        TransactionRejection.ForkOtherTerms, TransactionRejection.ForkTaskTaken, TransactionRejection.TooManyTasks,
    ];

    private readonly TrainingWorld _world = new();

    private GenesisTask Parent => _world.Genesis.Tasks[0];

    private GenesisTask Wide => Parent with { Name = "digits-wide", Model = new JsonObject { ["kind"] = "wide" }, InitialModel = Hash256.Sha256([4]), InitialSeed = Hash256.Sha256([5]) };

    [Fact]
    public void AForkGoesOnWithTheLineOfItsParent()
    {
        Certify(1, 20);
        var parent = _world.TaskRecord;
        Assert.Equal(TransactionRejection.None, Vote(Wide));
        var fork = TrainingQueries.Task(_world, Wide.Id)!;
        Assert.Equal(new ForkOrigin(parent.Id, parent.BestModel, parent.Id, _world.Height, parent.BestLoss!.Value), fork.Origin);
        Assert.Equal((parent.RewardBase, parent.RewardEpoch, 0UL, 1UL), (fork.RewardBase, fork.RewardEpoch, fork.CertifiedCount, fork.NextRound));
        Assert.Equal((Wide.InitialModel, Wide.InitialModel, "digits-wide"), (fork.InitialModel.Value, fork.BestModel.Value, fork.Name));
        Assert.Equal(3, TrainingQueries.Tasks(_world).Count);
        Assert.Equal(Wide.Id, TaskDefinitions.Get(_world, _world.Genesis, Wide.Id).Id);
        Assert.Equal(Parent.Id, TaskDefinitions.Get(_world, _world.Genesis, Parent.Id).Id);
        var model = TrainingQueries.Model(_world, fork.InitialModel)!;
        Assert.Equal((parent.BestModel, true, Wide.Id), (model.Parent, model.IsInitial, model.Task));
        Assert.Equal(TrainingSets.Get(_world, parent.Id)!.Root, TrainingSets.OfLine(_world, fork.Id)!.Root);
        Assert.Null(TrainingSets.Get(_world, fork.Id));
        var told = _world.Of("training.task_forked").Single();
        Assert.Equal((Wide.Id.ToString(), parent.Id.ToString(), parent.BestModel.Value.ToString()), (TrainingWorld.Attribute(told, "task"), TrainingWorld.Attribute(told, "parent"), TrainingWorld.Attribute(told, "parent_model")));

        // A fork of a fork has the same data, and its own parent.
        _world.Task = Wide.Id;
        Certify(2, 30);
        var deep = Wide with { Name = "digits-deep", Model = new JsonObject { ["kind"] = "deep" }, InitialModel = Hash256.Sha256([6]) };
        Assert.Equal(TransactionRejection.None, Vote(deep));
        Assert.Equal((Wide.Id, Parent.Id), (TrainingQueries.Task(_world, deep.Id)!.Origin!.Parent, TrainingQueries.Task(_world, deep.Id)!.DataTask));
    }

    /// <summary>What the parent's trainers were paid for is not paid again: the way down to the bar brings neither money nor a term.</summary>
    [Fact]
    public void GainsCountBelowTheParentsLoss()
    {
        Certify(1, 20);
        var bar = _world.TaskRecord.BestLoss!.Value;
        var points = Points.Total(_world, Parent.Id);
        Assert.Equal(TransactionRejection.None, Vote(Wide));
        _world.Task = Wide.Id;
        var (terms, reserve) = (TrainingQueries.Terms(_world).Length, _world.Supply.Reserve);
        Certify(2, 10);
        Assert.Equal(RoundOutcome.Improved, TrainingQueries.Outcome(_world, Wide.Id, 1)!.Outcome);
        Assert.Equal((Amount.Zero, reserve), (TrainingQueries.Outcome(_world, Wide.Id, 1)!.Reward, _world.Supply.Reserve));
        Assert.Single(_world.Of("training.term_withheld"));
        Assert.Equal(terms, TrainingQueries.Terms(_world).Length);
        Assert.NotNull(TrainingModule.ProofOf(_world, TrainingQueries.Outcome(_world, Wide.Id, 1)!.ProofRoot));

        var statement = Certify(3, 30);
        var outcome = TrainingQueries.Outcome(_world, Wide.Id, 2)!;
        var winner = statement.Candidates[0];
        var level = statement.IncumbentPaidSum - statement.PaidSumOf(winner);
        var from = (ulong)((UInt128)bar.Sum * statement.PaidSamples / bar.Samples);
        Assert.True(level < from && from < statement.IncumbentPaidSum);
        Assert.Equal(new PaidGain(from, from - level), PaidGain.Of(_world.TaskRecord, statement, winner));
        var whole = RewardFormula.Of(_world.TaskRecord.RewardBase, from, from - level, 0);
        Assert.True(outcome.Reward <= whole && outcome.Reward > Amount.DivRem(whole * 90, 100).Quotient); // the proposers' share and remainders stay in the reserve
        Assert.True(outcome.Reward < RewardFormula.Of(_world.TaskRecord.RewardBase, statement.IncumbentPaidSum, statement.PaidSumOf(winner), 0));
        Assert.Equal(terms + 1, TrainingQueries.Terms(_world).Length);
        Assert.Equal(points + outcome.Reward, Points.Total(_world, Parent.Id)); // stakeholders of the line, not of the fork
        Assert.Equal(Amount.Zero, Points.Total(_world, Wide.Id));
    }

    [Fact]
    public void EachRefusalHasItsName()
    {
        Assert.Equal(TransactionRejection.ForkUncertifiedParent, Vote(Wide));
        Certify(1, 20);
        Assert.Equal(TransactionRejection.UnknownTask, Vote(Wide, Hash256.Sha256([99])));
        Assert.Equal(TransactionRejection.ForkMalformed, Vote([1, 2, 3]));
        Assert.Equal(TransactionRejection.ForkMalformed, Vote([.. Wide.ToCanonicalJson(), (byte)' ']));
        Assert.Equal(TransactionRejection.ForkMalformed, Vote(Wide with { ModelBytes = 0 }));
        Assert.Equal(TransactionRejection.ForkUnchangedModel, Vote(Wide with { Model = Parent.Model }));
        foreach (var other in new[]
        {
            Wide with { TrainingSet = Parent.EvaluationSet },
            Wide with { EvaluationSet = Parent.TrainingSet },
            Wide with { EvaluationSource = GenesisTask.Generator },
            Wide with { ClassCount = Parent.ClassCount + 1 },
            Wide with { InitialModel = Parent.InitialModel },
            Wide with { Model = new JsonObject { ["input"] = new JsonArray(1, 2, 3) } },
            Wide with { Triggers = [new GenesisTrigger(GenesisTrigger.Patch, 0, 1, 1)] },
            Wide with { TargetRoundBlocks = 1_000_000 },
        }) Assert.Equal(TransactionRejection.ForkOtherTerms, Vote(other));
        Assert.Equal(TransactionRejection.None, Vote(Wide));
        Assert.Equal(TransactionRejection.ForkTaskTaken, Vote(Wide));
        for (var i = 0; TrainingQueries.Tasks(_world).Count < Limits.TasksMax; i++) Assert.Equal(TransactionRejection.None, Vote(Wide with { Name = $"digits-{i}" }));
        Assert.Equal(TransactionRejection.TooManyTasks, Vote(Wide with { Name = "one more" }));
    }

    [Fact]
    public void ADeltaIsProposedForTheTaskOfTheLine()
    {
        Certify(1, 20);
        Assert.Equal(TransactionRejection.None, Vote(Wide));
        var vote = new DatasetVote { Task = TrainingWorld.Bytes(Wide.Id), Delta = 1 };
        Assert.Equal(TransactionRejection.DatasetUnknownTask, _world.One(_world.Protocol(_world.Keys[0], new TransactionBody { DatasetVote = vote, Fee = Google.Protobuf.ByteString.CopyFrom(new byte[16]) })));
    }

    private TrainingStatement Certify(int number, int gain) => _world.RunRound(TestCandidate.Make(_world, number, gain: gain));

    private TransactionRejection Vote(GenesisTask definition, Hash256? parent = null) => Vote(definition.ToCanonicalJson(), parent);

    private TransactionRejection Vote(byte[] definition, Hash256? parent = null)
    {
        var rejection = TransactionRejection.None;
        var action = Act.ForkTask(parent ?? _world.Task, definition);
        _world.Block([], after: context => rejection = context.Try(() => GovernanceActions.Carry(context, action)));
        return rejection;
    }
}
