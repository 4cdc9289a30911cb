using System.Text;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node.Tests;

public sealed class ForkDefinitionTests
{
    private readonly TrainedChain _chain = new();

    private GenesisTask Parent => _chain.Genesis.Tasks[0];

    [Fact]
    public void AForkHasAnotherModelAndItsFirstCheckpoint()
    {
        var fork = ForkDefinition.Make(Parent, Spec(new Shape(1, 4, 4), 10), "digits-wide", Hash256.Sha256([8]));
        Assert.Null(InitialModels.FaultOf(fork));
        Assert.Equal(("digits-wide", Parent.TrainingSet, Parent.EvaluationSet, Parent.Pixels), (fork.Name, fork.TrainingSet, fork.EvaluationSet, fork.Pixels));
        Assert.NotEqual(Parent.Id, fork.Id);
        Assert.NotEqual(Parent.ModelBytes, fork.ModelBytes);
        Assert.True(GenesisTask.TryParse(fork.ToCanonicalJson(), out var read));
        Assert.Equal(fork.Id, read.Id);
        Assert.Contains("the seed gives", InitialModels.FaultOf(fork with { InitialSeed = Hash256.Sha256([9]) }), StringComparison.Ordinal);
        Assert.Contains("model_bytes", InitialModels.FaultOf(fork with { ModelBytes = 5 }), StringComparison.Ordinal);
        Assert.NotNull(InitialModels.FaultOf(fork with { Model = [] }));
    }

    [Fact]
    public void AModelForOtherSamplesIsTheOperatorsMistake()
    {
        Refused("classes", Spec(new Shape(1, 4, 4), 9), "name");
        Refused("an input of 16 values", Spec(new Shape(1, 5, 4), 10), "name");
        Refused("--model", Encoding.UTF8.GetBytes("{}"), "name");
        Refused("--name", Spec(new Shape(1, 4, 4), 10), "");

        void Refused(string words, byte[] model, string name) =>
            Assert.Contains(words, Assert.Throws<OperatorException>(() => ForkDefinition.Make(Parent, model, name, Hash256.Zero)).Message, StringComparison.Ordinal);
    }

    private static byte[] Spec(Shape input, int classes)
    {
        Assert.True(ModelSpec.TryCreate(input, [new FlattenSpec(), new DenseSpec(12), new ReluSpec(), new DenseSpec(classes)], out var spec, out _));
        return spec.CanonicalJson.ToArray();
    }
}
