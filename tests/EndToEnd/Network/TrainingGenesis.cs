using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>Something to learn: the test network's task, with so few samples to evaluate that four validators on two cores keep up.</summary>
internal static class TrainingGenesis
{
    public static bool IsAvailable => IdxFolder.IsThere(TestnetHomes.DatasetFolder);

    public static GenesisDocument With(GenesisDocument genesis, Address trainer)
    {
        var (training, test) = IdxFolder.Load(TestnetHomes.DatasetFolder);
        var funded = genesis with
        {
            Parameters = genesis.Parameters with { Training = new TrainingParameters { EvaluationSamples = 512, PrivateSamples = 16 } },
            Allocations = [.. genesis.Allocations, new GenesisAllocation(trainer, Amount.FromNtk(100_000))],
            RewardReserve = Amount.FromNtk(1_000_000),
        };
        return TestnetTask.AddTo(funded, training, test, Hash256.Sha256("end to end: where learning begins"u8));
    }

    /// <summary>The task on digits and letters learns from so many of them that are in a folder, and may vote on others every two hundred blocks.</summary>
    public static GenesisDocument WithStored(GenesisDocument genesis, int samples, string folder)
    {
        var (seed, generator) = (Hash256.Sha256("end to end: what is stored"u8), DigitsAndLetters.Instance);
        var training = generator.Samples(SampleStream.Training, seed, 0, samples);
        IdxFiles.WriteFolder(folder, training, generator.Samples(SampleStream.Training, seed, (ulong)samples, 16));
        return genesis with
        {
            Parameters = genesis.Parameters with { Datasets = new DatasetParameters { PeriodBlocks = 200 } },
            Datasets = [.. genesis.Datasets, new GenesisDataset("digits and letters, stored", training.Root, (uint)training.Count, genesis.Validators[0].Address)],
            Tasks = [.. genesis.Tasks.Select(task => task.TrainingSet == generator.Root ? task with { TrainingSet = training.Root } : task)],
        };
    }
}
