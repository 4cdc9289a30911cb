using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node.Tests;

public sealed class StackedModelsTests
{
    private const int Steps = 60;

    private readonly ModelPlan _plan = PlanOf();
    private readonly Dataset _measuring = SmallImages.MakeDataset(1_000, 9);
    private readonly ModelParameters _parent;

    public StackedModelsTests() => _parent = Train(ModelParameters.HeUniform(_plan, Hash256.Sha256([1])), SmallImages.MakeDataset(200, 7), 20);

    // What the loser learned is not lost: on top of the winner it makes a model that is better than either.
    [Fact]
    public void TwoWhoLearnedFromDisjointHalvesAreBetterTogether()
    {
        var all = SmallImages.MakeDataset(400, 1);
        var winner = Train(_parent, all.Take([.. Enumerable.Range(0, 200)]), Steps);
        var loser = Train(_parent, all.Take([.. Enumerable.Range(200, 200)]), Steps);
        var stacked = StackedModels.Of(winner, loser, _parent);
        Assert.Equal(2, stacked.Count);
        Assert.True(stacked.Min(LossOf) < Math.Min(LossOf(winner), LossOf(loser)), $"{stacked.Min(LossOf)}, alone {LossOf(winner)} and {LossOf(loser)}");
    }

    /// <summary>Only what began from the incumbent that was replaced may hold beside the winner; what won is the winner.</summary>
    [Fact]
    public void OnlyALoserOfTheSameParentIsStacked()
    {
        var (winner, own) = (Train(_parent, SmallImages.MakeDataset(200, 2), 5), Train(_parent, SmallImages.MakeDataset(200, 3), 5));
        var (parent, won) = (BlobManifest.Of(Checkpoint.Write(_parent)).Hash, BlobManifest.Of(Checkpoint.Write(winner)).Hash);
        var offered = Offered(own, parent);
        Assert.Equal(2, StackedModels.Of(winner, won, offered, _parent, parent).Count);
        Assert.Empty(StackedModels.Of(own, offered.Model, offered, _parent, parent)); // it won
        Assert.Empty(StackedModels.Of(_parent, parent, offered, _parent, parent)); // nobody won
        Assert.Empty(StackedModels.Of(winner, won, Offered(own, won), _parent, parent)); // it began elsewhere
    }

    [Fact]
    public void WhatIsNotFiniteIsNotTried()
    {
        var far = _parent.Copy();
        far.Values[0] = float.MaxValue;
        var low = _parent.Copy();
        low.Values[0] = float.MinValue;
        Assert.All(StackedModels.Of(far, far, low), model => Assert.True(model.IsFinite));
        Assert.Empty(StackedModels.Of(far, far, low));
    }

    private static PendingReveal Offered(ModelParameters model, BlobHash parent) => PendingReveal.Make(
        Hash256.Sha256([7]), 1, PrivateKey.Generate().Address, TrainerCandidate.Make(Hash256.Sha256([7]), Hash256.Sha256([3]), parent, model, new Types.V1.DeviceRecord(), 1));

    private static ModelPlan PlanOf()
    {
        Assert.True(ModelSpec.TryCreate(new Shape(1, 4, 4), [new FlattenSpec(), new DenseSpec(10)], out var spec, out _));
        return spec.Plan;
    }

    private static ModelParameters Train(ModelParameters from, Dataset data, int steps)
    {
        using var trainer = new Trainer(from, data, Hash256.Sha256([4]), new TrainerOptions { Batch = 16 }, EngineOptions.Default);
        for (var i = 0; i < steps; i++) trainer.Step();
        return trainer.Parameters;
    }

    private ulong LossOf(ModelParameters model)
    {
        using var engine = new CanonicalEngine(_plan, EngineOptions.Default);
        Assert.True(engine.TryEvaluate(model, _measuring, [.. Enumerable.Range(0, _measuring.Count)], out var result, out _));
        return result.LossSum;
    }
}
