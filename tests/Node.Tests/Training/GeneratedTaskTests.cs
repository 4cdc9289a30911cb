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
        var drawn = SampleDraw.Draw(Hash256.Sha256([1]), 40, Generator.Count);
        var checkpoint = InitialModels.Make(Spec, Hash256.Sha256([2]));
        var request = new EvaluationRequest(Generator.Root, Spec.CanonicalJson.ToArray(), drawn, [checkpoint]);
        var first = new Evaluator([Generator], 1).Evaluate(EvaluationRequest.Decode(request.Encode())!);
        var second = new Evaluator([Generator], 2).Evaluate(request);
        Assert.NotNull(first);
        Assert.Equal(CandidateVerdict.Evaluated, first.Single().Verdict);
        Assert.Equal(40, first[0].Losses.Count);
        Assert.Equal(first[0].Losses, second!.Single().Losses);
        // The losses are those of the samples of these numbers, in this order.
        var samples = Generator.Take(drawn);
        Assert.True(CheckpointEvaluator.TryEvaluate(checkpoint, Spec.Plan, samples, [.. Enumerable.Range(0, 40)], new EngineOptions(1), out var expected, out _));
        Assert.Equal(expected.Losses, first[0].Losses);
        Assert.Null(new Evaluator([], 1).Evaluate(request));
    }

    [Fact]
    public void ATrainerLearnsFromFreshSamplesEachTime()
    {
        var data = TrainerData.Generate(Hash256.Sha256([3]));
        var (one, two) = (data.LearningFor(Hash256.Sha256([4])), data.LearningFor(Hash256.Sha256([5])));
        Assert.Equal(one.Root, data.LearningFor(Hash256.Sha256([4])).Root);
        Assert.NotEqual(one.Root, two.Root);
        Assert.NotEqual(data.Learning.Root, data.Measuring.Root);
        Assert.True(Spec.Plan.Fits(one));
        var stored = TrainerData.Split(IdxFolder.MakeDataset(100, 1), Hash256.Sha256([6]));
        Assert.Same(stored.Learning, stored.LearningFor(Hash256.Sha256([4])));
    }

    [Fact]
    public void AGeneratorThatTheProgramHasNotIsAnOperatorsMistake()
    {
        var set = IdxFolder.MakeDataset(10_000, 1);
        var genesis = TestnetTask.AddTo(
            new GenesisDocument { ChainName = "test", TimeMs = 1, Validators = [new GenesisValidator(Anybody, Anybody, 1)] }, set, IdxFolder.MakeDataset(10_000, 2), Hash256.Sha256([7]));
        var task = genesis.Tasks.Single(task => task.EvaluationSource == GenesisTask.Generator);
        Assert.Equal(Generator.Root, task.EvaluationSet);
        Assert.Equal(genesis.Hash, GenesisDocument.Parse(genesis.ToJson()).Hash);
        var generated = genesis with { Tasks = [task] };
        DatasetFolders.Require(generated, ["/nowhere"]); // no folder is needed
        Assert.Throws<OperatorException>(() => DatasetFolders.Require(genesis, ["/nowhere"]));
        var foreign = generated with { Tasks = [task with { EvaluationSet = Hash256.Sha256([8]) }] };
        Assert.Contains("digits-letters-1", Assert.Throws<OperatorException>(() => DatasetFolders.Require(foreign, [])).Message, StringComparison.Ordinal);
    }

    private static Address Anybody => Address.FromBytes([.. new byte[19], 1]);
}
