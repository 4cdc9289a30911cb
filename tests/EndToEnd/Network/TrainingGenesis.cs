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
        var funded = genesis with
        {
            Parameters = genesis.Parameters with { Training = new TrainingParameters { EvaluationSamples = 512, PrivateSamples = 16 } },
            Allocations = [.. genesis.Allocations, new GenesisAllocation(trainer, Amount.FromNtk(100_000))],
            RewardReserve = Amount.FromNtk(1_000_000),
        };
        return TestnetTask.AddTo(funded, training, test, Hash256.Sha256("end to end: where learning begins"u8));
    }
}
