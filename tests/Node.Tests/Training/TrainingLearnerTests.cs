using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node.Tests;

public sealed class TrainingLearnerTests : IDisposable
{
    private static readonly TrainerSettings Settings = new() { LearningRate = 0.1f, Batch = 16, StepsMin = 1, StepsMax = 60, MeasureEvery = 10, MeasureSamples = 64 };
    private static readonly TrainerGoal Reachable = new(new TrainerBar(64, 3000, 1000), 1, 1, 1);
    private static readonly TrainerGoal Unreachable = new(new TrainerBar(64, 3000, 1000), 1_000, 1, 1);

    private readonly ModelPlan _plan = SpecOf().Plan;
    private readonly TrainerData _data = TrainerData.Split(SmallImages.MakeDataset(1_000, 1), Hash256.Sha256([1]));
    private TrainerLearner? _learner;

    public void Dispose() => _learner?.Dispose();

    [Fact]
    public async Task ItStopsAtItsGoalWithSomethingBetterThanTheIncumbent()
    {
        var (learner, start) = Begin(Settings, Reachable);
        var progress = await UntilAsync(learner, LearnerStatus.Ready);
        Assert.True(Reachable.IsReached(progress.Best!, progress.Steps));
        Assert.InRange(progress.Steps, 1, 60);
        using var engine = new CanonicalEngine(_plan, new EngineOptions());
        var all = Enumerable.Range(0, _data.Measuring.Count).ToArray();
        Assert.True(engine.TryEvaluate(start, _data.Measuring, all, out var before, out _));
        Assert.True(engine.TryEvaluate(learner.Best!.Parameters, _data.Measuring, all, out var after, out _));
        Assert.True(after.LossSum < before.LossSum);
    }

    [Fact]
    public async Task ItSpendsItsStepsAndGoesOnWithFreshOnes()
    {
        var (learner, _) = Begin(Settings, Unreachable);
        var spent = await UntilAsync(learner, LearnerStatus.Spent);
        Assert.Equal(60, spent.Steps);
        var before = spent.Best!.Mean;
        learner.GoOn(Hash256.Sha256([9]), 1, Unreachable);
        var again = await UntilAsync(learner, LearnerStatus.Spent);
        Assert.Equal(120, again.Steps);
        Assert.True(again.Best!.Mean > before);
    }

    [Fact]
    public async Task StepsThatAreTooLargeAreNoticed()
    {
        var (learner, _) = Begin(Settings with { LearningRate = 1e38f }, Unreachable);
        await UntilAsync(learner, LearnerStatus.Diverged);
        learner.Begin(ModelParameters.HeUniform(_plan, Hash256.Sha256([5])), Hash256.Sha256([6]), Hash256.Sha256([7]), 1e-39f, Unreachable);
        Assert.Equal(60, (await UntilAsync(learner, LearnerStatus.Spent)).Steps);
    }

    // It stands still, so what it has is where it began.
    [Fact]
    public async Task ItBeginsFromABetterModelAndMeasuresItAgainstTheIncumbent()
    {
        var (teacher, start) = Begin(Settings, Unreachable);
        await UntilAsync(teacher, LearnerStatus.Spent);
        var better = teacher.Best!.Parameters;
        teacher.Dispose();
        _learner = new TrainerLearner(_plan, _data, Settings with { LearningRate = 1e-30f });
        var worse = ModelParameters.HeUniform(_plan, Hash256.Sha256([77]));
        _learner.Begin(start, Hash256.Sha256([6]), Hash256.Sha256([7]), 1, Unreachable, [worse, better]);
        var spent = await UntilAsync(_learner, LearnerStatus.Spent);
        Assert.All(better.Values.Zip(_learner.Best!.Parameters.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-5f)); // averages are rounded
        Assert.Equal(start.Values, _learner.Best.Incumbent.Values);
        Assert.True(spent.Best!.Mean > 0);
    }

    [Fact]
    public void BatchesThatAreTooLargeAreTheOperatorsMistake() =>
        Assert.Throws<OperatorException>(() => new TrainerLearner(_plan, _data, Settings with { Batch = 5_000 }));

    private static ModelSpec SpecOf()
    {
        Assert.True(ModelSpec.TryCreate(new Shape(1, 4, 4), [new FlattenSpec(), new DenseSpec(10)], out var spec, out _));
        return spec;
    }

    private (TrainerLearner Learner, ModelParameters Start) Begin(TrainerSettings settings, TrainerGoal goal)
    {
        _learner = new TrainerLearner(_plan, _data, settings);
        var start = ModelParameters.HeUniform(_plan, Hash256.Sha256([5]));
        _learner.Begin(start, Hash256.Sha256([6]), Hash256.Sha256([7]), 1, goal);
        return (_learner, start);
    }

    private static async Task<TrainerProgress> UntilAsync(TrainerLearner learner, LearnerStatus status)
    {
        var started = Stopwatch.GetTimestamp();
        while (learner.Progress.Status != status)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"not in time: {status}, it is {learner.Progress}");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        return learner.Progress;
    }
}
