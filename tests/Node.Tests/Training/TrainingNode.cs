using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.EndToEnd;
using NeuroChain.Learning;

namespace NeuroChain.Node.Tests;

/// <summary>A real node in a folder of its own, on ports that the system chose: the only validator of a chain with a small task, or an observer.</summary>
internal sealed class TrainingNode : IAsyncDisposable
{
    private static readonly PrivateKey ProposerKey = PrivateKey.FromSeed(Hash256.Sha256([6]));
    private static readonly PrivateKey SecondTrainerKey = PrivateKey.FromSeed(Hash256.Sha256([7]));

    private readonly string _folder;

    private TrainingNode(string folder, NodeRuntime runtime, HomeKeys keys, PrivateKey trainer, GenesisDocument genesis, ModelPlan plan)
    {
        Validator = keys.Validator!;
        _folder = folder;
        Runtime = runtime;
        Trainer = trainer;
        Genesis = genesis;
        Plan = plan;
    }

    public NodeRuntime Runtime { get; }

    /// <summary>Has money, and the node's consent.</summary>
    public PrivateKey Trainer { get; }

    /// <summary>Has both too.</summary>
    public static PrivateKey SecondTrainer => SecondTrainerKey;

    /// <summary>The only one; null of an observer.</summary>
    public PrivateKey Validator { get; }

    /// <summary>Has money too.</summary>
    public PrivateKey Proposer => ProposerKey;

    public GenesisDocument Genesis { get; }

    public ModelPlan Plan { get; }

    public string Api => Runtime.Api.Endpoint.ToString();

    public Hash256 Task => Genesis.Tasks[0].Id;

    public string DataFolder => Path.Combine(_folder, "data-set");

    /// <summary>The trainer's home: its settings name this node.</summary>
    public TrainerHome TrainerHome => new(Path.Combine(_folder, "trainer"));

    /// <summary>That of another trainer, whose key is not in it.</summary>
    public TrainerHome SecondTrainerHome => new(Directory.CreateDirectory(Path.Combine(_folder, "second-trainer")).FullName);

    public static async Task<TrainingNode> StartAsync(bool isObserver = false, DatasetParameters? datasets = null, uint commitBlocks = 3)
    {
        var folder = Directory.CreateTempSubdirectory("neurochain-training-").FullName;
        var (training, test) = (SmallImages.MakeDataset(600, 1), SmallImages.MakeDataset(300, 2));
        var data = Path.Combine(folder, "data-set");
        IdxFiles.WriteFolder(data, training, test);

        var home = new NodeHome(Path.Combine(folder, "node"));
        var trainerHome = new TrainerHome(Path.Combine(folder, "trainer"));
        var trainer = TrainerHome.Make(trainerHome.Path, new TrainerSettings { Dataset = data });
        var options = new NodeOptions { Api = "127.0.0.1:0", P2p = "127.0.0.1:0", Datasets = [data], Trainers = [trainer.Address, SecondTrainerKey.Address], ValidatorKey = isObserver ? null : "keys/validator.json" };
        var keys = HomeKeys.Make(home, options, ScryptCost.Light);
        options.Save(home.ConfigFile);
        var (genesis, plan) = Chain(keys, trainer, training, test, datasets ?? new DatasetParameters(), commitBlocks);
        File.WriteAllBytes(home.GenesisFile, genesis.ToJson());
        var runtime = await NodeRuntime.StartAsync(home, NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        return new TrainingNode(folder, runtime, keys, trainer, genesis, plan);
    }

    /// <summary>Settings for small data, written where the trainer reads them.</summary>
    public TrainerSettings Settings(Func<TrainerSettings, TrainerSettings>? change = null)
    {
        var settings = new TrainerSettings { Node = Api, Dataset = DataFolder, LearningRate = 0.1f, Batch = 16, StepsMin = 1, StepsMax = 200, MeasureEvery = 10, MeasureSamples = 60 };
        settings = change?.Invoke(settings) ?? settings;
        settings.Save(TrainerHome.SettingsFile);
        return settings;
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // Windows are long, so that a busy machine misses none of them.
    private static (GenesisDocument Genesis, ModelPlan Plan) Chain(HomeKeys keys, PrivateKey trainer, Dataset training, Dataset test, DatasetParameters datasets, uint commitBlocks)
    {
        Assert.True(ModelSpec.TryCreate(training.Shape, [new FlattenSpec(), new DenseSpec(10)], out var spec, out _));
        var seed = Hash256.Sha256([3]);
        var initial = InitialModels.Make(spec, seed);
        var validator = keys.Validator?.Address ?? PrivateKey.FromSeed(Hash256.Sha256([4])).Address;
        var node = keys.Validator is null ? PrivateKey.FromSeed(Hash256.Sha256([5])).Address : keys.Node.Address;
        var genesis = new GenesisDocument
        {
            ChainName = "training-test",
            TimeMs = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            Parameters = new ChainParameters { BlockIntervalMs = 50, Training = new TrainingParameters { CommitBlocks = commitBlocks, RevealBlocks = 40, EvaluationSamples = 256, PrivateSamples = 4 }, Datasets = datasets },
            Validators = [new GenesisValidator(validator, node, 1)],
            Allocations = [.. new[] { trainer.Address, SecondTrainerKey.Address, ProposerKey.Address, validator }.Select(address => new GenesisAllocation(address, Amount.FromNtk(1_000)))],
            RewardReserve = Amount.FromNtk(10_000_000),
            Datasets = [new GenesisDataset("train", training.Root, (uint)training.Count, validator), new GenesisDataset("test", test.Root, (uint)test.Count, validator)],
            Tasks =
            [
                new GenesisTask(
                    "digits",
                    (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(spec.CanonicalJson))!,
                    training.Root,
                    test.Root,
                    "public-hold-out",
                    1_000,
                    seed,
                    BlobManifest.Of(initial).Hash.Value,
                    (ulong)initial.Length,
                    (uint)spec.Plan.Classes,
                    60),
            ],
        };
        return (GenesisDocument.Parse(genesis.ToJson()), spec.Plan);
    }
}
