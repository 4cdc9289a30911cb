using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>Something to learn: the test network's task, with so few samples to evaluate that four validators on two cores keep up.</summary>
internal static class TrainingGenesis
{
    public static bool IsAvailable => FashionMnist.IsInstalled(TestnetHomes.DatasetFolder);

    public static GenesisDocument With(GenesisDocument genesis, Address trainer)
    {
        var (training, test) = FashionMnist.Load(TestnetHomes.DatasetFolder);
        var spec = ModelSpec.SmallConvolutional();
        var seed = Hash256.Sha256("end to end: where learning begins"u8);
        var supplier = genesis.Validators[0].Address;
        return genesis with
        {
            Parameters = genesis.Parameters with { Training = new TrainingParameters { EvaluationSamples = 512, PrivateSamples = 16 } },
            Allocations = [.. genesis.Allocations, new GenesisAllocation(trainer, Amount.FromNtk(100_000))],
            RewardReserve = Amount.FromNtk(1_000_000),
            Datasets =
            [
                new GenesisDataset("Fashion-MNIST, training", training.Root, (uint)training.Count, supplier),
                new GenesisDataset("Fashion-MNIST, test", test.Root, (uint)test.Count, supplier),
            ],
            Tasks =
            [
                new GenesisTask(
                    "fashion-mnist",
                    JsonNode.Parse(spec.CanonicalJson)!.AsObject(),
                    training.Root,
                    test.Root,
                    "public-hold-out",
                    10_000, // 1 % of the loss
                    seed,
                    BlobManifest.Of(InitialModels.Make(spec, seed)).Hash.Value),
            ],
        };
    }
}
