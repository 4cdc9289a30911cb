using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node.Tests;

public sealed class GeneratedTaskTests
{
    private static readonly DigitsAndLetters Generator = DigitsAndLetters.Instance;
    private static readonly ModelSpec Spec = ModelSpec.SmallConvolutional(classes: DigitsAndLetters.Classes);

    [Fact]
    public void ValidatorsJudgeOnTheSamplesThatASeedDraws()
    {
        var seed = Hash256.Sha256([1]);
        var drawn = SampleDraw.Draw(seed, 40, Generator.Count);
        var checkpoint = InitialModels.Make(Spec, Hash256.Sha256([2]));
        var request = new EvaluationRequest(Generator.Root, Spec.CanonicalJson.ToArray(), checkpoint) { Draws = [new DrawnSamples(seed, drawn)] };
        var first = new Evaluator([Generator], new EngineOptions(1)).Evaluate(EvaluationRequest.Decode(request.Encode())!);
        var second = new Evaluator([Generator], new EngineOptions(2)).Evaluate(request);
        Assert.NotNull(first);
        Assert.Equal(CandidateVerdict.Evaluated, first.Verdict);
        Assert.Equal(40, first.Losses[0].Length);
        Assert.Equal(first.Losses[0], second!.Losses[0]);
        // The losses are those of the samples of these numbers, in this order, as the seed of the draw paints them.
        var samples = Generator.Take(drawn, seed);
        Assert.True(CheckpointEvaluator.TryEvaluate(checkpoint, Spec.Plan, samples, [.. Enumerable.Range(0, 40)], new EngineOptions(1), out var expected, out _));
        Assert.Equal(expected.Losses, first.Losses[0]);
        var other = request with { Draws = [new DrawnSamples(Hash256.Sha256([9]), drawn)] };
        Assert.NotEqual(first.Losses[0], new Evaluator([Generator], new EngineOptions(1)).Evaluate(other)!.Losses[0]);
        Assert.False(new Evaluator([], new EngineOptions(1)).Evaluate(request)!.IsSourceHere);
    }

    [Fact]
    public void ATrainerLearnsFromFreshSamplesEachTime()
    {
        var data = TrainerData.Generate(Hash256.Sha256([3]), 500, 100);
        Assert.Equal((500, 100), (data.LearningFor(Hash256.Sha256([4])).Count, data.Measuring.Count));
        Assert.NotEqual(data.MeasuringFor(Hash256.Sha256([4])).Root, data.MeasuringFor(Hash256.Sha256([5])).Root);
        var (one, two) = (data.LearningFor(Hash256.Sha256([4])), data.LearningFor(Hash256.Sha256([5])));
        Assert.Equal(one.Root, data.LearningFor(Hash256.Sha256([4])).Root);
        Assert.NotEqual(one.Root, two.Root);
        Assert.NotEqual(data.Learning.Root, data.Measuring.Root);
        Assert.True(Spec.Plan.Fits(one));
        var stored = TrainerData.Split(SmallImages.MakeDataset(100, 1), Hash256.Sha256([6]));
        Assert.Same(stored.Learning, stored.LearningFor(Hash256.Sha256([4])));
    }

    [Fact]
    public void AGeneratorThatTheProgramHasNotIsAnOperatorsMistake()
    {
        var set = SmallImages.MakeDataset(10_000, 1);
        var genesis = TestnetTask.AddTo(
            new GenesisDocument { ChainName = "test", TimeMs = 1, Validators = [new GenesisValidator(Anybody, Anybody, 1)] }, set, SmallImages.MakeDataset(10_000, 2), Hash256.Sha256([7]));
        var task = genesis.Tasks.Single(task => task.EvaluationSource == GenesisTask.Generator);
        Assert.Equal(Generator.Root, task.EvaluationSet);
        Assert.Equal(genesis.Hash, GenesisDocument.Parse(genesis.ToJson()).Hash);
        var generated = genesis with { Tasks = [task] };
        DatasetFolders.Require(generated, ["/nowhere"]); // no folder is needed
        Assert.Throws<OperatorException>(() => DatasetFolders.Require(genesis, ["/nowhere"]));
        var foreign = generated with { Tasks = [task with { EvaluationSet = Hash256.Sha256([8]) }] };
        Assert.Contains("digits-letters-1", Assert.Throws<OperatorException>(() => DatasetFolders.Require(foreign, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnderAGeneratorsNameThereIsNothingElse()
    {
        var genesis = TestnetTask.AddTo(
            new GenesisDocument { ChainName = "test", TimeMs = 1, Validators = [new GenesisValidator(Anybody, Anybody, 1)] }, SmallImages.MakeDataset(10_000, 1), SmallImages.MakeDataset(10_000, 2), Hash256.Sha256([7]));
        var task = genesis.Tasks.Single(task => task.EvaluationSource == GenesisTask.Generator);
        var good = genesis with { Tasks = [task], Datasets = [genesis.Datasets.Single(set => set.Root == Generator.Root)] };
        DatasetFolders.Require(good, []);
        Refuses("datasets.samples", good with { Datasets = [good.Datasets[0] with { Samples = 4096 }] });
        Refuses("datasets.samples", good with { Datasets = [good.Datasets[0] with { Samples = uint.MaxValue }] });
        Refuses("tasks.evaluation_source", good with { Tasks = [task with { EvaluationSource = GenesisTask.PublicHoldOut }] });
        Refuses("tasks.evaluation_set", good with { Tasks = [task with { EvaluationSet = Hash256.Sha256([8]) }] });
        Refuses("36 classes", good with { Tasks = [task with { Model = Model(ModelSpec.SmallConvolutional(classes: 10)) }] });
        Refuses("1x28x28", good with { Tasks = [task with { Model = Model(ModelSpec.SmallConvolutional(1, 14, 14, DigitsAndLetters.Classes)) }] });
        // Learning from it binds the model as judging by it does.
        Refuses("36 classes", good with { Tasks = [genesis.Tasks[0] with { TrainingSet = Generator.Root }] });
    }

    private static System.Text.Json.Nodes.JsonObject Model(ModelSpec spec) => System.Text.Json.Nodes.JsonNode.Parse(spec.CanonicalJson)!.AsObject();

    private static void Refuses(string words, GenesisDocument genesis) =>
        Assert.Contains(words, Assert.Throws<OperatorException>(() => DatasetFolders.Require(genesis, [])).Message, StringComparison.Ordinal);

    private static Address Anybody => Address.FromBytes([.. new byte[19], 1]);
}
